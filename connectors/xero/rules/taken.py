"""Which numbers and names are taken: Xero refuses a second record with one
(connectors/xero/API.md, 6 and 10).

Remembers what searching and writing have shown, so that a name that was searched for is not asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.xero import wire
from connectors.xero.resource import Resource
from engine.sdk import Finding

Body = Mapping[str, Any]
Values = Mapping[str, Any]
Value = tuple[str, str, Any]  # stream, field, the value as Xero compares it
_SHOWN = ("Contact.Name", "Date", "Total")  # besides texts: what people know a document by


@dataclass(slots=True)
class TakenValues:
    """The values of unique fields of one organisation, as far as they are known."""

    search: Callable[[Resource, Sequence[Mapping[str, Any]]], object]  # finds records, and notes them here
    _holders: dict[Value, dict[str, Values]] = field(default_factory=dict)  # value -> record's id -> record
    _asked: set[Value] = field(default_factory=set)

    def note(self, resource: Resource, values: Values) -> None:
        """Remember a record that exists."""
        key = str(values.get(resource.stream.key) or "")
        # Without lines and most of the contact: each record of a run is remembered until it ends.
        kept = {name: one for name, one in values.items() if isinstance(one, str)}
        kept |= {path: one for path in _SHOWN if (one := wire.member(values, path)) is not None}
        for name in resource.unique:
            if key and (value := _value(resource, name, values)):
                self._holders.setdefault(value, {})[key] = kept

    def note_search(self, resource: Resource, rules: Sequence[Mapping[str, Any]]) -> None:
        """Remember what was searched for: every record with these values has been noted."""
        for rule in rules:
            (name, *more) = rule or [""]
            if not more and name in resource.unique and (value := _value(resource, name, rule)):
                self._asked.add(value)

    def faults(
        self,
        resource: Resource,
        bodies: Sequence[Body],
        current: Sequence[Values | None],
        created: Sequence[Body] = (),
    ) -> list[list[Finding]]:
        """For each body the values that another record has, at Xero or in this plan: one of the bodies before
        it, or of those that are `created` before all of them.
        """
        wanted = [list(_wanted(resource, *pair)) for pair in zip(bodies, current, strict=True)]
        unknown = {
            value: {value[1]: wire.member(body, value[1])}
            for body, values in zip(bodies, wanted, strict=True)
            for value in values
            if value not in self._asked
        }
        if unknown:
            self.search(resource, list(unknown.values()))
        first = {value: -1 for body in created for value in _wanted(resource, body, None)}
        return [
            [
                finding
                for value in values
                for finding in self._faults(
                    resource, value, bodies[index], current[index], first.setdefault(value, index) < index
                )
            ]
            for index, values in enumerate(wanted)
        ]

    def _faults(
        self, resource: Resource, value: Value, body: Body, current: Values | None, planned: bool
    ) -> Iterator[Finding]:
        _, name, _ = value
        shown = f"{name} {wire.member(body, name)}"
        own = str((current or {}).get(resource.stream.key) or "")
        holders = self._holders.get(value, {})
        others = [row for key, row in holders.items() if key != own and resource.holds(name, row)]
        if others:
            # What the API cannot edit keeps its value: the record in use goes on without it.
            drops = current is not None and not any(resource.stream.usable(row) for row in others)
            rest = "; it stays there, and is not sent" if drops else ""
            message = f"{shown} is already used in Xero, by {_line(resource, others[0])}{rest}"
            yield Finding("value_taken", message, path=name, drops=drops)
        elif planned:
            message = f"{shown} is used twice in this plan; Xero accepts it once"
            yield Finding("value_taken", message, path=name)


def _line(resource: Resource, values: Values) -> str:
    """`INV-0007, Plain Ltd, 2026-09-14, 115.00 NZD, VOIDED (its id)`: what is in the way, for people."""
    stream = resource.stream
    key = values.get(stream.key)
    total, currency = values.get("Total"), values.get(stream.currency or "") or ""
    parts = [
        values.get(stream.title) or key,
        values.get("Contact.Name"),
        values.get("Date"),
        f"{total:,.2f} {currency}".strip() if total is not None else "",
        values.get("Status") or values.get("ContactStatus"),
    ]
    return f"{', '.join(str(part) for part in parts if part)} ({key})"


def _wanted(resource: Resource, body: Body, current: Values | None) -> Iterator[Value]:
    """The unique values that a body brings along; those that its record has already are its own."""
    for name in resource.unique:
        value = _value(resource, name, body)
        if value and (current is None or value != _value(resource, name, current)):
            yield value


def _value(resource: Resource, name: str, values: Values) -> Value | None:
    """A unique value as Xero compares it: without regard to case and doubled blanks."""
    value = wire.member(values, name)
    compared = " ".join(value.split()).casefold() if isinstance(value, str) else ""
    return (resource.stream.name, name, compared) if compared else None
