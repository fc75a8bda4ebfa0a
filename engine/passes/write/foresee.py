"""What the actions of a plan would meet, as far as reading shows: the rows that a run would have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Unchanged, Update
from engine.model.link import WRITE
from engine.model.payload import ActionRequest, Payload, Ref, find_refs
from engine.model.report import ActionRow, NotDone
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import report_held_action
from engine.passes.plan.flow_plan import FlowPlan, address_of
from engine.passes.plan.readiness import NOT_YET, closed_targets, goes_to_not_yet, reason_of, state
from engine.passes.plan.wishes import (
    Obstacle,
    Wish,
    action_row,
    adopted_rows,
    body_of,
    record_rows,
    unready_rows,
)
from engine.passes.refs import reference
from engine.passes.write.absence import why_absent
from engine.passes.write.outlook import look
from engine.passes.write.screening import screen
from engine.planning.refs import resolve

NOTHING_DUE = "nothing_due"
Name = tuple[str, Address]  # a mapping and a source record
Planned = Mapping[Name, Change]


@dataclass(slots=True)
class Foresight:
    """The actions that a run would request, and a row for each that it would not."""

    going: dict[Name, list[ActionRequest]] = field(default_factory=dict)
    mails: int = 0  # of those
    rows: dict[tuple[str, Name], ActionRow] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add_rows(self, rows: Iterator[ActionRow]) -> None:
        """The last reason counts, as in a run."""
        self.rows |= {(row.verb, (row.mapping, row.address)): row for row in rows}


def foresee(context: RunContext, plans: Sequence[FlowPlan], *, left_over: bool = True) -> Foresight:
    """What a run would request for the records of these plans, and with `left_over` what earlier runs have
    left.
    """
    planned = {(plan.flow.name, address_of(change)): change for plan in plans for change in plan.changes}
    foresight = Foresight()
    for plan in plans:
        for verb in plan.flow.target.schema.actions:
            wishes = [*_left_over(context, plan, verb, foresight)] if left_over else []
            wishes += _new(context, plan, verb, planned, foresight)
            _screen(context, plan.flow, verb, wishes, foresight)
    return foresight


def report_foreseen(context: RunContext, foresight: Foresight) -> None:
    """Report what a run would not request, with what earlier runs have held; and what it would."""
    for row in foresight.rows.values():
        if row.outcome == "held":
            where = context.flow(row.mapping).target.system_name
            held = Held(row.address, row.mapping, row.code, row.reason, where, row.title)
            report_held_action(context, held, row.verb)
        else:
            context.report.note_not_done(row)
    verbs = {name: {request.verb for request in requests} for name, requests in foresight.going.items()}
    for kept in context.ledger.held.rows():
        name = (kept.mapping, kept.address)
        decided = kept.verb in verbs.get(name, ()) or (kept.verb, name) in foresight.rows
        if kept.verb != WRITE and not decided:
            held = Held(kept.address, kept.mapping, kept.code, kept.reason, kept.where, kept.title)
            report_held_action(context, held, kept.verb)
    context.report.add_notices(foresight.remarks)
    context.report.requested = foresight.going


def _screen(context: RunContext, flow: Flow, verb: str, wishes: Sequence[Wish], foresight: Foresight) -> None:
    mails = flow.target.schema.actions[verb].mails
    screened = screen(context, flow, verb, wishes, planned=foresight.mails if mails else 0)
    foresight.add_rows(iter(screened.rows))
    foresight.remarks += screened.remarks
    foresight.mails += len(screened.going) if mails else 0
    for wish in screened.going:
        foresight.going.setdefault((flow.name, wish.address), []).append(wish.request)


def _new(
    context: RunContext, plan: FlowPlan, verb: str, planned: Planned, foresight: Foresight
) -> Iterator[Wish]:
    """What is requested for new records; of the others the reasons, in the order in which they count."""
    flow = plan.flow
    adopted = [change.payload for change in plan.changes if isinstance(change, Adopt)]
    foresight.add_rows(adopted_rows(flow, adopted, verb))
    creates = [change.payload for change in plan.changes if isinstance(change, Create)]
    wanted = [payload for payload in creates if payload.action(verb) is not None]
    earlier = context.ledger.actions.carried_out(flow.name, verb) if wanted else ()
    foresight.add_rows(record_rows(flow, wanted, verb, earlier))
    left = [payload for payload in wanted if (verb, (flow.name, payload.address)) not in foresight.rows]
    action = flow.target.schema.actions[verb]
    if action.to is not None and action.to.required:
        foresight.add_rows(_destinations(context, flow, verb, left, planned))
    foresight.add_rows(unready_rows(flow, left, verb))  # as in a run, the record's own state counts first
    for payload in left:
        request = payload.action(verb)
        if request is not None and (verb, (flow.name, payload.address)) not in foresight.rows:
            document = resolve(payload.body, lambda ref: _as_planned(context, planned, ref))
            yield Wish(request, payload.address, payload.title, body_of(flow, request), document)


def _as_planned(context: RunContext, planned: Planned, ref: Ref) -> Any:
    """What a reference will lead to: the fields that are sent, and the id of what exists."""
    change = planned.get((ref.mapping, ref.address))
    key = context.flow(ref.mapping).target.schema.key
    if isinstance(change, Create):
        return dict(change.payload.body)
    if isinstance(change, Update):
        return {**change.payload.body, key: change.target_id}
    if isinstance(change, Adopt):
        return {**(change.body if change.held is None else {}), key: change.target_id}
    return reference(context, ref)


def _left_over(context: RunContext, plan: FlowPlan, verb: str, foresight: Foresight) -> Iterator[Wish]:
    """What is requested of the actions that earlier runs have left."""
    outlook = look(context, plan, verb, planned=True)
    foresight.add_rows(iter(outlook.rows))
    foresight.add_rows(
        ActionRow(verb, held.address, held.mapping, "held", held.code, held.reason, held.title)
        for held in outlook.gone
    )
    closed = closed_targets(context, [wish.request for wish in outlook.wishes])
    for wish in outlook.wishes:
        refs = [(ref.mapping, ref.address) for ref in find_refs(wish.request.to)]
        reason = next((closed[ref] for ref in refs if ref in closed), "")
        if reason:
            row = ActionRow(verb, wish.address, plan.flow.name, "skipped", NOTHING_DUE, reason, wish.title)
            foresight.add_rows(iter([row]))
        else:
            yield wish


def _destinations(
    context: RunContext, flow: Flow, verb: str, creates: Sequence[Payload], planned: Planned
) -> Iterator[ActionRow]:
    """Of the actions of new records, those that find nothing to go to: absent, not approved, or settled."""
    wanted = [(payload, request) for payload in creates if (request := payload.action(verb)) is not None]
    closed = closed_targets(context, [request for _, request in wanted])
    waiting = goes_to_not_yet(context, flow, {payload.address: request for payload, request in wanted})
    for payload, request in wanted:
        if request.to is None:
            reason = f"{payload.address.system} names nothing that it goes to"
            yield action_row(flow, payload, verb, Obstacle("skipped", "absent", reason))
        elif reason := waiting.get(payload.address, "") or _created_unready(context, flow, request, planned):
            yield action_row(flow, payload, verb, Obstacle("waiting", NOT_YET, reason))
        for ref in find_refs(request.to):
            if reason := closed.get((ref.mapping, ref.address), ""):
                yield action_row(flow, payload, verb, Obstacle("skipped", NOTHING_DUE, reason))
            elif not _will_exist(context, ref, planned):
                absence = why_absent(context, ref)
                reason = f"waits for {absence.reason}" if absence.waits else absence.reason
                outcome: NotDone = "waiting" if absence.waits else "skipped"
                yield action_row(flow, payload, verb, Obstacle(outcome, "absent", reason))


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
