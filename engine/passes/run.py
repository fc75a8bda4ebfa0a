"""One run: push, again while the source's work queue holds more than it shows at once; then reconcile."""

from __future__ import annotations

from engine.passes.compare.readings import Readings
from engine.passes.compare.reconcile import bring_back
from engine.passes.context import RunContext
from engine.passes.push import push

MAX_ROUNDS = 1000  # far beyond any real queue: a source that always claims more must not keep a run forever
_STUCK = (
    "the source's work queue may have more records than it returns, and none of those returned could be "
    "completed; the rest follow once these are resolved"
)


def run(context: RunContext) -> None:
    """A record leaves the queue when its number has been written back: each round makes room for the next.

    The books are read and compared once, after the last round.
    """
    readings = Readings(full=False, began=context.now())
    for _ in range(MAX_ROUNDS):
        before = context.written
        full = push(context)
        wrote = context.written > before
        # A queue may show less than it has without saying so: it is read until it offers nothing new.
        if context.stopped or not (full or (wrote and _has_queue(context))):
            break
        if not wrote:  # the next round would see the same page
            context.report.add_notices([_STUCK])
            break
    else:
        context.report.add_notices(
            [f"stopped after {MAX_ROUNDS:,} rounds; the work queue may hold more: run again"]
        )
    bring_back(context, readings)


def _has_queue(context: RunContext) -> bool:
    """Whether what was written back leaves a work queue, and so makes room for more."""
    return any(flow.source.schema.work_queue and context.write_backs(flow) for flow in context.push_flows())
