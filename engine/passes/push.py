"""Push: finish what was begun, read, map, decide, look ahead, guard; then begin, write and settle.

`sync plan` is all of it but the writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from engine.mapping import Program
from engine.model.change import Adopt, Change, Create, Held, LeftOut, Part, Receipt, Unchanged, Update
from engine.model.link import HeldRow, Link
from engine.model.payload import Payload, find_refs
from engine.passes.actions import carry_out
from engine.passes.deliver import Parcel, deliver
from engine.passes.desk import Desk
from engine.passes.gather import FlowPlan, gather
from engine.passes.preflight import hold, preflight, reference
from engine.passes.recover import finish_begun
from engine.planning.guard import guard
from engine.planning.refs import resolve


def plan(desk: Desk) -> list[FlowPlan]:
    """What a push would do now. Reads both sides; writes nothing, not even to the ledger."""
    plans = gather(desk)
    preflight(desk, plans)
    return plans


def push(desk: Desk) -> bool:
    """One round. True where the source may hold more than it showed and this round made room for it.

    Raises UnsafePlanError where the plan passes the limits and nobody has agreed.
    """
    finish_begun(desk)
    plans = plan(desk)
    count(desk, plans)
    if not desk.agreed:
        guard(desk.tally, desk.limits)
    for flow in plans:
        _apply(desk, flow)
    for flow in plans:
        carry_out(desk, flow.program)
    return any(flow.queue_full and _progress(flow) for flow in plans)


def count(desk: Desk, plans: Sequence[FlowPlan]) -> None:
    """Add to the tally that the limits are held against."""
    for flow in plans:
        _, stream = desk.target(flow.program)
        if stream.dated_by and not desk.tally.creates and not desk.ledger.counts().get(flow.program.name):
            desk.tally.first_run |= any(isinstance(one, Create) for one in flow.changes)
        for change in flow.changes:
            if isinstance(change, Create | Update):
                body, totals = change.payload.body, change.payload.totals
                amount = totals.get(stream.compared[-1]) if stream.compared else None
                currency = str(body.get(stream.currency or "", ""))
                dated = str(body.get(stream.dated_by or "", ""))
                desk.tally.add(change, amount if isinstance(amount, Decimal) else None, currency, dated)


def _progress(flow: FlowPlan) -> bool:
    return any(isinstance(one, Create | Adopt) for one in flow.changes)


def _apply(desk: Desk, flow: FlowPlan) -> None:
    program, changes = flow.program, flow.changes
    for change in changes:
        note(desk, program, change)
    _let_go(desk, flow)
    creates = [one.payload for one in changes if isinstance(one, Create)]
    updates = [(one.payload, one.target_id) for one in changes if isinstance(one, Update)]
    if creates or updates:
        desk.watch.stage(f"pushing {program.name}", len(creates) + len(updates))
    _send(desk, program, "create", [(one, None) for one in creates])
    _send(desk, program, "update", updates)


def _let_go(desk: Desk, flow: FlowPlan) -> None:
    """Take off the held desk what is in order by now, or not wanted any more."""
    fine = {one.payload.address for one in flow.changes if isinstance(one, Unchanged)}
    fine |= {one.address for one in flow.changes if isinstance(one, LeftOut)}
    for row in desk.ledger.held(flow.program.name):
        if row.verb == "write" and (row.address in fine or row.address in flow.let_go):
            desk.ledger.release(flow.program.name, row.address, "write")


def note(desk: Desk, program: Program, change: Change) -> None:
    """What needs no request: adopt, hold, count."""
    flow = desk.report.flow(program.name)
    match change:
        case Adopt(payload, target_id):
            desk.ledger.save_link(_adopted(desk, program, payload, target_id))
            desk.ledger.release(program.name, payload.address, "write")
            flow.note(payload.address, "adopted")
        case Held():
            keep(desk, change)
        case Unchanged(payload, _):
            flow.note(payload.address, "unchanged")
        case LeftOut(address, _, _):
            flow.note(address, "left_out")


def keep(desk: Desk, held: Held, fingerprint: str = "", verb: str = "write") -> None:
    """Put a record on the held desk, in the ledger and in the report."""
    row = HeldRow(
        held.mapping,
        held.address,
        held.code,
        held.reason,
        held.where,
        fingerprint or _refused_fingerprint(desk, held),
        datetime.now(UTC),
        held.title,
        verb,
    )
    desk.ledger.hold(row)
    desk.report.hold(held)


def _refused_fingerprint(desk: Desk, held: Held) -> str:
    """What the target refused stays refused until its payload changes: that memory is not to be lost."""
    rows = (row for row in desk.ledger.held(held.mapping) if row.address == held.address)
    return next((row.fingerprint for row in rows if row.code == held.code and row.verb == "write"), "")


def _adopted(desk: Desk, program: Program, payload: Payload, target_id: str) -> Link:
    _, stream = desk.target(program)
    place = payload.address.__class__(desk.target_name(program), stream.name, target_id)
    body = resolve(payload.body, lambda ref: reference(desk, ref))
    return Link(program.name, payload.address, place, payload.fingerprint, body)


def _send(desk: Desk, program: Program, verb: str, asked: Sequence[tuple[Payload, str | None]]) -> None:
    flow = desk.report.flow(program.name)
    parcels = []
    for payload, target_id in asked:
        body = resolve(payload.body, lambda ref: reference(desk, ref))
        open_ref = next(find_refs(body), None)
        if open_ref is not None:
            reason = f"it needs {open_ref.address}, which was not written"
            keep(desk, hold(payload, "reference", reason))
            continue
        then = payload.actions if verb == "create" else ()
        part = Part(payload.address, body, target_id, payload.title, then)
        parcels.append(Parcel(part, payload.fingerprint))

    def settled(parcel: Parcel, receipt: Receipt) -> None:
        desk.watch.step()
        address = parcel.part.address
        if receipt.outcome == "done":
            flow.note(address, "created" if verb == "create" else "updated")
        elif receipt.outcome == "refused":
            desk.report.refuse(program.name, desk.target_name(program), parcel.part, receipt)

    deliver(desk, program, verb, parcels, settled)
