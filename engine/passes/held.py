"""The held desk: what waits for a person, in the ledger and in the report, and what may leave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from engine.mapping import Program
from engine.model.address import Address
from engine.model.change import Held, Part, Receipt
from engine.model.link import WRITE, HeldRow
from engine.passes.desk import Desk
from engine.planning.decide import IN_DOUBT

BEGUN = "begun"  # held in the report alone: the ledger has the open batch, and the next run settles it


def rows(desk: Desk, mapping: str, verb: str = WRITE) -> dict[Address, HeldRow]:
    return {row.address: row for row in desk.ledger.held.rows(mapping) if row.verb == verb}


def keep(desk: Desk, held: Iterable[Held], verb: str = WRITE) -> None:
    """Hold records of one mapping or verb, with what the desk already knows of them."""
    known: dict[str, dict[Address, HeldRow]] = {}
    for one in held:
        if one.mapping not in known:
            known[one.mapping] = rows(desk, one.mapping, verb)
        before = known[one.mapping].get(one.address)
        if one.code != BEGUN:
            _write(desk, one, before, verb)
        if verb == WRITE:
            desk.report.hold(one)
        else:
            hold_verb(desk, one, verb)


def hold_verb(desk: Desk, held: Held, verb: str) -> None:
    """The record itself stands; what is held is the verb, so the flow's count stays as it is."""
    desk.report.held[f"{held.mapping}/{verb}", held.address] = replace(held, reason=f"{verb}: {held.reason}")


def _write(desk: Desk, held: Held, before: HeldRow | None, verb: str) -> None:
    code, reason, where, waits = held.code, held.reason, held.where, held.fingerprint
    same = before is not None and (before.code, before.reason, before.where) == (code, reason, where)
    if before is not None and same and waits in ("", before.fingerprint):
        return  # with the fingerprint of what the target refused: until that changes, it is not sent again
    now = datetime.now(UTC)
    desk.ledger.held.save(
        HeldRow(held.mapping, held.address, code, reason, where, waits, now, held.title, verb)
    )


def let_go(desk: Desk, mapping: str, fine: Iterable[Address]) -> None:
    """Take off the desk what is in order by now, or not wanted any more.

    What is in doubt stays: it may stand at the target, whatever the source says by now.
    """
    waiting = rows(desk, mapping)
    for address in fine:
        row = waiting.get(address)
        if row is not None and row.code == IN_DOUBT:
            continue
        desk.report.held.pop((mapping, address), None)  # an earlier round may have held it
        if row is not None:
            desk.ledger.held.release(mapping, address)


def heard(desk: Desk, program: Program, verb: str, part: Part, receipt: Receipt) -> None:
    """What a settled receipt for a write means for the report."""
    where = desk.target_name(program)
    if receipt.outcome == "done":
        # An earlier round may have held it, e.g. for want of what this round has made.
        desk.report.held.pop((program.name, part.address), None)
        desk.done += 1
        desk.report.flow(program.name).note(part.address, "created" if verb == "create" else "updated")
    elif receipt.outcome == "refused":
        desk.report.refuse(program.name, where, part, receipt)
    else:
        said = receipt.reason or "no usable answer came"
        reason = f"{said}; whether it arrived is not known yet, and the next run finds out first"
        desk.report.hold(Held(part.address, program.name, BEGUN, reason, where, part.title))
