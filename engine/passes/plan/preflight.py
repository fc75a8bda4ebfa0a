"""Check before the first write: what the target would refuse is held, and the rest goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Update
from engine.model.payload import Payload
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.edits import hold_edited
from engine.passes.plan.flow_plan import Decided, FlowPlan, address_of
from engine.planning import control_totals
from engine.sdk.system import Finding


def preflight(context: RunContext, plans: Sequence[FlowPlan]) -> None:
    """Check every create and update of every plan; those that would fail become held."""
    checked = Decided(context)
    for plan in plans:  # in their order: what is referred to has been checked before what refers to it
        changes = [_with_refs(checked, change) for change in plan.changes]
        changes = hold_edited(context, plan.flow, changes)
        changes = [_with_totals(plan.flow, change) for change in changes]
        plan.changes = _with_findings(context, plan.flow, changes, checked)
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


def _with_totals(flow: Flow, change: Change) -> Change:
    """Compare what the target computes with what the source says, and settle cents as the mapping wishes."""
    if not isinstance(change, Create | Update) or not change.payload.totals:
        return change
    payload, target = change.payload, flow.target
    differing = control_totals.differences(payload, target.totals(payload.body))
    within = control_totals.within(differing, payload.tolerance)
    if not differing or (payload.on_difference == "accept" and within):
        return change
    shown = control_totals.explain(differing, payload.address.system, target.system_name)
    if not within:
        reason = f"the totals differ by more than {payload.tolerance}: {shown}"
        return Held.of(payload, "totals", reason)
    if payload.on_difference == "hold":
        return Held.of(payload, "totals", f"the totals differ: {shown}; on_difference is hold")
    wanted = control_totals.source_totals(payload)
    body = target.settle_difference(payload.body, payload.on_difference, wanted)
    if body is None or not control_totals.settled(payload, target.totals(body)):
        reason = f"the totals differ: {shown}; {payload.on_difference} cannot fix that"
        return Held.of(payload, "totals", reason)
    return replace(change, payload=replace(payload, body=body))


def _with_findings(
    context: RunContext, flow: Flow, changes: Sequence[Change], checked: Decided
) -> list[Change]:
    """What the target itself would refuse, as far as it can be read from there."""
    writes = [change for change in changes if _is_sent(change)]
    if not writes:
        return list(changes)
    context.progress.stage(f"checking {len(writes)} {flow.name} against {flow.target}")
    answers = flow.target.preflight([checked.resolved(_sent(change)) for change in writes])
    refused = {
        write.payload.address: Held.of(write.payload, findings[0].code, _sentence(findings))
        for write, findings in zip(writes, answers, strict=True)
        if findings
    }
    return [_refused(change, refused.get(address_of(change))) for change in changes]


def _is_sent(change: Change) -> TypeGuard[Create | Update | Adopt]:
    return isinstance(change, Create | Update) or (isinstance(change, Adopt) and bool(change.body))


def _sent(change: Create | Update | Adopt) -> Payload:
    return replace(change.payload, body=change.body) if isinstance(change, Adopt) else change.payload


def _refused(change: Change, held: Held | None) -> Change:
    """What exists is linked although the target would refuse the fields that differ."""
    if held is None or not _is_sent(change):
        return change
    return replace(change, held=held) if isinstance(change, Adopt) else held


def _sentence(findings: Sequence[Finding]) -> str:
    return "; ".join(
        finding.message + (f" (nearest: {finding.suggestion})" if finding.suggestion else "")
        for finding in findings
    )
