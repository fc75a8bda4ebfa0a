"""What a stream's records look like: types, fields, and what a target can do with them.

A value of a record is exactly one of: str (text), int, Decimal, bool, date, datetime (aware, UTC),
dict (object), list, or None (absent). Floats do not occur.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from engine.model.text_form import ANY_TEXT, TextForm

Kind = Literal["text", "int", "decimal", "bool", "date", "instant", "object", "list", "any"]


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value. `of`: the items of a list; `fields`: of an object; `values`: of an enumeration."""

    kind: Kind
    of: Type | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    max: int | None = None  # characters of a text, entries of a list
    most: Decimal | None = None  # largest number, and the largest below zero, that a target accepts
    places: int | None = None  # decimals that a target keeps of a number; more are rounded half up
    form: TextForm = ANY_TEXT  # in which a target is sent texts; see `engine.model.outgoing`

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
    writable: bool = True  # a target accepts it; ignored in a source
    required: bool = False  # a target refuses a new record without it
    named_by: str = ""  # the field next to it with the id of what it names; a renamed one keeps its id
    personal: bool = False  # identifies a person or customer: masked if a record is kept for tests

    @property
    def type_text(self) -> str:
        """The type for people: `text, up to 255 characters`; just `object` if it has fields of its own."""
        kind = self.type
        if kind.kind == "list":
            return "list" if kind.of is None or kind.of.fields else f"list of {kind.of}"
        return f"{kind}, up to {kind.max} characters" if kind.max else str(kind)


@dataclass(frozen=True, slots=True)
class Waits:
    """States of a record in which an action is not carried out yet: a field, and values of it.

    `until`: what a person does about it, e.g. "a person approves it". `initial`: the state of a new record
    that is written without the field.
    """

    field: str
    values: tuple[str, ...]
    until: str
    initial: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a target can do with a record besides writing it. `to`: what a mapping's `to` gives it.

    `waits`: states of the record in which it is not carried out yet; `to_waits`: of the record it goes to.
    `reopens`: what it goes to may be closed now and open later, so one that found nothing to do is looked at
    again by each run, until nothing is left of the record. `in_turn`: one request at a time, because the next
    one may only use what the one before has left.
    """

    doc: str = ""
    to: Field | None = None  # text for an e-mail, an object for another record; None: it takes nothing
    mails: bool = False  # it sends an e-mail to a person: `limits.emails` counts it
    certain: bool = False  # `Actions.acted` is proof in both directions: what it denies was not carried out
    undirected: bool = False  # where `to` is absent it goes where the record itself says, e.g. its contact
    waits: Waits | None = None
    to_waits: Waits | None = None
    reopens: bool = False
    in_turn: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of record of a system, as source and as target. A dotted name is a field inside an object."""

    name: str
    fields: Mapping[str, Field]
    doc: str = ""
    key: str = "id"  # the field with the record's id
    title: str = "id"  # the field by which people know the record, e.g. its number
    date: str | None = None  # the field that is compared with `limits.first_run_since`
    reference: bool = False  # small: read completely before mapping, for `lookup`
    suggestable: Callable[[Mapping[str, Any]], bool] = lambda values: True  # False: archived, or not for us
    joins: tuple[str, ...] = ()  # fields that cost a further read; read only if a mapping uses them
    work_queue: bool = False  # records that have been processed disappear; it is read in rounds
    external_id: str | None = None  # the field with its id in another system: it was pushed already
    # Fields that are computed from the others of a record, if it lacks them; None: unknown.
    computed: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    # As a target:
    creates: bool = False
    updates: bool = False
    actions: Mapping[str, Action] = field(default_factory=dict)  # verbs besides create and update: `email`
    batch_size: int = 1  # records in one request
    batch_bytes: int = 3_000_000  # of their bodies as JSON, in one request
    match_fields: tuple[str, ...] = ()  # fields that `Target.find` can search by
    identifiers: tuple[str, ...] = ()  # match fields that name one record: they decide against weaker ones
    usable: Callable[[Mapping[str, Any]], bool] = lambda values: True  # False: takes no writes, e.g. archived
    unusable: str = "it cannot be used"  # what a person has to do about such a record
    successor: str = ""  # the field with the key of the record that this one was merged into
    slots: Mapping[str, str] = field(default_factory=dict)  # lists of slots -> the member that names the slot
    natural_key: tuple[str, ...] = ()  # those by which a record is found again if its write is in doubt
    server_managed: tuple[str, ...] = ()  # written once, then changed by the system itself: not drift
    control_totals: tuple[str, ...] = ()  # amounts that the system computes; the last one is the grand total
    currency: str | None = None  # the field with the currency of those totals
    approval: Waits | None = None  # states in which a document waits for a person's approval

    @property
    def type(self) -> Type:
        """A complete record as an object."""
        return Type("object", fields=self.fields)

    def emptied(self, path: str, value: Any) -> Any:
        """What is sent to empty a field that holds a value: an empty text or list, null for others.

        Slots are emptied one by one: the target keeps those that a list leaves out.
        """
        slot, field = self.slots.get(path), self.field(path)
        if slot is not None and isinstance(value, list | tuple):
            return [{name: item[name] if name == slot else "" for name in item} for item in value]
        return {"text": "", "list": []}.get(field.type.kind) if field is not None else None

    def field(self, path: str) -> Field | None:
        """The field at a path such as `Contact.ContactID`; None if there is none."""
        name, *inner = path.split(".")
        field = self.fields.get(name)
        for step in inner:
            field = field.type.fields.get(step) if field is not None else None
        return field


TEXT = Type("text")
INT = Type("int")
DECIMAL = Type("decimal")
BOOL = Type("bool")
DATE = Type("date")
INSTANT = Type("instant")
ANY = Type("any")


def enum(*values: str) -> Type:
    """Text that is one of these values."""
    return Type("text", values=values)


def list_of(item: Type, most: int | None = None) -> Type:
    """A list whose members all have this type, of at most so many."""
    return Type("list", of=item, max=most)


def obj(fields: Mapping[str, Field]) -> Type:
    """An object with these members."""
    return Type("object", fields=fields)
