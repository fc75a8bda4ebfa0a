"""Types in expressions: of literals, of what may be either of two, and their names for people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.mapping.syntax.words import NUMBER
from engine.model.schema import ANY, BOOL, DECIMAL, INT, TEXT, Type, enum, list_of


def described(type_: Type) -> str:
    """A type in words."""
    if type_.kind == "text":
        return "text"
    if type_.kind == "list":
        return "a list"
    return {
        "int": "a whole number", "decimal": "a number", "bool": "true or false", "date": "a date",
        "instant": "a date and time", "object": "an object", "any": "of unknown type",
    }[type_.kind]  # fmt: skip


def type_of(value: Any) -> Type:
    """The type of a literal; text knows its own words, so that enums are checked when the file is read."""
    match value:
        case bool():
            return BOOL
        case int():
            return INT
        case Decimal():
            return DECIMAL
        case str():
            return enum(value)
    return ANY


def unified(a: Type, b: Type) -> Type | None:
    """The type of what may be either, or None if they are not alike."""
    if a.kind == b.kind == "text":
        return enum(*a.values, *b.values) if a.values and b.values else TEXT
    if a.kind in NUMBER and b.kind in NUMBER:
        return INT if a.kind == b.kind == "int" else DECIMAL
    if a.kind == "list" and b.kind == "list":
        of = unified(a.of or ANY, b.of or ANY)
        return None if of is None else list_of(of)
    return a if a == b else None


def comparable(a: Type, b: Type) -> bool:
    if a.kind in ("object", "list", "any") or b.kind in ("object", "list", "any"):
        return False
    return a.kind == b.kind or (a.kind in NUMBER and b.kind in NUMBER)
