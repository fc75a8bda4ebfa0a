"""Which actions of a mapped record are carried out, and why others that are wanted are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.model.change import Adopt, Create, Held
from engine.model.payload import ActionRequest, Payload
from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import report_held_action
from engine.passes.plan.flow_plan import FlowPlan

NO_RECIPIENT = "no address to send it to"


def why_not(flow: Flow, request: ActionRequest) -> str:
    """Why an action that is wanted is not carried out; empty if it is."""
    action = flow.target.schema.actions[request.verb]
    takes_text = action.to is not None and action.to.type.kind == "text"
    if not request.unless and request.to is None and takes_text and request.verb in flow.program.directed:
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
    return ActionRow(verb, payload.address, flow.name, "skipped", "not_wanted", reason, payload.title)


def note_planned(context: RunContext, plans: Sequence[FlowPlan]) -> None:
    """Report which actions of a plan would not be carried out, as far as reading shows."""
    for plan in plans:
        creates = [change.payload for change in plan.changes if isinstance(change, Create)]
        rows = [row for payload in creates for row in skipped_rows(plan.flow, payload)]
        adopted = [change.payload for change in plan.changes if isinstance(change, Adopt)]
        rows += [row for payload in adopted for row in adopted_rows(plan.flow, payload)]
        for row in rows:
            context.report.note_not_done(row)
        system = plan.flow.target.system_name
        for row in refused_rows(plan.flow, creates):
            held = Held(row.address, row.mapping, row.code, row.reason, system, row.title)
            report_held_action(context, held, row.verb)


def refused_rows(flow: Flow, payloads: Sequence[Payload]) -> Iterator[ActionRow]:
    """The actions of new records that the target would refuse."""
    for verb in flow.target.schema.actions:
        wanted = [
            (payload, request)
            for payload in payloads
            for request in wished(flow, payload)
            if request.verb == verb
        ]
        requests = [
            ({} if request.to is None else {"to": request.to}, payload.body) for payload, request in wanted
        ]
        answers = flow.target.action_findings(verb, requests) if requests else ()
        for (payload, _), findings in zip(wanted, answers, strict=True):
            if findings:
                reason = "; ".join(finding.message for finding in findings)
                code = findings[0].code
                yield ActionRow(verb, payload.address, flow.name, "held", code, reason, payload.title)
