"""What people should know about the changes of a plan, although nothing is wrong with them.

A remark of the source's about a record that is sent; a document that is linked and waits for approval; two
records of the source that look like one document, entered twice. `sync plan` and a run say the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from decimal import Decimal

from engine.model.change import Adopt, Create, Update
from engine.model.payload import Payload
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.deciding import Decisions
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.sides import Sides
from engine.planning import control_totals
from engine.planning.agreement import disagreements
from engine.planning.paths import value_at


def add_notes(context: RunContext, decisions: Decisions, decided: Decided) -> None:
    """Add the sentences about one flow to the report."""
    plan = decisions.plan
    context.report.add_notices(_remarks(plan))
    context.report.add_notices(_unapproved(plan))
    if plan.flow.program.agree:
        context.report.add_notices(_entered_twice(plan))
        context.report.add_notices(_entered_again(context, decisions, decided))


def _remarks(plan: FlowPlan) -> Iterator[str]:
    """What the source remarked about the records that are to be sent."""
    target = plan.flow.target
    for change in plan.changes if plan.remarks else ():
        if isinstance(change, Create | Update):
            payload = change.payload
            for remark in plan.remarks.get(payload.address, ()):
                currency = payload.body.get(target.schema.currency or "") or target.base_currency()
                sent = f"; it is sent in {currency}" if currency else ""
                yield f"{payload.title or payload.address}: {remark}{sent}"


def _unapproved(plan: FlowPlan) -> Iterator[str]:
    """Documents that are linked as they are, and are not approved although the mapping would approve them."""
    target = plan.flow.target
    approval = target.schema.approval
    for change in plan.changes if approval is not None else ():
        if approval is None or not isinstance(change, Adopt):
            continue
        values, payload = plan.adopted.get(change.target_id, {}), change.payload
        state = values.get(approval.field)
        if state in approval.values and payload.body.get(approval.field) not in approval.values:
            name = f"{payload.title or payload.address} ({target.system_name} {target.title(values)})"
            yield f"{name} is {state} in {target.system_name}: linked as it is, until {approval.until}"


def _entered_twice(plan: FlowPlan) -> Iterator[str]:
    """New records with the same number that agree with each other."""
    known: dict[Hashable, Payload] = {}
    titled = [one for one in plan.changes if isinstance(one, Create | Adopt) and one.payload.title]
    for change in sorted(titled, key=lambda one: isinstance(one, Create)):  # what is adopted comes first
        payload = change.payload
        first = known.setdefault((payload.title, _agreeing(plan.flow, payload)), payload)
        if first is not payload and isinstance(change, Create):
            yield (
                f"{payload.title}: {first.address} and {payload.address} have the same number and agree in "
                f"{_fields(plan.flow)}; {_CHECK}"
            )


def _agreeing(flow: Flow, payload: Payload) -> str:
    """What a payload says in the fields of `agree`, as a text that is equal for equal values."""
    totals = control_totals.source_totals(payload)
    values = [totals.get(path, value_at(payload.body, path)) for path in flow.program.agree]
    equal = (value.normalize() if isinstance(value, Decimal) else value for value in values)
    return "\n".join(map(str, equal))


def _entered_again(context: RunContext, decisions: Decisions, decided: Decided) -> Iterator[str]:
    """New records that agree with what is linked to another record of the source already."""
    plan = decisions.plan
    flow = plan.flow
    creates = [
        change.payload
        for change in plan.changes
        if isinstance(change, Create) and change.payload.address in decisions.taken
    ]
    if not creates:
        return
    sides, owners = Sides(context, flow, decided), context.ledger.links.sources(flow.name)
    for payload in creates:
        claim = sides.claim(payload)
        for record in decisions.taken[payload.address]:
            owner = owners.get(record.address.key)
            if owner and not disagreements(claim, record.values, flow.target.schema, flow.program.agree):
                yield (
                    f"{payload.title or payload.address}: {payload.address} agrees in {_fields(flow)} with "
                    f"{flow.target.title(record.values) or record.address} in {flow.target.system_name}, "
                    f"which is {flow.source.ref.address(owner)}; {_CHECK}"
                )
                break


_CHECK = "each becomes a record of its own, so check whether one was entered twice"


def _fields(flow: Flow) -> str:
    return ", ".join(flow.program.agree)
