"""Finish what was begun before anything newer is decided.

Inside the target's replay window the same batch goes out again under its key: it is answered, not done
twice. Later every record is looked for at the target, and settled from what is found (`lookup.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from engine.mapping import Program
from engine.model.address import StreamRef
from engine.model.change import Receipt
from engine.model.errors import ConfigError
from engine.model.link import BegunBatch
from engine.passes.actions import note_action
from engine.passes.deliver import of_the_request, settle_part
from engine.passes.desk import WRITES, Desk
from engine.passes.held import heard
from engine.passes.lookup import look_up
from engine.planning.decide import IN_DOUBT
from engine.sdk.system import System

log = logging.getLogger(__name__)


def finish_begun(desk: Desk) -> None:
    """Settle every batch that a crash, a cut line or an unanswered request left open.

    Raises ConfigError for batches whose mapping is not there any more, after all others are settled.
    """
    begun = desk.ledger.batches.unfinished()
    if begun:
        desk.watch.stage("finishing what was begun", len(begun))
    orphans = []
    for one in begun:
        program = desk.programs.mappings.get(one.mapping)
        target = program.target if program is not None else None
        if program is None or target is None or replace(target, stream=one.batch.stream) not in desk.streams:
            orphans.append(one)
        else:
            _finish(desk, program, one)
        desk.watch.step()
    if orphans:
        raise ConfigError(_orphaned(orphans))


def _finish(desk: Desk, program: Program, begun: BegunBatch) -> None:
    name = desk.target_name(program)
    system, window = desk.systems[name], desk.connectors[name].replay_seconds
    age = (desk.now() - begun.batch.begun).total_seconds()
    log.info("batch %s of %s was begun %.0f s ago and not settled", begun.batch.id, begun.mapping, age)
    inside = 0 <= age < window
    if begun.batch.verb not in WRITES:
        _finish_action(desk, program, begun, system, inside)
    elif inside:
        _send_again(desk, program, begun, system)
    else:
        # The batch's own stream, not the mapping's: that may lead elsewhere by now.
        for at, receipt in look_up(desk, program, begun, desk.streams[StreamRef(name, begun.batch.stream)]):
            _settle(desk, program, begun, at, receipt)


def _send_again(desk: Desk, program: Program, begun: BegunBatch, system: System) -> None:
    receipts = system.target.write(begun.batch)
    if len(receipts) > 1 and all(of_the_request(one) for one in receipts):
        for at in begun.open:  # refused as a whole: nothing was written, decide anew, one by one
            desk.ledger.batches.forget(begun, at)
        return
    for at in begun.open:
        _settle(desk, program, begun, at, receipts[at])


def _settle(desk: Desk, program: Program, begun: BegunBatch, at: int, receipt: Receipt | None) -> None:
    """None: it surely did not happen, and is decided anew."""
    if receipt is None:
        desk.ledger.batches.forget(begun, at)
        return
    receipt = settle_part(desk, begun, at, receipt)
    heard(desk, program, begun.batch.verb, begun.batch.parts[at], receipt)


def _finish_action(desk: Desk, program: Program, begun: BegunBatch, system: System, inside: bool) -> None:
    """A verb that may or may not have been carried out: read first, and never ask twice."""
    for at in begun.open:
        part = begun.batch.parts[at]
        if system.actions.acted(begun.batch.stream, begun.batch.verb, part.target_id or ""):
            receipt = Receipt("done", part.target_id)
        elif inside:
            # The same key is answered from memory if it was done, and done once if it was not.
            receipt = system.actions.act(begun.batch)[at]
        else:
            reason = (
                "nobody knows whether it was sent; ask the customer, then name it to `sync held retry` to "
                "send it, or to `sync held drop` if it has arrived"
            )
            receipt = Receipt("refused", reason=reason, code=IN_DOUBT)
        desk.ledger.batches.settle(begun, at, receipt)
        note_action(desk, program, begun.batch.verb, part, receipt)


def _orphaned(orphans: Sequence[BegunBatch]) -> str:
    names = ", ".join(sorted({one.mapping for one in orphans}))
    parts = [one.batch.parts[at] for one in orphans for at in one.open]
    shown = ", ".join(str(one.address) for one in parts[:5]) + (", …" if len(parts) > 5 else "")
    return (
        f"the pack has no mapping {names} any more, and what was begun under it is not settled ({shown}): "
        "put it back for one run, so that nothing is made twice or lost sight of"
    )
