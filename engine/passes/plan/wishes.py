"""Which actions of a mapped record are carried out, and why others that are wanted are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.model.payload import ActionRequest, Payload
from engine.model.report import ActionRow, NotDone
from engine.passes.flow import Flow
from engine.passes.plan.readiness import NOT_YET, reason_of, state

NO_RECIPIENT = "no address to send it to"


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


def refused_rows(flow: Flow, payloads: Sequence[Payload]) -> Iterator[ActionRow]:
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
            ({} if request.to is None else {"to": request.to}, payload.body) for payload, request in wanted
        ]
        answers = flow.target.action_findings(verb, requests) if requests else ()
        for (payload, _), findings in zip(wanted, answers, strict=True):
            if findings:
                reason = "; ".join(finding.message for finding in findings)
                yield action_row(flow, payload, verb, "held", findings[0].code, reason)
