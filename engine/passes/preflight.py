"""Look before the first write: what the target would refuse is held, and the rest goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, LeftOut, Unchanged, Update
from engine.model.payload import Payload, Ref
from engine.passes.desk import Desk
from engine.passes.edits import with_edits
from engine.passes.gather import FlowPlan
from engine.passes.refs import reference
from engine.planning import totals
from engine.planning.decide import hold
from engine.planning.refs import resolve
from engine.sdk.system import Finding


def preflight(desk: Desk, plans: Sequence[FlowPlan]) -> None:
    """Check every create and update of every plan; exchanges the ones that would fail for held ones."""
    standing: dict[str, _Standing] = {}
    for plan in plans:  # in their order: what is referred to has been checked before what refers to it
        changes = [_with_refs(desk, change, standing) for change in plan.changes]
        changes = with_edits(desk, plan.program, changes)
        changes = [_with_totals(desk, plan, change) for change in changes]
        plan.changes = _with_findings(desk, plan, changes, standing)
        standing[plan.program.name] = _Standing(plan, {_address(one): one for one in plan.changes})
    _only_needed(plans)


def _only_needed(plans: Sequence[FlowPlan]) -> None:
    """Where only what others refer to is wanted, one that was wanted by held records alone is not."""
    needed: dict[str, set[Address]] = defaultdict(set)
    for plan in reversed(plans):
        if plan.program.keys == "referenced":
            wanted = needed[plan.program.name]
            plan.changes = [
                one
                for one in plan.changes
                if not isinstance(one, Create | Update | Adopt) or one.payload.address in wanted
            ]
        for payload in plan.payloads():
            for ref in payload.refs():
                needed[ref.mapping].add(ref.address)


@dataclass(frozen=True, slots=True)
class _Standing:
    plan: FlowPlan
    changes: Mapping[Address, Change]


def _address(change: Change) -> Address:
    return change.address if isinstance(change, Held | LeftOut) else change.payload.address


def _with_refs(desk: Desk, change: Change, standing: Mapping[str, _Standing]) -> Change:
    """Held where a record refers to one that will not stand at the target."""
    if not isinstance(change, Create | Update):
        return change
    for ref in change.payload.refs():
        reason = _unresolvable(desk, ref, standing.get(ref.mapping))
        if reason:
            return hold(change.payload, "reference", reason)
    return change


def _unresolvable(desk: Desk, ref: Ref, there: _Standing | None) -> str:
    found = there.changes.get(ref.address) if there is not None else None
    if isinstance(found, Create | Update | Adopt | Unchanged):
        return ""
    if desk.ledger.links.get(ref.mapping, ref.address) is not None:
        return ""
    if isinstance(found, Held):
        return f"it needs {ref.address}, which is held: {found.reason}"
    if there is not None and ref.address.key in there.plan.absent:
        # A page that was cut off does not show everything: absence from it proves nothing.
        verb = "does not have" if there.plan.whole else "did not show"
        return f"it needs {ref.address}, which {ref.address.system} {verb}"
    why = f": {found.reason}" if isinstance(found, LeftOut) else ""
    return f"it needs {ref.address}, which the mapping {ref.mapping} leaves out{why}"


def _with_totals(desk: Desk, plan: FlowPlan, change: Change) -> Change:
    """Hold what the target computes against what the source says, and settle cents as the mapping wishes."""
    if not isinstance(change, Create | Update) or not change.payload.totals:
        return change
    payload = change.payload
    system, stream = desk.target(plan.program)
    found = totals.differences(payload, system.books.totals(stream.name, payload.body))
    if not found or (payload.on_difference == "accept" and totals.within(found, payload.tolerance)):
        return change
    said = totals.explain(found, payload.address.system, desk.target_name(plan.program))
    if not totals.within(found, payload.tolerance):
        return hold(payload, "totals", f"the totals differ by more than {payload.tolerance}: {said}")
    if payload.on_difference == "hold":
        return hold(payload, "totals", f"the totals differ: {said}; on_difference is hold")
    wanted = totals.stated(payload)
    body = system.books.settle_difference(stream.name, payload.body, payload.on_difference, wanted)
    if body is None or not totals.settled(payload, system.books.totals(stream.name, body)):
        reason = f"the totals differ: {said}; {payload.on_difference} cannot put that right"
        return hold(payload, "totals", reason)
    return replace(change, payload=replace(payload, body=body))


def _with_findings(
    desk: Desk, plan: FlowPlan, changes: list[Change], standing: Mapping[str, _Standing]
) -> list[Change]:
    system, stream = desk.target(plan.program)
    asked = [at for at, change in enumerate(changes) if isinstance(change, Create | Update)]
    if not asked:
        return changes
    desk.watch.stage(f"checking {len(asked)} {plan.program.name} against {plan.program.target}")
    bodies = [_body(desk, _payload(changes[at]), standing) for at in asked]
    for at, findings in zip(asked, system.target.preflight(stream.name, bodies), strict=True):
        if findings:
            changes[at] = hold(_payload(changes[at]), findings[0].code, _sentence(findings))
    return changes


def _body(desk: Desk, payload: Payload, standing: Mapping[str, _Standing]) -> dict[str, Any]:
    """The body with what it refers to, which may be about to be adopted: that stands there, e.g. archived."""

    def known(ref: Ref) -> dict[str, str] | None:
        there = standing.get(ref.mapping)
        change = there.changes.get(ref.address) if there is not None else None
        if not isinstance(change, Adopt):
            return reference(desk, ref)
        _, stream = desk.target(desk.program(ref.mapping))
        return {stream.key: change.target_id}

    return resolve(payload.body, known)


def _payload(change: Change) -> Payload:
    if not isinstance(change, Create | Update):
        raise TypeError(f"{type(change).__name__} writes nothing")
    return change.payload


def _sentence(findings: Sequence[Finding]) -> str:
    return "; ".join(
        one.message + (f" (nearest: {one.suggestion})" if one.suggestion else "") for one in findings
    )
