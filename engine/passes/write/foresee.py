"""What the actions of a plan would meet, as far as reading shows: the rows that a run would have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Unchanged, Update
from engine.model.payload import ActionRequest, Payload, Ref, find_refs
from engine.model.report import ActionRow, NotDone
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import report_held_action
from engine.passes.plan.flow_plan import FlowPlan, address_of
from engine.passes.plan.readiness import NOT_YET, closed_targets, goes_to_not_yet, reason_of, state
from engine.passes.plan.wishes import (
    action_row,
    adopted_rows,
    as_written,
    refused_rows,
    requested_rows,
    skipped_rows,
    unready_rows,
    wished,
)
from engine.passes.write.absence import why_absent
from engine.passes.write.outlook import look
from engine.passes.write.write_back import NOT_TRIED

NOTHING_DUE = "nothing_due"
Planned = Mapping[tuple[str, Address], Change]


def foresee(context: RunContext, plans: Sequence[FlowPlan]) -> None:
    """Report which actions a run would not carry out, as far as reading shows."""
    planned = {(plan.flow.name, address_of(change)): change for plan in plans for change in plan.changes}
    written = as_written(context, plans)
    for plan in plans:
        creates = [change.payload for change in plan.changes if isinstance(change, Create)]
        rows = [row for payload in creates for row in skipped_rows(plan.flow, payload)]
        adopted = [change.payload for change in plan.changes if isinstance(change, Adopt)]
        rows += [row for payload in adopted for row in adopted_rows(plan.flow, payload)]
        rows += _destinations(context, plan.flow, creates, planned)
        rows += unready_rows(plan.flow, creates)  # as in a run, the record's own state counts first
        rows += refused_rows(plan.flow, creates, written)
        rows += requested_rows(context, plan.flow, creates)
        rows += _left_over(context, plan)
        for row in rows:
            _note(context, plan.flow, row)


def _note(context: RunContext, flow: Flow, row: ActionRow) -> None:
    if row.outcome == "held":
        where = flow.target.system_name
        held = Held(row.address, row.mapping, row.code, row.reason, where, row.title)
        report_held_action(context, held, row.verb)
    else:
        context.report.note_not_done(row)


def _left_over(context: RunContext, plan: FlowPlan) -> Iterator[ActionRow]:
    """Of the actions that earlier runs have left."""
    for verb in plan.flow.target.schema.actions:
        outlook = look(context, plan, verb)
        yield from (row for row in outlook.rows if not row.reason.endswith(NOT_TRIED))
        for held in outlook.gone:
            yield ActionRow(verb, held.address, held.mapping, "held", held.code, held.reason, held.title)
        closed = closed_targets(context, outlook.requests.values())
        for write in outlook.ready:
            for ref in find_refs(outlook.requests[write.part.address].to):
                if reason := closed.get((ref.mapping, ref.address)):
                    address, title = write.part.address, write.part.title
                    yield ActionRow(verb, address, plan.flow.name, "skipped", NOTHING_DUE, reason, title)


def _destinations(
    context: RunContext, flow: Flow, creates: Sequence[Payload], planned: Planned
) -> Iterator[ActionRow]:
    """Of the actions of new records, those that find nothing to go to: absent, not approved, or settled."""
    wanted = [
        (payload, request)
        for payload in creates
        for request in wished(flow, payload)
        if (action := flow.target.schema.actions[request.verb]).to is not None and action.to.required
    ]
    closed = closed_targets(context, [request for _, request in wanted])
    waiting = goes_to_not_yet(context, flow, {payload.address: request for payload, request in wanted})
    for payload, request in wanted:
        verb = request.verb
        if request.to is None:
            reason = f"{payload.address.system} names nothing that it goes to"
            yield action_row(flow, payload, verb, "skipped", "absent", reason)
        elif reason := waiting.get(payload.address, "") or _created_unready(context, flow, request, planned):
            yield action_row(flow, payload, verb, "waiting", NOT_YET, reason)
        for ref in find_refs(request.to):
            if reason := closed.get((ref.mapping, ref.address), ""):
                yield action_row(flow, payload, verb, "skipped", NOTHING_DUE, reason)
            elif not _will_exist(context, ref, planned):
                absence = why_absent(context, ref)
                reason = f"waits for {absence.reason}" if absence.waits else absence.reason
                outcome: NotDone = "waiting" if absence.waits else "skipped"
                yield action_row(flow, payload, verb, outcome, "absent", reason)


def _will_exist(context: RunContext, ref: Ref, planned: Planned) -> bool:
    if isinstance(planned.get((ref.mapping, ref.address)), Create | Update | Adopt | Unchanged):
        return True
    return context.ledger.links.get(ref.mapping, ref.address) is not None


def _created_unready(context: RunContext, flow: Flow, request: ActionRequest, planned: Planned) -> str:
    """Why an action waits for a record that is created by the same run."""
    waits = flow.target.schema.actions[request.verb].to_waits
    for ref in find_refs(request.to) if waits is not None else ():
        change = planned.get((ref.mapping, ref.address))
        if waits is None or not isinstance(change, Create):
            continue
        if (value := state(waits, change.payload.body)) in waits.values:
            payload, system = change.payload, context.flow(ref.mapping).target.system_name
            return reason_of(waits, value, payload.title or str(payload.address), system)
    return ""
