"""Short ways to write a schema down."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from connectors.xero.rules.addresses import address_fault, first_address
from engine.sdk import (
    ANY_TEXT,
    BOOL,
    DATE,
    DECIMAL,
    INSTANT,
    ONE_LINE,
    TEXT,
    Field,
    TextForm,
    Type,
    enum,
)

# How Xero takes its texts (connectors/xero/API.md, 6 and 10).
SEVERAL_LINES = ANY_TEXT
ASCII = TextForm(one_line=True, plain="ascii")
LETTERS = TextForm(one_line=True, plain="letters")
NAME = TextForm(one_line=True, without="<>")
URL = TextForm(one_line=True, fault=lambda text: 'it contains "xero"' if "xero" in text.lower() else "")
EMAIL = TextForm(one_line=True, plain="ascii", fault=address_fault, pick=first_address)


def decimal(places: int, most: Decimal | None = None) -> Type:
    """A number of which Xero keeps so many decimals, up to `most`."""
    return Type("decimal", places=places, most=most)


def up_to(most: int) -> Type:
    """Text of at most so many characters."""
    return Type("text", max=most)


def text(doc: str, most: int | None = None, *, required: bool = False, form: TextForm = ONE_LINE) -> Field:
    """Text that can be written, up to `most` characters."""
    return value(Type("text", max=most, form=form), doc, required=required)


def word(doc: str, *values: str, required: bool = False) -> Field:
    """One of Xero's words, in exact case."""
    return Field(enum(*values), doc, nullable=False, required=required)


def value(type_: Type, doc: str, *, required: bool = False) -> Field:
    """What can be written; what a new record needs is never null."""
    return Field(type_, doc, nullable=not required, required=required)


def named(field: Field, by: str) -> Field:
    """A name that people may change; `by` is the field next to it with the id of what it names."""
    return replace(field, named_by=by)


def shown(type_: Type, doc: str) -> Field:
    """What Xero computes or keeps: it can be read, not written."""
    return Field(type_, doc, writable=False)


def who(field: Field) -> Field:
    """What says who a person or customer is."""
    return replace(field, personal=True)


def key(doc: str) -> Field:
    return Field(TEXT, doc, nullable=False, writable=False)


__all__ = [
    "ASCII",
    "BOOL",
    "DATE",
    "DECIMAL",
    "EMAIL",
    "INSTANT",
    "LETTERS",
    "NAME",
    "SEVERAL_LINES",
    "TEXT",
    "URL",
    "decimal",
    "enum",
    "key",
    "named",
    "shown",
    "text",
    "up_to",
    "value",
    "who",
    "word",
]
