"""Actions that a record needs: what they go to must be open at the target before the record is created."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from engine.model.address import Address
from engine.model.change import Change, Create, Held
from engine.model.payload import ActionRequest, Payload, find_refs
from engine.model.record import Record
from engine.passes.context import RunContext
from engine.passes.plan.flow_plan import Decided

SETTLED = ("paid", "credited", "voided", "deleted")
Closed = Mapping[tuple[str, Address], str]  # a mapping and a source record -> why nothing can go to it


def hold_without_target(context: RunContext, decided: Decided, changes: Sequence[Change]) -> list[Change]:
    """The changes; creates with a needed action that has nothing to go to become held."""
    needed = [
        request for change in changes if isinstance(change, Create) for request in _needed(change.payload)
    ]
    if not needed:
        return list(changes)
    closed = _closed(context, needed)
    return [
        _held(decided, change.payload, closed) or change if isinstance(change, Create) else change
        for change in changes
    ]


def _needed(payload: Payload) -> list[ActionRequest]:
    return [request for request in payload.actions if request.needed]


def _held(decided: Decided, payload: Payload, closed: Closed) -> Held | None:
    for request in _needed(payload):
        refs = list(find_refs(request.to))
        reasons = [
            reason
            for ref in refs
            if (reason := decided.unresolvable(ref) or closed.get((ref.mapping, ref.address), ""))
        ]
        if request.to is None:
            reasons = [f"{payload.address.system} names nothing that it goes to"]
        if reasons:
            return Held.of(payload, "action", f"{request.verb}: {reasons[0]}")
    return None


def _closed(context: RunContext, requests: Sequence[ActionRequest]) -> Closed:
    """What is settled or gone at the target among the linked records that actions go to, read now."""
    keys: dict[str, dict[str, Address]] = defaultdict(dict)
    for request in requests:
        for ref in find_refs(request.to):
            link = context.ledger.links.get(ref.mapping, ref.address)
            if link is not None:
                keys[ref.mapping][link.target.key] = ref.address
    closed: dict[tuple[str, Address], str] = {}
    for mapping, sources in keys.items():
        target = context.flow(mapping).target
        for record in target.read(keys=sorted(sources)):
            standing = target.standing(record.values) if isinstance(record, Record) else None
            if isinstance(record, Record) and standing is not None and standing.state in SETTLED:
                name = target.title(record.values) or str(record.address)
                reason = f"{name} is {standing.state} in {target.system_name}"
                closed[mapping, sources[record.address.key]] = reason
    return closed
