"""Finish earlier batches before anything newer is decided.

Inside the target's replay window the same batch is sent again under its key: it is answered, not carried out
twice. After that each record is looked up at the target, and settled from what is there (`lookup.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from engine.model.change import WRITES, Receipt
from engine.model.errors import ConfigError
from engine.model.link import BegunBatch
from engine.passes.context import RunContext
from engine.passes.flow import Flow, OpenStream
from engine.passes.write.lookup import Lookup
from engine.passes.write.receipts import record_receipt, refused_as_a_whole
from engine.planning.decide import IN_DOUBT

log = logging.getLogger(__name__)

_ACTION_IN_DOUBT = (
    "unknown whether it was sent; ask the recipient, then pass it to `sync held retry` to send it, or to "
    "`sync held drop` if it has arrived"
)


def finish_begun(context: RunContext) -> None:
    """Settle every batch that a crash, a lost connection or an unanswered request left open.

    Raises ConfigError for batches whose mapping no longer exists, after all others are settled.
    """
    batches = context.ledger.batches.unfinished()
    if batches:
        context.progress.stage("finishing earlier batches", len(batches))
    orphans = []
    for begun in batches:
        program = context.programs.mappings.get(begun.mapping)
        # The batch's own stream, not the mapping's: that may have been changed since.
        ref = replace(program.target, stream=begun.batch.stream) if program and program.target else None
        if ref is None or ref not in context.streams:
            orphans.append(begun)
        else:
            _finish(context, context.flow(begun.mapping), begun, context.stream(ref))
        context.progress.step()
    if orphans:
        raise ConfigError(_orphaned(orphans))


def _finish(context: RunContext, flow: Flow, begun: BegunBatch, target: OpenStream) -> None:
    age = (context.now() - begun.batch.begun).total_seconds()
    log.info("batch %s of %s was begun %.0f s ago and not settled", begun.batch.id, begun.mapping, age)
    replayed = 0 <= age < target.connector.replay_seconds
    if begun.batch.verb not in WRITES:
        _finish_action(context, flow, begun, target, replayed=replayed)
    elif replayed:
        _send_again(context, flow, begun, target)
    else:
        for position, receipt in Lookup(context, flow, begun, target).receipts():
            if receipt is None:
                context.ledger.batches.forget(begun, position)
            else:
                record_receipt(context, flow, begun, position, receipt)


def _send_again(context: RunContext, flow: Flow, begun: BegunBatch, target: OpenStream) -> None:
    receipts = target.system.target.write(begun.batch)
    refused = refused_as_a_whole(receipts)  # nothing was written: decided again, one by one
    for position in begun.open:
        if refused:
            context.ledger.batches.forget(begun, position)
        else:
            record_receipt(context, flow, begun, position, receipts[position])


def _finish_action(
    context: RunContext, flow: Flow, begun: BegunBatch, target: OpenStream, *, replayed: bool
) -> None:
    """An action that may or may not have been carried out: read first, and never request it twice."""
    actions, batch = target.system.actions, begun.batch
    for position in begun.open:
        target_id = batch.parts[position].target_id
        if actions.acted(batch.stream, batch.verb, target_id or ""):
            receipt = Receipt("done", target_id)
        elif replayed:
            # The same key is answered from memory if it was done, and done once if it was not.
            receipt = actions.act(batch)[position]
        else:
            receipt = Receipt("refused", reason=_ACTION_IN_DOUBT, code=IN_DOUBT)
        record_receipt(context, flow, begun, position, receipt)


def _orphaned(orphans: Sequence[BegunBatch]) -> str:
    names = ", ".join(sorted({begun.mapping for begun in orphans}))
    parts = [begun.batch.parts[position] for begun in orphans for position in begun.open]
    shown = ", ".join(str(part.address) for part in parts[:5]) + (", …" if len(parts) > 5 else "")
    return (
        f"the pack no longer has the mapping {names}, but its last writes are still unconfirmed ({shown}): "
        "restore it for one run, so that nothing is created twice or lost"
    )
