"""Push: finish what was begun, read, map, decide, look ahead, guard; then begin, write and settle.

`sync plan` is all of it but the writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.mapping import Program
from engine.model.address import Address
from engine.model.change import Adopt, Create, Held, LeftOut, Part, Receipt, Unchanged, Update
from engine.model.link import Link
from engine.model.payload import Payload, find_refs
from engine.passes.actions import carry_out
from engine.passes.deliver import Parcel, deliver
from engine.passes.desk import Desk
from engine.passes.gather import FlowPlan, gather
from engine.passes.held import heard, keep, let_go
from engine.passes.preflight import preflight
from engine.passes.recover import finish_begun
from engine.passes.refs import resolved
from engine.passes.tally import count
from engine.planning.decide import hold
from engine.planning.guard import guard

__all__ = ["count", "plan", "push"]


def plan(desk: Desk) -> list[FlowPlan]:
    """What a push would do now. Reads both sides; writes nothing, not even to the ledger."""
    plans = gather(desk)
    preflight(desk, plans)
    return plans


def push(desk: Desk) -> bool:
    """One round. True where the source may hold more than it showed.

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
        carry_out(desk, flow)
    return any(flow.queue_full for flow in plans)


def _apply(desk: Desk, flow: FlowPlan) -> None:
    program, changes = flow.program, flow.changes
    _note(desk, flow)
    creates = [one.payload for one in changes if isinstance(one, Create)]
    updates = [(one.payload, one.target_id) for one in changes if isinstance(one, Update)]
    if creates or updates:
        desk.watch.stage(f"pushing {program.name}", len(creates) + len(updates))
    _send(desk, program, "create", [(one, None) for one in creates])
    _send(desk, program, "update", updates)


def _note(desk: Desk, flow: FlowPlan) -> None:
    """What needs no request: adopt, hold, let go, count."""
    counted = desk.report.flow(flow.program.name)
    desk.ledger.links.save(_adopted(desk, flow))
    keep(desk, [one for one in flow.changes if isinstance(one, Held)])
    fine: list[Address] = list(flow.let_go)
    for change in flow.changes:
        match change:
            case Adopt(payload, _):
                counted.note(payload.address, "adopted")
                desk.done += 1
                fine.append(payload.address)
            case Unchanged(payload, _):
                counted.note(payload.address, "unchanged")
                fine.append(payload.address)
            case LeftOut(address, _, _):
                counted.note(address, "left_out")
                fine.append(address)
    let_go(desk, flow.program.name, fine)


def _adopted(desk: Desk, flow: FlowPlan) -> Iterable[Link]:
    """Links for what stands there already: nothing is sent, so nothing is mailed either."""
    name, (_, stream) = desk.target_name(flow.program), desk.target(flow.program)
    for change in flow.changes:
        if isinstance(change, Adopt):
            payload, target = change.payload, Address(name, stream.name, change.target_id)
            seen = flow.found.get(change.target_id, {})
            body = resolved(desk, payload)
            yield Link(flow.program.name, payload.address, target, payload.fingerprint, body, seen)


def _send(desk: Desk, program: Program, verb: str, asked: Sequence[tuple[Payload, str | None]]) -> None:
    parcels = []
    waiting = []
    for payload, target_id in asked:
        body = resolved(desk, payload)
        open_ref = next(find_refs(body), None)
        if open_ref is not None:
            there = desk.report.held.get((open_ref.mapping, open_ref.address))
            why = f", which is held: {there.reason}" if there else ", which was not written"
            waiting.append(hold(payload, "reference", f"it needs {open_ref.address}{why}"))
            continue
        then = payload.actions if verb == "create" else ()
        part = Part(payload.address, body, target_id, payload.title, then)
        parcels.append(Parcel(part, payload.fingerprint))
    keep(desk, waiting)

    def settled(parcel: Parcel, receipt: Receipt) -> None:
        desk.watch.step()
        heard(desk, program, verb, parcel.part, receipt)

    deliver(desk, program, verb, parcels, settled)
