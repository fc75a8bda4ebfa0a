"""Finish what was begun before anything newer is decided.

Inside the target's replay window the same batch goes out again under its key: it is answered, not done
twice. Later every record is looked for at the target, and settled from what is found. Nothing is created
on a guess.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from engine.model.change import Part, Receipt
from engine.model.link import Begun
from engine.model.record import Record
from engine.model.schema import Stream
from engine.passes.actions import note_action
from engine.passes.deliver import of_the_request, settle_part
from engine.passes.desk import Desk
from engine.planning.diff import drift
from engine.sdk.connector import System

log = logging.getLogger(__name__)


def finish_begun(desk: Desk) -> None:
    """Settle every batch that a crash, a cut line or an unanswered request left open."""
    begun = desk.ledger.begun_batches()
    if begun:
        desk.watch.stage("finishing what was begun", len(begun))
    for one in begun:
        program = desk.program(one.mapping)
        system, stream = desk.target(program)
        window = desk.connectors[desk.target_name(program)].replay_seconds
        age = (desk.now() - one.batch.begun).total_seconds()
        log.info("batch %s of %s was begun %.0f s ago and not settled", one.batch.id, one.mapping, age)
        if one.batch.verb not in ("create", "update"):
            _finish_action(desk, one, system, 0 <= age < window)
        elif 0 <= age < window:
            _send_again(desk, one, system)
        else:
            _look_up(desk, one, system, stream)
        desk.watch.step()


def _send_again(desk: Desk, begun: Begun, system: System) -> None:
    receipts = system.write(begun.batch)
    if len(receipts) > 1 and all(of_the_request(one) for one in receipts):
        for at in begun.open:  # refused as a whole: nothing was written, decide anew, one by one
            desk.ledger.forget(begun, at)
        return
    for at in begun.open:
        _settle(desk, begun, at, receipts[at])


def _settle(desk: Desk, begun: Begun, at: int, receipt: Receipt) -> None:
    part = begun.batch.parts[at]
    receipt = settle_part(desk, begun, at, receipt)
    if receipt.outcome == "done":
        outcome = "created" if begun.batch.verb == "create" else "updated"
        desk.report.flow(begun.mapping).note(part.address, outcome)
    elif receipt.outcome == "refused":
        where = desk.target_name(desk.program(begun.mapping))
        desk.report.refuse(begun.mapping, where, part, receipt)


def _look_up(desk: Desk, begun: Begun, system: System, stream: Stream) -> None:
    """The window has passed: settle from what stands at the target."""
    parts = begun.batch.parts
    if begun.batch.verb == "update":
        for at in begun.open:  # to the same end however often: decided anew
            desk.ledger.forget(begun, at)
        return
    rules = [_natural_key(parts[at], stream) for at in begun.open]
    taken = set(desk.ledger.linked_sources(begun.mapping))
    for at, candidates in zip(begun.open, system.find(stream.name, rules), strict=True):
        part = parts[at]
        free = [one for one in candidates if one.address.key not in taken]
        same = next((one for one in free if not drift(_fixed(part.body, stream), one.values, stream)), None)
        if same is not None:
            taken.add(same.address.key)
            _settle(desk, begun, at, Receipt("done", same.address.key, seen=same.values))
        elif free:
            _ask_a_person(desk, begun, at, free)
        else:
            desk.ledger.forget(begun, at)


def _natural_key(part: Part, stream: Stream) -> dict[str, Any]:
    rule = {}
    for name in stream.natural_key:
        value = part.body
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None  # type: ignore[assignment]
        if value is not None:
            rule[name] = value
    return rule


def _fixed(body: Mapping[str, Any], stream: Stream) -> Mapping[str, Any]:
    """Without the fields that the system itself moves after they were written."""
    return {name: value for name, value in body.items() if name not in stream.moving}


def _ask_a_person(desk: Desk, begun: Begun, at: int, found: list[Record]) -> None:
    part = begun.batch.parts[at]
    shown = ", ".join(str(one.address) for one in found[:3])
    reason = (
        f"no answer came when it was sent, and {shown} is alike but not the same: "
        "look whether it is this record, then release it with `sync held retry`"
    )
    where = desk.target_name(desk.program(begun.mapping))
    _settle(desk, begun, at, Receipt("refused", reason=reason, code="in_doubt"))
    log.warning("%s at %s: %s", part.address, where, reason)


def _finish_action(desk: Desk, begun: Begun, system: System, inside: bool) -> None:
    """A verb that may or may not have been carried out: read first, and never ask twice."""
    for at in begun.open:
        part = begun.batch.parts[at]
        done = system.acted(begun.batch.stream, begun.batch.verb, part.target_id or "")
        if done:
            receipt = Receipt("done", part.target_id)
        elif inside:
            # The same key is answered from memory if it was done, and done once if it was not.
            receipt = system.act(begun.batch)[at]
        else:
            reason = "nobody knows whether it went out; ask the customer, then `sync held retry` to send it"
            receipt = Receipt("refused", reason=reason, code="in_doubt")
        desk.ledger.settle(begun, at, receipt)
        note_action(desk, begun.mapping, begun.batch.verb, part, receipt)
