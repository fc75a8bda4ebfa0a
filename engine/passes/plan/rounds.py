"""While a work queue holds more than it shows, a round sends full requests only.

What would go out in requests that are not full stays in the queue, which shows it again in the next round
together with more. So the number of requests depends on the number of records, not on that of the rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from engine.model.address import Address
from engine.model.change import Create, Held, Skipped
from engine.model.payload import Payload
from engine.passes.plan.flow_plan import FlowPlan, address_of

Names = Set[tuple[str, Address]]  # records by mapping and address


def in_full_requests(plans: Sequence[FlowPlan]) -> list[FlowPlan]:
    """The plans of a round, in the order in which they are carried out, without the creates that do not fill
    a request and those that refer to them. They are as they were if the queue is not full, or if nothing
    would be created out of it: each round has to make room.
    """
    if not any(plan.queue_full for plan in plans):
        return list(plans)
    needed = {ref for plan in plans for ref in _needed_now(plan)}
    waiting: set[tuple[str, Address]] = set()
    kept = []
    for plan in plans:
        waiting |= _not_filling(plan, needed, waiting)
        stay = [change for change in plan.changes if (plan.flow.name, address_of(change)) not in waiting]
        kept.append(replace(plan, changes=stay))
    goes_on = any(plan.queue_full and _creates(plan) for plan in kept)
    return kept if goes_on else list(plans)


def _not_filling(plan: FlowPlan, needed: Names, waiting: Names) -> set[tuple[str, Address]]:
    name = plan.flow.name
    creates = {(name, payload.address): payload for payload in _creates(plan)}
    ready = [key for key, payload in creates.items() if not waiting & {*_refs(payload)}]
    first = [*(key for key in ready if key in needed), *(key for key in ready if key not in needed)]
    size = plan.flow.target.schema.batch_size
    goes = {*first[: len(first) // size * size], *(key for key in creates if key in needed)}
    return creates.keys() - goes


def _creates(plan: FlowPlan) -> list[Payload]:
    return [change.payload for change in plan.changes if isinstance(change, Create)]


def _needed_now(plan: FlowPlan) -> Iterator[tuple[str, Address]]:
    """What changes other than creates refer to: they do not come back with the queue."""
    for change in plan.changes:
        if not isinstance(change, Create | Held | Skipped):
            yield from _refs(change.payload)


def _refs(payload: Payload) -> Iterator[tuple[str, Address]]:
    return ((ref.mapping, ref.address) for ref in (*payload.refs(), *payload.action_refs()))
