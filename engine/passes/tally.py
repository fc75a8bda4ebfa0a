"""Count what a plan would change, and what it is worth: the limits are held against this."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.mapping import Program
from engine.model.change import Create, Update
from engine.model.payload import Payload
from engine.passes.desk import Desk
from engine.passes.gather import FlowPlan


def count(desk: Desk, plans: Sequence[FlowPlan]) -> None:
    """Add to the tally of the run what this round would change."""
    tally, links = desk.tally, desk.ledger.links.counts()
    if tally.creates or tally.updates:
        tally.written = sum(_written(desk, flow.program) for flow in plans)
    for flow in plans:
        _, stream = desk.target(flow.program)
        changes = [one for one in flow.changes if isinstance(one, Create | Update)]
        if stream.date and not links.get(flow.program.name):
            tally.first_run |= any(isinstance(one, Create) for one in changes)
        for change in changes:
            body = change.payload.body
            amount = _amount(desk, flow.program, change.payload)
            if isinstance(change, Update) and amount is not None:
                amount -= _last_seen(desk, flow.program, change.payload)
            currency = str(body.get(stream.currency or "") or "")
            tally.add(change, amount, currency, str(body.get(stream.date or "") or ""))


def _written(desk: Desk, program: Program) -> int:
    return sum(one in ("created", "updated") for one in desk.report.flow(program.name).outcomes.values())


def _amount(desk: Desk, program: Program, payload: Payload) -> Decimal | None:
    """What a document comes to, as the source says or, where the mapping has no totals, as the target will
    compute it: a limit that held for some mappings only would be no limit."""
    system, stream = desk.target(program)
    if not stream.control_totals:
        return None
    last = stream.control_totals[-1]
    stated = payload.totals.get(last)
    return stated if stated is not None else system.books.totals(stream.name, payload.body).get(last)


def _last_seen(desk: Desk, program: Program, payload: Payload) -> Decimal:
    _, stream = desk.target(program)
    link = desk.ledger.links.get(program.name, payload.address)
    seen = link.seen.get(stream.control_totals[-1]) if link is not None else None
    return Decimal(seen) if isinstance(seen, int | Decimal) else Decimal(0)
