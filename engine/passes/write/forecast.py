"""What the actions of a plan that go to other records would come to, such as amounts that are allocated.

Both records are shown to the target as they will be: what exists as it was just read, what is yet to be
created with the totals that the target will compute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.model.change import Adopt, Change, Create, Receipt
from engine.model.payload import Payload, Ref, find_refs
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.readiness import as_read, left_of
from engine.passes.plan.wishes import Wish
from engine.planning.refs import resolve
from engine.sdk.system import ActionPreview


class Forecast:
    """Previews the actions of plans, and shows what these make of a record."""

    def __init__(self, context: RunContext, plans: Sequence[FlowPlan]) -> None:
        self._context, self._decided = context, Decided(context)
        self._adopted = {plan.flow.name: plan.adopted for plan in plans}
        for plan in plans:
            self._decided.add(plan)

    def change(self, ref: Ref) -> Change | None:
        """What the plans do with a record."""
        return self._decided.change(ref)

    def left(self, flow: Flow, payload: Payload) -> str:
        """What will be left of a record that is about to be created, as in the reasons of a run."""
        return left_of(flow.target, self._planned(flow, payload))

    def answers(self, flow: Flow, verb: str, wishes: Sequence[Wish]) -> Iterator[tuple[Wish, Receipt]]:
        """What the target would answer, in the order in which a run makes the requests."""
        previews = [(wish, preview) for wish in wishes if (preview := self._preview(flow, wish)) is not None]
        receipts = flow.target.foresee(verb, [preview for _, preview in previews]) if previews else ()
        for (wish, _), receipt in zip(previews, receipts, strict=True):
            yield wish, receipt

    def _preview(self, flow: Flow, wish: Wish) -> ActionPreview | None:
        """None if it does not go to another record."""
        ref = next(find_refs(wish.request.to), None)
        if ref is None:
            return None
        values, to_values = self._values(Ref(flow.name, wish.address)), self._values(ref)
        return ActionPreview(values, to_values, str(ref.address))

    def _values(self, ref: Ref) -> Mapping[str, Any]:
        """A record as it will be at the target."""
        flow, change = self._context.flow(ref.mapping), self._decided.change(ref)
        if isinstance(change, Create):
            return self._planned(flow, change.payload)
        if isinstance(change, Adopt):
            return self._adopted[ref.mapping].get(change.target_id, {})
        link = self._context.ledger.links.get(ref.mapping, ref.address)
        if link is None:
            return {}
        return as_read(self._context, flow.target, {link.target.key}).get(link.target.key, {})

    def _planned(self, flow: Flow, payload: Payload) -> dict[str, Any]:
        """A record that does not exist yet, as it will be. What it refers to may not exist either."""

        def named(ref: Ref) -> dict[str, str]:
            return {self._context.flow(ref.mapping).target.schema.key: str(ref.address)}

        target, body = flow.target, resolve(self._decided.resolved(payload), named)
        schema = target.schema
        values = {**body, **target.totals(payload.body)}
        values.setdefault(schema.title, payload.title)
        if schema.currency is not None and not values.get(schema.currency):
            values[schema.currency] = target.base_currency()
        return values
