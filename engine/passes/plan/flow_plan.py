"""What the flows of a run would do, and what is known so far of the records that others refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Skipped, Unchanged, Update
from engine.model.payload import Payload, Ref
from engine.model.record import Unusable
from engine.passes.context import RunContext
from engine.passes.dismissed import Dismissed
from engine.passes.flow import Flow
from engine.passes.refs import reference
from engine.planning.refs import resolve


@dataclass(slots=True)
class FlowPlan:
    """What one flow would do."""

    flow: Flow
    changes: list[Change] = field(default_factory=list)
    queue_full: bool = False  # the source may hold more than it showed
    shown: int = 0  # records that it showed
    complete: bool = True  # what was asked for and not read does not exist
    absent: set[str] = field(default_factory=set)  # keys that others refer to and the source did not show
    external_ids: dict[Address, str] = field(default_factory=dict)  # what records say they became before
    to_release: set[Address] = field(default_factory=set)  # skipped by `where`, or held and gone by now
    dismissed: Dismissed | None = None  # None: nothing was read
    adopted: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # target key -> the target record
    unusable: list[Unusable] = field(default_factory=list)
    elsewhere: dict[Address, str] = field(default_factory=dict)  # records that other configs push -> whose
    remarks: dict[Address, tuple[str, ...]] = field(default_factory=dict)  # shown if the record is sent
    # Of records that were read again because an action of theirs is wanted; None: not mapped any more.
    reread: dict[Address, Payload | None] = field(default_factory=dict)
    unseen: set[Address] = field(default_factory=set)  # of those, the ones that the source did not show

    def payloads(self) -> list[Payload]:
        """Of the records that exist at the target, or will."""
        existing = Create | Update | Adopt | Unchanged
        return [change.payload for change in self.changes if isinstance(change, existing)]


class Decided:
    """The plans that have been decided: what the others may refer to."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._plans: dict[str, tuple[FlowPlan, dict[Address, Change]]] = {}

    def add(self, plan: FlowPlan) -> None:
        changes = {address_of(change): change for change in plan.changes}
        self._plans[plan.flow.name] = plan, changes

    def change(self, ref: Ref) -> Change | None:
        _, changes = self._plans.get(ref.mapping, (None, {}))
        return changes.get(ref.address)

    def resolved(self, payload: Payload) -> dict[str, Any]:
        """The body with its references, also to records that are about to be adopted: those exist, maybe
        archived.
        """
        return resolve(payload.body, self.reference)

    def adopted(self, ref: Ref) -> Mapping[str, Any]:
        """The values of the target record that a record is linked to by these plans."""
        change, (plan, _) = self.change(ref), self._plans.get(ref.mapping, (None, {}))
        return plan.adopted.get(change.target_id, {}) if plan and isinstance(change, Adopt) else {}

    def reference(self, ref: Ref) -> dict[str, str] | None:
        """The target's own reference to a record; None if that does not exist yet."""
        change = self.change(ref)
        if not isinstance(change, Adopt):
            return reference(self._context, ref)
        return {self._context.flow(ref.mapping).target.schema.key: change.referred}

    def will_exist(self, ref: Ref) -> bool:
        """Whether a record is at the target, or will be."""
        if isinstance(self.change(ref), Create | Update | Adopt | Unchanged):
            return True
        return self._context.ledger.links.get(ref.mapping, ref.address) is not None

    def unresolvable(self, ref: Ref) -> str:
        """Why a record that refers to it cannot be written; empty if it can."""
        change, (plan, _) = self.change(ref), self._plans.get(ref.mapping, (None, {}))
        if self.will_exist(ref):
            return ""
        if isinstance(change, Held):
            return f"needs {ref.address}, which is held: {change.reason}"
        if plan is not None and ref.address.key in plan.absent:
            # A page that was cut off does not show everything: absence from it proves nothing.
            verb = "does not have" if plan.complete else "did not show"
            return f"needs {ref.address}, which {ref.address.system} {verb}"
        why = f": {change.reason}" if isinstance(change, Skipped) else ""
        return f"needs {ref.address}, which the mapping {ref.mapping} skips{why}"


def address_of(change: Change) -> Address:
    return change.address if isinstance(change, Held | Skipped) else change.payload.address
