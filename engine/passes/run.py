"""One run: push, then reconcile; again while the source's work queue holds more than it shows at once."""

from __future__ import annotations

from engine.passes.desk import Desk
from engine.passes.push import push
from engine.passes.reconcile import reconcile

MOST_ROUNDS = 1000


def run(desk: Desk) -> None:
    """A record leaves the queue when its number has been written back: each round makes room for the next."""
    for _ in range(MOST_ROUNDS):
        more = push(desk)
        reconcile(desk, full=False)
        if not more:
            return
