"""What the actions of a plan that go to other records would come to, such as amounts that are allocated.

Both records are shown to the target as they will be: what exists as it was just read, what is yet to be
created with the totals that the target will compute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.model.change import Adopt, Create, Receipt, Update
from engine.model.payload import ActionRequest, Payload, Ref, find_refs
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import Decided
from engine.passes.plan.readiness import as_read, left_of
from engine.planning.refs import resolve
from engine.sdk.system import ActionPreview


class Forecast:
    """Previews actions of the records of plans, and shows what the plans make of a record."""

    def __init__(self, context: RunContext, decided: Decided) -> None:
        self._context, self._decided = context, decided

    def left(self, flow: Flow, payload: Payload) -> str:
        """What will be left of a record that is about to be created, as in the reasons of a run."""
        return left_of(flow.target, self.planned(flow, payload))

    def answers(
        self, flow: Flow, verb: str, requests: Sequence[tuple[ActionRequest, Mapping[str, Any]]]
    ) -> Sequence[Receipt]:
        """What the target would answer to requests that go to other records, one after the other. Each comes
        with the values of its own record.
        """
        previews = [
            ActionPreview(values, self.values(ref), str(ref.address))
            for request, values in requests
            for ref in [*find_refs(request.to)][:1]
        ]
        return flow.target.foresee(verb, previews) if previews else ()

    def values(self, ref: Ref) -> Mapping[str, Any]:
        """A record as it will be at the target."""
        flow, change = self._context.flow(ref.mapping), self._decided.change(ref)
        if isinstance(change, Create):
            return self.planned(flow, change.payload)
        if isinstance(change, Adopt):
            return self._decided.adopted(ref)
        link = self._context.ledger.links.get(ref.mapping, ref.address)
        if link is None:
            return {}
        return as_read(self._context, flow.target, {link.target.key}).get(link.target.key, {})

    def planned(self, flow: Flow, payload: Payload) -> dict[str, Any]:
        """A record that does not exist yet, as it will be. What it refers to may not exist either."""
        target = flow.target
        schema = target.schema
        values = {**resolve(payload.body, self._named), **target.totals(payload.body)}
        values.setdefault(schema.title, payload.title)
        if schema.currency is not None and not values.get(schema.currency):
            values[schema.currency] = target.base_currency()
        return values

    def _named(self, ref: Ref) -> dict[str, str]:
        """What is referred to, with its name for people; in place of an id that it does not have yet, what it
        is at the source.
        """
        schema, change = self._context.flow(ref.mapping).target.schema, self._decided.change(ref)
        reference = self._decided.reference(ref) or {schema.key: str(ref.address)}
        link = self._context.ledger.links.get(ref.mapping, ref.address)
        title = link.last_seen.get(schema.title) if link is not None else ""
        if isinstance(change, Create | Update | Adopt):
            title = change.payload.title or title
        return {**reference, schema.title: str(title)} if title else reference
