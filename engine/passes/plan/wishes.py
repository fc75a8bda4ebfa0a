"""Which actions of a mapped record are carried out, and why others that are wanted are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.model.change import Adopt, Create
from engine.model.payload import ActionRequest, Payload, Ref
from engine.model.report import ActionRow, NotDone
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import FlowPlan, address_of
from engine.passes.plan.readiness import NOT_YET, reason_of, state
from engine.passes.refs import reference
from engine.planning.refs import resolve

NO_RECIPIENT = "no address to send it to"
ONCE = "it was requested for an earlier document of this record, and is not requested twice"
REQUESTED = ("begun", "done", "skipped")  # states of an action in the ledger
AsWritten = Callable[[Payload], Mapping[str, Any]]


def as_written(context: RunContext, plans: Sequence[FlowPlan]) -> AsWritten:
    """Gives the body with which a payload of these plans is going to be written: a reference is the target's
    own, or the body of the record that is created before.
    """
    planned = {(plan.flow.name, address_of(change)): change for plan in plans for change in plan.changes}

    def known(ref: Ref) -> Any:
        match planned.get((ref.mapping, ref.address)):
            case Create(payload):
                return payload.body
            case Adopt(_, target_id, _):
                return {context.flow(ref.mapping).target.schema.key: target_id}
        return reference(context, ref)

    return lambda payload: resolve(payload.body, known)


def why_not(flow: Flow, request: ActionRequest) -> str:
    """Why an action that is wanted is not carried out; empty if it is."""
    action = flow.target.schema.actions[request.verb]
    takes_text = action.to is not None and action.to.type.kind == "text"
    directed = request.verb in flow.program.directed and not action.undirected
    if not request.unless and request.to is None and takes_text and directed:
        return NO_RECIPIENT
    return request.unless


def wished(flow: Flow, payload: Payload) -> list[ActionRequest]:
    """The actions that are to be carried out once the record exists."""
    return [request for request in payload.actions if not why_not(flow, request)]


def skipped_rows(flow: Flow, payload: Payload) -> Iterator[ActionRow]:
    """The actions of a new record that are wanted and not carried out, with the reason."""
    for request in payload.actions:
        if reason := why_not(flow, request):
            yield skipped_row(flow, payload, request.verb, reason)


def adopted_rows(flow: Flow, payload: Payload) -> Iterator[ActionRow]:
    reason = f"the record exists in {flow.target.system_name} already; it is only linked"
    for request in payload.actions:
        yield skipped_row(flow, payload, request.verb, why_not(flow, request) or reason)


def skipped_row(flow: Flow, payload: Payload, verb: str, reason: str) -> ActionRow:
    return action_row(flow, payload, verb, "skipped", "not_wanted", reason)


def action_row(
    flow: Flow, payload: Payload, verb: str, outcome: NotDone, code: str, reason: str
) -> ActionRow:
    return ActionRow(verb, payload.address, flow.name, outcome, code, reason, payload.title)


def unready_rows(flow: Flow, payloads: Sequence[Payload]) -> Iterator[ActionRow]:
    """The actions of new records that wait, because of the state in which these are created."""
    for payload in payloads:
        for request in wished(flow, payload):
            waits = flow.target.schema.actions[request.verb].waits
            if waits is not None and (value := state(waits, payload.body)) in waits.values:
                system = flow.target.system_name
                reason = reason_of(waits, value, payload.title or str(payload.address), system)
                yield action_row(flow, payload, request.verb, "waiting", NOT_YET, reason)


def requested_rows(context: RunContext, flow: Flow, payloads: Sequence[Payload]) -> Iterator[ActionRow]:
    """The actions of new records that were requested before: for a document whose link was undone."""
    for verb in flow.target.schema.actions:
        states = context.ledger.batches.actions(flow.name, verb)
        for payload in payloads if states else ():
            wants = any(request.verb == verb for request in wished(flow, payload))
            if wants and states.get(payload.address.key) in REQUESTED:
                yield skipped_row(flow, payload, verb, ONCE)


def refused_rows(flow: Flow, payloads: Sequence[Payload], written: AsWritten) -> Iterator[ActionRow]:
    """The actions of new records that the target would refuse; without those that wait."""
    waiting = {(row.verb, row.address) for row in unready_rows(flow, payloads)}
    for verb in flow.target.schema.actions:
        wanted = [
            (payload, request)
            for payload in payloads
            for request in wished(flow, payload)
            if request.verb == verb and (verb, payload.address) not in waiting
        ]
        requests = [
            ({} if request.to is None else {"to": request.to}, written(payload))
            for payload, request in wanted
        ]
        answers = flow.target.action_findings(verb, requests) if requests else ()
        for (payload, _), findings in zip(wanted, answers, strict=True):
            if findings:
                reason = "; ".join(finding.message for finding in findings)
                yield action_row(flow, payload, verb, "held", findings[0].code, reason)
