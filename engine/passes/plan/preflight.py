"""Check before the first write: what the target would refuse is held, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Unchanged, Update
from engine.model.payload import Ref, find_refs
from engine.passes.context import RunContext
from engine.passes.plan.edits import hold_edited
from engine.passes.plan.findings import with_findings
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.needed import hold_without_target
from engine.passes.plan.settle import settle_totals

_Name = tuple[str, Address]  # a mapping and a source record


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
    """Drop records that are read for references only, if nothing but held records refers to them; and do not
    create them for what is only linked or stays as it is: nothing is sent that would name them.
    """
    named: set[_Name] = set()
    needed: set[_Name] = set()  # by what is sent
    for plan in reversed(plans):
        if plan.flow.program.keys == "referenced":
            plan.changes = [change for change in plan.changes if _is_kept(change, named, needed)]
        for change in plan.changes:
            if isinstance(change, Create | Update | Adopt | Unchanged):
                payload = change.payload
                named |= _names([*payload.refs(), *payload.action_refs()])
                needed |= _names(_sent_refs(change))


def _is_kept(change: Change, named: Set[_Name], needed: Set[_Name]) -> bool:
    if isinstance(change, Create):
        return (change.payload.mapping, change.payload.address) in needed
    if isinstance(change, Update | Adopt):
        return (change.payload.mapping, change.payload.address) in named
    return True


def _sent_refs(change: Create | Update | Adopt | Unchanged) -> Iterator[Ref]:
    """The references in what is sent for a record, and in the actions that may be requested for it."""
    if isinstance(change, Create | Update):
        yield from change.payload.refs()
    if isinstance(change, Adopt):
        yield from find_refs(change.body if change.held is None else {})
    else:
        yield from change.payload.action_refs()


def _names(refs: Iterable[Ref]) -> set[_Name]:
    return {(ref.mapping, ref.address) for ref in refs}


def _with_refs(decided: Decided, change: Change) -> Change:
    """Held if a record refers to one that will not exist at the target."""
    if isinstance(change, Create | Update):
        for ref in change.payload.refs():
            if reason := decided.unresolvable(ref):
                return Held.of(change.payload, "reference", reason)
    return change
