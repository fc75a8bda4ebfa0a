"""What the actions of a plan would meet, as far as reading shows: the rows that a run would have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.model.address import Address
from engine.model.change import Adopt, Create, Held, Update
from engine.model.link import WRITE
from engine.model.payload import ActionRequest, Payload, Ref, find_refs
from engine.model.report import ActionRow, NotDone
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import report_held_action
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.forecast import Forecast
from engine.passes.plan.readiness import (
    NOT_YET,
    NOTHING_DUE,
    closed_targets,
    goes_to_not_yet,
    reason_of,
    state,
)
from engine.passes.plan.wishes import (
    Obstacle,
    Wish,
    action_row,
    adopted_rows,
    body_of,
    names_nothing,
    record_rows,
    unready_rows,
)
from engine.passes.refs import reference
from engine.passes.write.absence import why_absent
from engine.passes.write.outlook import look
from engine.passes.write.screening import screen
from engine.planning.refs import resolve

Name = tuple[str, Address]  # a mapping and a source record
OUTCOMES: Mapping[str, NotDone] = {"refused": "held", "skipped": "skipped", "waiting": "waiting"}


@dataclass(slots=True)
class Foresight:
    """The actions that a run would request, and a row for each that it would not."""

    going: dict[Name, list[ActionRequest]] = field(default_factory=dict)
    mails: int = 0  # of those
    rows: dict[tuple[str, Name], ActionRow] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    moved: list[tuple[str, Mapping[str, Decimal]]] = field(default_factory=list)  # verb, amount by currency

    def add_rows(self, rows: Iterator[ActionRow]) -> None:
        """The last reason counts, as in a run."""
        self.rows |= {(row.verb, (row.mapping, row.address)): row for row in rows}


def foresee(context: RunContext, plans: Sequence[FlowPlan], *, left_over: bool = True) -> Foresight:
    """What a run would request for the records of these plans, and with `left_over` what earlier runs have
    left.
    """
    foresight, decided = Foresight(), Decided(context)
    for plan in plans:
        decided.add(plan)
    for plan in plans:
        for verb in plan.flow.target.schema.actions:
            wishes = [*_left_over(context, decided, plan, verb, foresight)] if left_over else []
            wishes += _new(context, decided, plan, verb, foresight)
            _screen(context, decided, plan.flow, verb, wishes, foresight)
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
    for verb, amounts in foresight.moved:
        context.report.note_moved(verb, amounts)
    context.report.add_notices(foresight.remarks)
    context.report.requested = foresight.going


def _screen(
    context: RunContext,
    decided: Decided,
    flow: Flow,
    verb: str,
    wishes: Sequence[Wish],
    foresight: Foresight,
) -> None:
    mails = flow.target.schema.actions[verb].mails
    screened = screen(context, flow, verb, wishes, planned=foresight.mails if mails else 0)
    foresight.add_rows(iter(screened.rows))
    foresight.remarks += screened.remarks
    foresight.mails += len(screened.going) if mails else 0
    declined = set(_declined(context, decided, flow, verb, screened.going, foresight))
    for wish in screened.going:
        if wish.address not in declined:
            foresight.going.setdefault((flow.name, wish.address), []).append(wish.request)


def _declined(
    context: RunContext, decided: Decided, flow: Flow, verb: str, wishes: Sequence[Wish], foresight: Foresight
) -> Iterator[Address]:
    """What the target would decline of actions that go to other records; what the others come to is noted."""
    forecast = Forecast(context, decided)
    referring = [wish for wish in wishes if next(find_refs(wish.request.to), None) is not None]
    requests = [(wish.request, forecast.values(Ref(flow.name, wish.address))) for wish in referring]
    for wish, receipt in zip(referring, forecast.answers(flow, verb, requests), strict=True):
        if outcome := OUTCOMES.get(receipt.outcome):
            why = Obstacle(outcome, receipt.code, receipt.reason)
            foresight.add_rows(iter([wish.row(flow, why)]))
            yield wish.address
            continue
        foresight.moved.append((verb, receipt.amounts))
        if receipt.reason:
            foresight.remarks.append(f"{wish.title or wish.address}: {verb}: {receipt.reason}")


def _new(
    context: RunContext, decided: Decided, plan: FlowPlan, verb: str, foresight: Foresight
) -> Iterator[Wish]:
    """What is requested for new records; of the others the reasons, in the order in which they count."""
    flow = plan.flow
    adopted = [
        (change.payload, plan.adopted.get(change.target_id, {}))
        for change in plan.changes
        if isinstance(change, Adopt)
    ]
    foresight.add_rows(adopted_rows(flow, adopted, verb))
    creates = [change.payload for change in plan.changes if isinstance(change, Create)]
    wanted = [payload for payload in creates if payload.action(verb) is not None]
    earlier = context.ledger.actions.carried_out(flow.name, verb) if wanted else ()
    foresight.add_rows(record_rows(flow, wanted, verb, earlier))
    left = [payload for payload in wanted if (verb, (flow.name, payload.address)) not in foresight.rows]
    action = flow.target.schema.actions[verb]
    if action.to is not None and action.to.required:
        foresight.add_rows(_destinations(context, decided, flow, verb, left))
    foresight.add_rows(unready_rows(flow, left, verb))  # as in a run, the record's own state counts first
    for payload in left:
        request = payload.action(verb)
        if request is not None and (verb, (flow.name, payload.address)) not in foresight.rows:
            document = resolve(payload.body, lambda ref: _as_planned(context, decided, ref))
            body = resolve(body_of(flow, request), decided.reference)
            yield Wish(request, payload.address, payload.title, body, document)


def _as_planned(context: RunContext, decided: Decided, ref: Ref) -> Any:
    """What a reference will lead to: the fields that are sent, and the id of what exists."""
    change = decided.change(ref)
    key = context.flow(ref.mapping).target.schema.key
    if isinstance(change, Create):
        return dict(change.payload.body)
    if isinstance(change, Update):
        return {**change.payload.body, key: change.target_id}
    if isinstance(change, Adopt):
        return {**(change.body if change.held is None else {}), key: change.referred}
    return reference(context, ref)


def _left_over(
    context: RunContext, decided: Decided, plan: FlowPlan, verb: str, foresight: Foresight
) -> list[Wish]:
    """What is requested of the actions that earlier runs have left."""
    outlook = look(context, plan, verb, decided)
    foresight.add_rows(iter(outlook.rows))
    foresight.add_rows(
        ActionRow(verb, held.address, held.mapping, "held", held.code, held.reason, held.title)
        for held in outlook.gone
    )
    return outlook.wishes


def _destinations(
    context: RunContext, decided: Decided, flow: Flow, verb: str, creates: Sequence[Payload]
) -> Iterator[ActionRow]:
    """Of the actions of new records, those that find nothing to go to: absent, not approved, or settled."""
    wanted = [(payload, request) for payload in creates if (request := payload.action(verb)) is not None]
    closed = closed_targets(context, [request for _, request in wanted])
    waiting = goes_to_not_yet(context, flow, {payload.address: request for payload, request in wanted})
    refs = [ref for _, request in wanted for ref in find_refs(request.to)]
    absences = why_absent(context, [ref for ref in refs if not decided.will_exist(ref)])
    for payload, request in wanted:
        left = Forecast(context, decided).left(flow, payload)
        if reason := names_nothing(flow, request):
            yield action_row(flow, payload, verb, Obstacle("skipped", "absent", reason + left))
        elif reason := waiting.get(payload.address, "") or _created_unready(context, decided, flow, request):
            yield action_row(flow, payload, verb, Obstacle("waiting", NOT_YET, reason))
        for ref in find_refs(request.to):
            if reason := closed.get((ref.mapping, ref.address), ""):
                yield action_row(flow, payload, verb, Obstacle("skipped", NOTHING_DUE, reason + left))
            elif absence := absences.get(ref):
                yield action_row(flow, payload, verb, absence.obstacle(left))


def _created_unready(context: RunContext, decided: Decided, flow: Flow, request: ActionRequest) -> str:
    """Why an action waits for a record that is created by the same run."""
    waits = flow.target.schema.actions[request.verb].to_waits
    for ref in find_refs(request.to) if waits is not None else ():
        change = decided.change(ref)
        if waits is None or not isinstance(change, Create):
            continue
        if (value := state(waits, change.payload.body)) in waits.values:
            payload, system = change.payload, context.flow(ref.mapping).target.system_name
            return reason_of(waits, value, payload.title or str(payload.address), system)
    return ""
