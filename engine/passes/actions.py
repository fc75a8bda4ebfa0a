"""Actions: verbs such as e-mail, asked for once and only once.

That one is wanted is written down with the batch that makes the record; that it was asked for, before it is.
"""

from __future__ import annotations

from engine.mapping import Program
from engine.model.change import Held, Part, Receipt
from engine.model.link import Link
from engine.passes.deliver import Parcel, deliver
from engine.passes.desk import Desk


def carry_out(desk: Desk, program: Program) -> None:
    """Ask for every verb that is wanted and was never asked for."""
    for verb in program.actions:
        wanted = {key for key, state in desk.ledger.actions(program.name, verb).items() if state == "wanted"}
        if not wanted:
            continue
        links = [link for link in desk.ledger.links(program.name) if link.address.key in wanted]
        desk.watch.stage(f"{verb} for {program.name}", len(links))
        parcels = [
            Parcel(Part(link.address, {}, link.target.key, _title(desk, program, link))) for link in links
        ]
        deliver(desk, program, verb, parcels, _settled(desk, program, verb))


def _settled(desk: Desk, program: Program, verb: str):  # type: ignore[no-untyped-def]
    def settled(parcel: Parcel, receipt: Receipt) -> None:
        desk.watch.step()
        note_action(desk, program.name, verb, parcel.part, receipt)

    return settled


def note_action(desk: Desk, mapping: str, verb: str, part: Part, receipt: Receipt) -> None:
    """What a receipt for an action means for the report."""
    if receipt.outcome == "done":
        desk.report.acted(verb, "done")
    elif receipt.outcome == "refused":
        desk.report.acted(verb, "held")
        where = desk.target_name(desk.program(mapping))
        held = Held(part.address, mapping, receipt.code, f"{verb}: {receipt.reason}", where, part.title)
        # The record itself stands; what is held is the verb, so the flow's count stays as it is.
        desk.report.held[f"{mapping}/{verb}", part.address] = held


def _title(desk: Desk, program: Program, link: Link) -> str:
    _, stream = desk.target(program)
    return str(link.seen.get(stream.title) or "")
