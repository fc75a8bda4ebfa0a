"""Actions that a record needs: what they go to must be open at the target before the record is created."""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.change import Change, Create, Held
from engine.model.payload import ActionRequest, Payload, find_refs
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import Decided
from engine.passes.plan.readiness import Closed, closed_targets
from engine.passes.plan.wishes import names_nothing


def hold_without_target(
    context: RunContext, decided: Decided, flow: Flow, changes: Sequence[Change]
) -> list[Change]:
    """The changes; creates with a needed action that has nothing to go to become held."""
    needed = [
        request for change in changes if isinstance(change, Create) for request in _needed(change.payload)
    ]
    if not needed:
        return list(changes)
    closed = closed_targets(context, needed)
    return [
        _held(decided, flow, change.payload, closed) or change if isinstance(change, Create) else change
        for change in changes
    ]


def _needed(payload: Payload) -> list[ActionRequest]:
    return [request for request in payload.actions if request.needed]


def _held(decided: Decided, flow: Flow, payload: Payload, closed: Closed) -> Held | None:
    for request in _needed(payload):
        refs = list(find_refs(request.to))
        reasons = [
            reason
            for ref in refs
            if (reason := decided.unresolvable(ref) or closed.get((ref.mapping, ref.address), ""))
        ]
        if nothing := names_nothing(flow, request):
            reasons = [nothing]
        if reasons:
            return Held.of(payload, "action", f"{request.verb}: {reasons[0]}")
    return None
