"""Actions that a record needs: what they go to must be open at the target before the record is created."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.model.address import Address
from engine.model.change import Change, Create, Held
from engine.model.payload import ActionRequest, Payload, find_refs
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import Decided
from engine.passes.plan.forecast import Forecast
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
    changes = [
        _held(decided, flow, change.payload, closed) or change if isinstance(change, Create) else change
        for change in changes
    ]
    return [*_declined(Forecast(context, decided), flow, changes)]


def _declined(forecast: Forecast, flow: Flow, changes: Sequence[Change]) -> Iterator[Change]:
    """Hold those whose needed action the target would decline, such as an allocation to another customer."""
    wanted = [
        (change.payload, request)
        for change in changes
        if isinstance(change, Create)
        for request in _needed(change.payload)
        if next(find_refs(request.to), None) is not None
    ]
    held: dict[Address, Held] = {}
    for verb in dict.fromkeys(request.verb for _, request in wanted):
        asked = [(payload, request) for payload, request in wanted if request.verb == verb]
        asked.sort(key=lambda pair: pair[0].address)  # as they will be requested
        requests = [(request, forecast.planned(flow, payload)) for payload, request in asked]
        for (payload, _), receipt in zip(asked, forecast.answers(flow, verb, requests), strict=True):
            if receipt.outcome in ("refused", "skipped"):
                held[payload.address] = Held.of(payload, "action", f"{verb}: {receipt.reason}")
    for change in changes:
        yield held.get(change.payload.address, change) if isinstance(change, Create) else change


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
