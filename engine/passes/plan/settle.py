"""Compare what the target will compute with what the source says, and settle cents as the mapping wishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.model.change import Change, Create, Held, Update
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.planning import control_totals

SHOWN = 3  # accepted differences that one notice spells out


def settle_totals(context: RunContext, flow: Flow, changes: Sequence[Change]) -> list[Change]:
    """The changes, with their totals settled; those that cannot be are held, those accepted are reported."""
    accepted: list[str] = []
    settled = [
        _settled(flow, change, accepted)
        if isinstance(change, Create | Update) and change.payload.totals
        else change
        for change in changes
    ]
    if accepted:
        more = f"; and {len(accepted) - SHOWN} more" if len(accepted) > SHOWN else ""
        context.report.add_notices(
            [f"{flow.name}: differences accepted by on_difference: {'; '.join(accepted[:SHOWN])}{more}"]
        )
    return settled


def _settled(flow: Flow, change: Create | Update, accepted: list[str]) -> Change:
    payload, target = change.payload, flow.target
    differing = control_totals.differences(payload, target.totals(payload.body))
    if not differing:
        return change
    shown = control_totals.explain(differing, payload.address.system, target.system_name)
    if not control_totals.within(differing, payload.tolerance):
        reason = f"the totals differ by more than {payload.tolerance}: {shown}"
        return Held.of(payload, "totals", reason)
    if payload.on_difference == "accept":
        accepted.append(f"{payload.title or payload.address}: {shown}")
        return change
    if payload.on_difference == "hold":
        return Held.of(payload, "totals", f"the totals differ: {shown}; on_difference is hold")
    wanted = control_totals.source_totals(payload)
    body = target.settle_difference(payload.body, payload.on_difference, wanted)
    if body is None or not control_totals.settled(payload, target.totals(body)):
        reason = f"the totals differ: {shown}; {payload.on_difference} cannot fix that"
        return Held.of(payload, "totals", reason)
    return replace(change, payload=replace(payload, body=body))
