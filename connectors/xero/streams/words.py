"""Short ways to write a schema down."""

from __future__ import annotations

from dataclasses import replace

from engine.sdk import BOOL, DATE, DECIMAL, INSTANT, TEXT, Field, Type, enum


def up_to(most: int) -> Type:
    """Text of at most so many characters."""
    return Type("text", max=most)


def text(doc: str, most: int | None = None, *, required: bool = False) -> Field:
    """Text that can be written, up to `most` characters."""
    return value(up_to(most) if most else TEXT, doc, required=required)


def word(doc: str, *values: str, required: bool = False) -> Field:
    """One of Xero's words, in exact case."""
    return Field(enum(*values), doc, nullable=False, required=required)


def value(type_: Type, doc: str, *, required: bool = False) -> Field:
    """What can be written; what a new record needs is never null."""
    return Field(type_, doc, nullable=not required, required=required)


def shown(type_: Type, doc: str) -> Field:
    """What Xero computes or keeps: it can be read, not written."""
    return Field(type_, doc, writable=False)


def who(field: Field) -> Field:
    """What says who a person or customer is."""
    return replace(field, personal=True)


def key(doc: str) -> Field:
    return Field(TEXT, doc, nullable=False, writable=False)


__all__ = [
    "BOOL",
    "DATE",
    "DECIMAL",
    "INSTANT",
    "TEXT",
    "enum",
    "key",
    "shown",
    "text",
    "up_to",
    "value",
    "who",
    "word",
]
