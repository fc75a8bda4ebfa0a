"""One run: push, then reconcile; again while the source's work queue holds more than it shows at once."""

from __future__ import annotations

from engine.passes.desk import Desk
from engine.passes.push import push
from engine.passes.readings import Readings
from engine.passes.reconcile import bring_back, move_cursors

MOST_ROUNDS = 1000  # far beyond any real queue; a source that never says so must not keep a run for ever
_STUCK = (
    "the source's work queue may hold more than it shows at once, and none of the records that it shows can "
    "leave it: those behind them come when these are dealt with"
)


def run(desk: Desk) -> None:
    """A record leaves the queue when its number has been written back: each round makes room for the next."""
    readings = Readings(full=False)
    for _ in range(MOST_ROUNDS):
        before = desk.done
        more = push(desk)
        bring_back(desk, readings)
        if not more:
            break
        if desk.done == before:  # the next round would see the same page
            desk.report.say([_STUCK])
            break
    else:
        desk.report.say([f"{MOST_ROUNDS:,} rounds were made, and the work queue may hold more: run again"])
    move_cursors(desk, readings)
