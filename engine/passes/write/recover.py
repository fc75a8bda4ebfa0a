"""Finish earlier batches before anything newer is decided.

Inside the target's replay window the same batch is sent again under its key: it is answered, not carried out
twice. After that each record is looked up at the target, and settled from what is there (`lookup.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from engine.model.change import WRITES
from engine.model.errors import ConfigError, InDoubtError, SpentKeyError
from engine.model.link import BegunBatch
from engine.passes.context import RunContext
from engine.passes.flow import Flow, OpenStream
from engine.passes.write.failed import held_alone, look_up, note_failure, record_answer
from engine.passes.write.receipts import record_receipt

log = logging.getLogger(__name__)


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
    left: BegunBatch | None = begun
    if not begun.spent and 0 <= age < target.connector.replay_seconds:
        left = _send_again(context, flow, begun, target)
    if left is not None:
        _look_up(context, flow, left, target)


def _send_again(context: RunContext, flow: Flow, begun: BegunBatch, target: OpenStream) -> BegunBatch | None:
    """The same request under the same key; returns what is still to be looked up."""
    batch, actions = begun.batch, target.system.actions
    is_write = batch.verb in WRITES
    if not is_write and all(
        actions.acted(batch.stream, batch.verb, part.target_id or "", part.body)
        for part in (batch.parts[position] for position in begun.open)
    ):
        return begun  # the look-up settles it
    try:
        receipts = target.system.target.write(batch) if is_write else actions.act(batch)
    except SpentKeyError as error:
        return note_failure(context, begun, error.words, spent=True)
    except InDoubtError as error:
        note_failure(context, begun, error.words, spent=False)
        raise
    return record_answer(context, flow, begun, receipts)


def _look_up(context: RunContext, flow: Flow, begun: BegunBatch, target: OpenStream) -> None:
    """What was not carried out is decided again, and sent in smaller requests if this one failed."""
    absent = look_up(context, flow, begun, target)
    alone = begun.failure and len(begun.batch.parts) == 1
    receipt = held_alone(context, begun) if absent and alone else None
    for position in absent:
        if receipt is not None:
            record_receipt(context, flow, begun, position, receipt)
        else:
            context.ledger.batches.forget(begun, position)


def _orphaned(orphans: Sequence[BegunBatch]) -> str:
    names = ", ".join(sorted({begun.mapping for begun in orphans}))
    parts = [begun.batch.parts[position] for begun in orphans for position in begun.open]
    shown = ", ".join(str(part.address) for part in parts[:5]) + (", …" if len(parts) > 5 else "")
    return (
        f"the pack no longer has the mapping {names}, but its last writes are still unconfirmed ({shown}): "
        "restore it for one run, so that nothing is created twice or lost"
    )
