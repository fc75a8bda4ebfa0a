"""Check before the first write: what the target would refuse is held, and the rest goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Update
from engine.passes.context import RunContext
from engine.passes.plan.edits import hold_edited
from engine.passes.plan.findings import with_findings
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.needed import hold_without_target
from engine.passes.plan.settle import settle_totals


def preflight(context: RunContext, plans: Sequence[FlowPlan]) -> None:
    """Check every create and update of every plan; those that would fail become held."""
    checked = Decided(context)
    for plan in plans:  # in their order: what is referred to has been checked before what refers to it
        changes = [_with_refs(checked, change) for change in plan.changes]
        changes = hold_without_target(context, checked, plan.flow, changes)
        changes, current = hold_edited(context, plan.flow, changes)
        changes = settle_totals(context, plan.flow, changes)
        plan.changes = with_findings(context, plan, changes, checked, current)
        checked.add(plan)
    _drop_unneeded(plans)


def _drop_unneeded(plans: Sequence[FlowPlan]) -> None:
    """Drop records that are read for references only and that nothing but held records refers to."""
    needed: dict[str, set[Address]] = defaultdict(set)
    for plan in reversed(plans):
        if plan.flow.program.keys == "referenced":
            referenced = needed[plan.flow.name]
            plan.changes = [
                change
                for change in plan.changes
                if not isinstance(change, Create | Update | Adopt) or change.payload.address in referenced
            ]
        for payload in plan.payloads():
            for ref in (*payload.refs(), *payload.action_refs()):
                needed[ref.mapping].add(ref.address)


def _with_refs(decided: Decided, change: Change) -> Change:
    """Held if a record refers to one that will not exist at the target."""
    if isinstance(change, Create | Update):
        for ref in change.payload.refs():
            if reason := decided.unresolvable(ref):
                return Held.of(change.payload, "reference", reason)
    return change
