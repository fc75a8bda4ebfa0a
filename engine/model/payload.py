"""What a mapping makes of a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.model.address import Address


@dataclass(frozen=True, slots=True)
class Ref:
    """An open reference to another mapped record: the mapping does not know the target's id."""

    mapping: str
    address: Address  # of the source record that `mapping` maps


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """An action that a mapping wants for a record. `to` may hold an open `Ref`; None: absent.

    `needed`: the record is held while the action has nothing to go to. `unless`: why the action is not
    carried out although it is wanted; empty: it is. `undirected`: the condition of its `to` is not true, so
    it goes where the record itself says.
    """

    verb: str
    to: Any = None
    needed: bool = False
    unless: str = ""
    undirected: bool = False


@dataclass(frozen=True, slots=True)
class Payload:
    """One mapped record.

    `body` holds str, int, Decimal, bool, None, dict, list and open `Ref`s; dates are ISO text.
    """

    address: Address  # the source record
    mapping: str
    body: Mapping[str, Any]
    title: str = ""  # what people call it, e.g. INV-2026-0007
    # Rules for adoption, strongest first; one of which a value is absent is empty, and matches nothing.
    match: tuple[Mapping[str, Any], ...] = ()
    totals: Mapping[str, Decimal] = field(default_factory=dict)  # what the target must compute
    on_difference: str = "hold"  # accept | adjust_tax | rounding_line | hold
    tolerance: Decimal = Decimal(0)  # differences above it are always held
    actions: tuple[ActionRequest, ...] = ()  # to be carried out once the record exists
    fingerprint: str = ""  # of the body as mapped, in canonical form; planning sets it
    source: str = ""  # hashes of the source values that its fields were made of; planning sets it
    notes: tuple[str, ...] = ()  # what was left out of its texts, in sentences; see `engine.model.outgoing`

    def refs(self) -> Iterator[Ref]:
        """The references without which the record cannot be written."""
        return find_refs(self.body)

    def action_refs(self) -> Iterator[Ref]:
        """The references of its actions: the record can be written without them."""
        return find_refs([action.to for action in self.actions])

    def action(self, verb: str) -> ActionRequest | None:
        """What the mapping wants of one verb; None if it does not want it."""
        return next((action for action in self.actions if action.verb == verb), None)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a mapping refused a record: one reason, with the rule's `file:line:column`."""

    address: Address
    code: str
    reason: str
    where: str


def find_refs(value: Any) -> Iterator[Ref]:
    """Every open reference in a body, depth first."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from find_refs(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from find_refs(member)
