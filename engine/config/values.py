"""Nodes as typed values. A plain scalar gets the type of the place it is written in; no text is ever lost."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from engine.document import ListNode, Node, Scalar, expected_type, is_null, mismatch
from engine.model.advice import meant_value
from engine.model.diagnostics import Diagnostics
from engine.model.schema import TEXT, Type

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def value_of(
    node: Node,
    type_: Type,
    choices: Collection[Any],
    diagnostics: Diagnostics,
    what: str,
    code: str = "C209",
) -> Any:
    """A node as a value of a type; None, and reported under `code`, if it is not one."""
    if type_.kind == "any":
        return None  # the type is unknown, which has been reported
    if type_.kind == "list":
        return _list(node, type_, choices, diagnostics, what, code)
    value = _scalar(node, type_)
    if value is None:
        hint = ""
        if isinstance(node, Scalar):
            hint = meant_value(node.text, type_.kind, quoted=node.style in ("'", '"'))
        diagnostics.error(code, node.span, mismatch(what, expected_type(type_), node), hint=hint)
    elif choices and value not in choices:
        known = [str(choice) for choice in choices] if diagnostics.may_suggest else []
        message = f'{what}: "{value}" is not one of its choices'
        diagnostics.error(code, node.span, message, near=(str(value), known))
    return value


def _list(
    node: Node, type_: Type, choices: Collection[Any], diagnostics: Diagnostics, what: str, code: str
) -> list[Any] | None:
    if not isinstance(node, ListNode):
        hint = f"write [{node.text}]" if isinstance(node, Scalar) and not is_null(node) else ""
        diagnostics.error(code, node.span, mismatch(what, "a list", node), hint=hint)
        return None
    allowed = frozenset(choices)
    return [value_of(item, type_.of or TEXT, allowed, diagnostics, what, code) for item in node.items]


def _scalar(node: Node, type_: Type) -> Any:
    if not isinstance(node, Scalar):
        return None
    match type_.kind:
        case "text":
            return None if node.kind == "null" else node.text
        case "bool":
            return node.text == "true" if node.kind == "bool" else None
        case "int":
            return int(node.text) if node.kind == "int" else None
        case "decimal":
            return Decimal(node.text) if node.kind in ("int", "decimal") else None
        case "date":
            return _date(node.text)
    return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
