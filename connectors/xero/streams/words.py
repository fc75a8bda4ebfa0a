"""Short ways to write a schema down."""

from __future__ import annotations

from engine.sdk import BOOL, DATE, DECIMAL, INSTANT, INT, TEXT, Field, Type


def text(doc: str, most: int | None = None, *, required: bool = False) -> Field:
    """Text that can be written, up to `most` characters."""
    return Field(Type("text", max=most) if most else TEXT, doc, required=required)


def word(doc: str, *values: str, required: bool = False) -> Field:
    """One of Xero's words, in exact case."""
    return Field(Type("text", values=values), doc, nullable=False, required=required)


def value(type_: Type, doc: str, *, required: bool = False) -> Field:
    return Field(type_, doc, required=required)


def shown(type_: Type, doc: str) -> Field:
    """What Xero computes or keeps: it can be read, not written."""
    return Field(type_, doc, writable=False)


def key(doc: str) -> Field:
    return Field(TEXT, doc, nullable=False, writable=False)


__all__ = ["BOOL", "DATE", "DECIMAL", "INSTANT", "INT", "TEXT", "key", "shown", "text", "value", "word"]
