"""Add up what a plan would change, and what it is worth: the limits are compared with this."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.model.change import Adopt, Create, Update
from engine.model.payload import Payload
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.readiness import not_yet, wanted_links
from engine.passes.plan.wishes import (
    AsWritten,
    as_written,
    refused_rows,
    requested_rows,
    unready_rows,
    wished,
)


def add_plan_totals(context: RunContext, plans: Sequence[FlowPlan]) -> None:
    """Add to the totals of the run what this round would change."""
    totals, links = context.totals, context.ledger.links.counts()
    if totals.creates or totals.updates:
        totals.written = sum(_written(context, plan.flow) for plan in plans)
    first_round = not totals.creates and not totals.updates and not totals.emails
    written = as_written(context, plans)
    for plan in plans:
        stream = plan.flow.target.schema
        totals.emails += _emails(context, plan, written, leftover=first_round)
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


def _emails(context: RunContext, plan: FlowPlan, written: AsWritten, *, leftover: bool) -> int:
    """E-mails that a plan's new records lead to, and those that earlier runs have left."""
    flow, verbs = (
        plan.flow,
        {verb for verb, action in plan.flow.target.schema.actions.items() if action.mails},
    )
    creates = [change.payload for change in plan.changes if isinstance(change, Create)]
    rows = list(unready_rows(flow, creates)) if verbs else []
    rows += [*refused_rows(flow, creates, written), *requested_rows(context, flow, creates)] if verbs else []
    refused = {(row.verb, row.address) for row in rows}
    new = sum(
        request.verb in verbs and (request.verb, payload.address) not in refused
        for payload in creates
        for request in wished(flow, payload)
    )
    return new + (sum(_left_over(context, flow, verb) for verb in verbs) if leftover else 0)


def _left_over(context: RunContext, flow: Flow, verb: str) -> int:
    links = wanted_links(context, flow, verb)
    return len(links) - len(not_yet(context, flow, verb, links))


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
