"""Actions: verbs such as email, requested once and only once.

That an action is wanted is recorded with the batch that creates the record; that it was requested, before it
is. In between the mapping may have changed, and an e-mail cannot be taken back: so the mapping is applied
again.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.change import Held, Part
from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows, hold
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.wishes import NO_ADDRESS, NOT_WANTED, Wish
from engine.passes.write.deliver import Delivery
from engine.passes.write.outlook import Outlook, look
from engine.passes.write.screening import screen
from engine.passes.write.work import PendingWrite


def carry_out(context: RunContext, plan: FlowPlan) -> None:
    """Request every action that is wanted and was never requested, and report why one is not."""
    flow = plan.flow
    for verb in flow.target.schema.actions:
        outlook = look(context, plan, verb)
        hold(context, outlook.gone, verb)
        screened = screen(context, flow, verb, outlook.wishes)
        rows = [*outlook.rows, *screened.rows]
        if context.stopped:
            rows += [_stopped(context, outlook, wish) for wish in screened.going]
            screened.going.clear()
        for address in outlook.used_up:
            context.ledger.batches.skip_action(flow.name, address, verb)
        _release(context, flow, verb, rows, screened.going)
        for row in rows:
            _note(context, flow, row)
        _deliver(context, flow, verb, screened.going)


def _stopped(context: RunContext, outlook: Outlook, wish: Wish) -> ActionRow:
    reason = f"the run stopped before: {context.stopped}"
    return ActionRow(outlook.verb, wish.address, outlook.flow.name, "waiting", "stopped", reason, wish.title)


def _release(
    context: RunContext, flow: Flow, verb: str, rows: Sequence[ActionRow], going: Sequence[Wish]
) -> None:
    """Release actions that were held, and by now wait by themselves or are requested."""
    free = [*(row.address for row in rows if row.outcome != "held"), *(wish.address for wish in going)]
    held = held_rows(context, flow.name, verb) if free else {}
    for address in free:
        context.report.held.pop((f"{flow.name}/{verb}", address), None)
        if address in held:
            context.ledger.held.retry(flow.name, address, verb)


def _note(context: RunContext, flow: Flow, row: ActionRow) -> None:
    """Report one that is not requested; what is skipped is settled, unless a later run looks at it again."""
    if row.outcome == "held":
        where = flow.target.system_name
        hold(context, [Held(row.address, row.mapping, row.code, row.reason, where, row.title)], row.verb)
        return
    context.report.note_not_done(row)
    if row.outcome == "skipped":
        if row.code == NOT_WANTED or not flow.target.schema.actions[row.verb].reopens:
            context.ledger.batches.skip_action(row.mapping, row.address, row.verb)
        if row.code != NOT_WANTED:
            context.report.add_notices([f"{row.title or row.address}: {row.verb}: {row.reason}"])
    elif row.code == NO_ADDRESS:
        context.ledger.actions.explain(row.mapping, row.address, row.verb, NO_ADDRESS)


def _deliver(context: RunContext, flow: Flow, verb: str, wishes: Sequence[Wish]) -> None:
    if not wishes:
        return
    context.progress.stage(f"{verb} for {flow.name}", len(wishes))
    keys = [wish.target_id or "" for wish in wishes]
    flow.target.system.actions.prepare(flow.target.ref.stream, verb, keys)
    requests = [PendingWrite(Part(wish.address, wish.body, wish.target_id, wish.title)) for wish in wishes]
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
