"""What a stream's records look like: types, fields, and what a target can do with them.

A value of a record is exactly one of: str (text), int, Decimal, bool, date, datetime (aware, UTC),
dict (object), list, or None (absent). Floats do not occur.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "int", "decimal", "bool", "date", "instant", "object", "list", "any"]


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value. `of` is a list's item, `fields` an object's members, `values` an enum's words."""

    kind: Kind
    of: Type | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    max: int | None = None  # characters, for text

    def __str__(self) -> str:
        if self.kind == "list":
            return f"list of {self.of}" if self.of else "list"
        if self.values:
            return "one of " + ", ".join(self.values)
        return {"instant": "date and time", "bool": "true or false"}.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a stream, of an object in it, or of a pack's settings."""

    type: Type
    doc: str = ""
    nullable: bool = True  # may be absent in a record, and null in a payload
    writable: bool = True  # a target takes it; sources leave it as it is
    required: bool = False  # a target refuses a new record without it
    personal: bool = False  # says who a person or customer is: masked where a record is kept for tests

    @property
    def said(self) -> str:
        """The type for people: `text, up to 255 characters`; of what has fields of its own, just `object`."""
        kind = self.type
        if kind.kind == "list":
            return "list" if kind.of is None or kind.of.fields else f"list of {kind.of}"
        return f"{kind}, up to {kind.max} characters" if kind.max else str(kind)


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of record of a system, as source and as target. Fields are named as `fields` names them."""

    name: str
    fields: Mapping[str, Field]
    doc: str = ""
    key: str = "id"  # the field that holds the record's id
    title: str = "id"  # the field that people call the record by
    reference: bool = False  # small: read whole before mapping, for `lookup`
    joins: tuple[str, ...] = ()  # fields that cost a further read; sources join only what is asked for
    queue: bool = False  # reading leaves out what has been dealt with: rounds work it off
    carried: str | None = None  # the field that says what a record became elsewhere: it is not made again
    # As a target:
    creates: bool = False
    updates: bool = False
    actions: tuple[str, ...] = ()  # verbs besides write, e.g. `email`
    batch_size: int = 1  # records in one request
    batch_bytes: int = 3_000_000  # of their bodies as JSON, in one request
    match_fields: tuple[str, ...] = ()  # what `find` can look for
    dated_by: str | None = None  # the field that a cut-off date is held against
    compared: tuple[str, ...] = ()  # control totals that the target computes
    currency: str | None = None  # the field that names the currency of those totals
    moving: tuple[str, ...] = ()  # written once, then moved by the system itself: no drift
    natural_key: tuple[str, ...] = ()  # what finds a record again whose write is in doubt

    @property
    def type(self) -> Type:
        """A whole record as an object."""
        return Type("object", fields=self.fields)


TEXT = Type("text")
INT = Type("int")
DECIMAL = Type("decimal")
BOOL = Type("bool")
DATE = Type("date")
INSTANT = Type("instant")
ANY = Type("any")


def enum(*values: str) -> Type:
    """Text that is one of these words."""
    return Type("text", values=values)


def list_of(item: Type) -> Type:
    """A list whose members all have this type."""
    return Type("list", of=item)


def obj(fields: Mapping[str, Field]) -> Type:
    """An object with these members."""
    return Type("object", fields=fields)
