"""Add up what a plan would change, and what it is worth: the limits are compared with this."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.model.change import Adopt, Create, Update
from engine.model.payload import Payload
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import FlowPlan


def add_plan_totals(context: RunContext, plans: Sequence[FlowPlan], emails: int = 0) -> None:
    """Add to the totals of the run what this round would change, and the e-mails that it would send."""
    totals, links = context.totals, context.ledger.links.counts()
    if totals.creates or totals.updates:
        totals.written = sum(_written(context, plan.flow) for plan in plans)
    totals.emails += emails
    for plan in plans:
        stream = plan.flow.target.schema
        changes = [change for change in plan.changes if isinstance(change, Create | Update | Adopt)]
        if stream.date and not links.get(plan.flow.name):
            totals.first_run |= any(isinstance(change, Create) for change in changes)
        for change in changes:
            body = change.payload.body
            if isinstance(change, Adopt):
                totals.add(change, None, "", "")
                continue
            amount = _amount(plan.flow, change.payload)
            if isinstance(change, Update) and amount is not None:
                amount -= _last_amount(context, plan.flow, change.payload)
            currency = str(body.get(stream.currency or "") or "")
            if amount and not currency:  # one currency under two names would pass the limit twice
                currency = plan.flow.target.base_currency()
            totals.add(change, amount, currency, str(body.get(stream.date or "") or ""))


def _written(context: RunContext, flow: Flow) -> int:
    outcomes = context.report.flow(flow.name).outcomes.values()
    return sum(outcome in ("created", "updated") for outcome in outcomes)


def _amount(flow: Flow, payload: Payload) -> Decimal | None:
    """What a document comes to, as the source says or, if the mapping has no totals, as the target will
    compute it: a limit that applied to some mappings only could be bypassed."""
    if not flow.target.schema.control_totals:
        return None
    last = flow.target.schema.control_totals[-1]
    stated = payload.totals.get(last)
    return stated if stated is not None else flow.target.totals(payload.body).get(last)


def _last_amount(context: RunContext, flow: Flow, payload: Payload) -> Decimal:
    """What the document came to when it was last seen."""
    link = context.ledger.links.get(flow.name, payload.address)
    amount = link.last_seen.get(flow.target.schema.control_totals[-1]) if link is not None else None
    return Decimal(amount) if isinstance(amount, int | Decimal) else Decimal(0)
