"""Actions: verbs such as e-mail, asked for once and only once.

That one is wanted is written down with the batch that makes the record; that it was asked for, before it is.
In between the mapping may have changed its mind, and an e-mail cannot be taken back: it is asked once more.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.mapping import Program
from engine.model.address import Address
from engine.model.change import Held, Part, Receipt
from engine.model.link import Link
from engine.model.payload import Payload
from engine.model.record import Record
from engine.passes.deliver import Parcel, deliver
from engine.passes.desk import Desk
from engine.passes.gather import FlowPlan
from engine.passes.held import BEGUN, hold_verb, keep


def carry_out(desk: Desk, flow: FlowPlan) -> None:
    """Ask for every verb that is wanted and was never asked for."""
    program = flow.program
    _, stream = desk.target(program)
    for verb in stream.actions:
        wanted = {
            key for key, state in desk.ledger.batches.actions(program.name, verb).items() if state == "wanted"
        }
        if not wanted:
            continue
        links = [link for link in desk.ledger.links.all(program.name) if link.address.key in wanted]
        still = _still_wanted(desk, flow, verb, [link.address for link in links])
        keep(desk, [_not_now(desk, program, one) for one in links if one.address not in still], verb)
        asked = [link for link in links if link.address in still]
        desk.watch.stage(f"{verb} for {program.name}", len(asked))
        parcels = [
            Parcel(Part(link.address, {}, link.target.key, _title(desk, program, link))) for link in asked
        ]
        _ask(desk, program, verb, parcels)


def _ask(desk: Desk, program: Program, verb: str, parcels: Sequence[Parcel]) -> None:
    def settled(parcel: Parcel, receipt: Receipt) -> None:
        desk.watch.step()
        note_action(desk, program, verb, parcel.part, receipt)

    deliver(desk, program, verb, parcels, settled)


def _still_wanted(desk: Desk, flow: FlowPlan, verb: str, addresses: Sequence[Address]) -> set[Address]:
    """Those for which the mapping wants the verb as their records are now; what was not read is read."""
    program = flow.program
    if verb not in program.actions:
        return set()
    now = {one.address: one.actions for one in flow.payloads()}
    unread = [one.key for one in addresses if one not in now]
    for read in desk.read(program, keys=unread) if unread else ():
        mapped = desk.mapper(program)(read) if isinstance(read, Record) else None
        if isinstance(mapped, Payload):
            now[mapped.address] = mapped.actions
    return {one for one in addresses if verb in now.get(one, ())}


def _not_now(desk: Desk, program: Program, link: Link) -> Held:
    reason = "it was wanted when the record was created, and the mapping no longer wants it; nothing was sent"
    return Held(link.address, program.name, "not_wanted", reason, program.file, _title(desk, program, link))


def note_action(desk: Desk, program: Program, verb: str, part: Part, receipt: Receipt) -> None:
    """What a receipt for an action means for the report."""
    if receipt.outcome == "done":
        desk.report.held.pop((f"{program.name}/{verb}", part.address), None)
        desk.report.acted(verb, "done")
        return
    desk.report.acted(verb, "held")
    code, reason = receipt.code, receipt.reason
    if receipt.outcome == "doubt":
        code, reason = BEGUN, f"{reason or 'no usable answer came'}; the next run checks whether it was sent"
    where = desk.target_name(program)
    hold_verb(desk, Held(part.address, program.name, code, reason, where, part.title), verb)


def _title(desk: Desk, program: Program, link: Link) -> str:
    _, stream = desk.target(program)
    return str(link.seen.get(stream.title) or "")
