"""Actions: verbs such as email, requested once and only once.

That an action is wanted is recorded with the batch that creates the record; that it was requested, before it
is. In between the mapping may have changed, and an e-mail cannot be taken back: so the mapping is applied
again.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.change import Held
from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import hold
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.write.deliver import Delivery
from engine.passes.write.outlook import Outlook, look
from engine.passes.write.work import PendingWrite


def carry_out(context: RunContext, plan: FlowPlan) -> None:
    """Request every action that is wanted and was never requested, and report why one is not."""
    flow = plan.flow
    for verb in flow.target.schema.actions:
        outlook = look(context, plan, verb)
        hold(context, outlook.gone, verb)
        for row in outlook.rows:
            _note(context, row)
        _deliver(context, outlook)


def _note(context: RunContext, row: ActionRow) -> None:
    """Report one that is not requested; what is skipped is settled."""
    context.report.note_not_done(row)
    if row.outcome == "skipped":
        context.ledger.batches.skip_action(row.mapping, row.address, row.verb)
        context.report.add_notices([f"{row.title or row.address}: {row.verb}: {row.reason}"])


def _deliver(context: RunContext, outlook: Outlook) -> None:
    flow, verb, requests = outlook.flow, outlook.verb, outlook.ready
    if not requests:
        return
    context.progress.stage(f"{verb} for {flow.name}", len(requests))
    keys = [request.part.target_id or "" for request in requests]
    flow.target.system.actions.prepare(flow.target.ref.stream, verb, keys)
    # Those that go to one place follow each other: what is made right for one is right for the next.
    requests.sort(key=lambda request: str(request.part.body.get("to", "")))
    delivery = Delivery(context, flow, verb)
    delivery.deliver(requests)
    _report_declined(context, flow, verb, delivery, requests)


def _report_declined(
    context: RunContext, flow: Flow, verb: str, delivery: Delivery, requests: Sequence[PendingWrite]
) -> None:
    """What the target declined: held if others, requested later, were accepted; else a later run tries again,
    with those that were not requested any more.
    """
    target = flow.target.system_name
    lasting = [
        Held(part.address, flow.name, receipt.code, receipt.reason, target, part.title)
        for part, receipt in delivery.lasting()
    ]
    hold(context, lasting, verb)
    if not (passing := delivery.passing()):
        return
    states, settled = context.ledger.batches.actions(flow.name, verb), {held.address for held in lasting}
    receipt = passing[-1][1]
    reason = f"{receipt.reason}; maybe the daily allowance is used up: later runs try again"
    for part in (request.part for request in requests):
        if states.get(part.address.key) == "wanted" and part.address not in settled:
            row = ActionRow(verb, part.address, flow.name, "waiting", receipt.code, reason, part.title)
            context.report.note_not_done(row)
