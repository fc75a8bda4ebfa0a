"""JSON with exact decimals, both ways. Money never passes through a float."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model.payload import Ref
from engine.model.redact import shortened

_HALF = re.compile("[\ud800-\udfff]")


def loads(text: str | bytes) -> Any:
    """Parse JSON: numbers with a point or exponent as Decimal, the others as int. Raises ValueError."""
    try:
        return json.loads(text, parse_float=_number, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None


def _number(text: str) -> Decimal:
    _, _, exponent = text.lower().partition("e")
    # Written out, 1e999999999 fills the memory; Decimal itself refuses some more digits in its own way.
    if len(exponent) > 5:
        raise ValueError(f"{shortened(text, 40)} is not a number that can be processed")
    return Decimal(text)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def dumps(value: Any, *, indent: int | None = None) -> str:
    """Write JSON: a Decimal keeps the digits it came with, without an exponent. Keys keep their order.

    An open reference is written `{"$ref": "psohub.companies/7"}`. Raises TypeError for a float, for NaN and
    Infinity, and for any other type that a payload cannot contain.
    """
    return "".join(_pieces(value, indent, 0))


def _pieces(value: Any, indent: int | None, depth: int) -> list[str]:
    if isinstance(value, Mapping):
        return _group(
            "{}",
            [[_text(str(k)), ": ", *_pieces(v, indent, depth + 1)] for k, v in value.items()],
            indent,
            depth,
        )
    if isinstance(value, list | tuple):
        return _group("[]", [_pieces(v, indent, depth + 1) for v in value], indent, depth)
    return [_scalar(value)]


def _group(brackets: str, members: list[list[str]], indent: int | None, depth: int) -> list[str]:
    if not members:
        return [brackets]
    if indent is None:
        inner, outer, comma = "", "", ", "
    else:
        inner, outer = "\n" + " " * indent * (depth + 1), "\n" + " " * indent * depth
        comma = "," + inner
    out = [brackets[0], inner]
    for index, member in enumerate(members):
        if index:
            out.append(comma)
        out += member
    return [*out, outer, brackets[1]]


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return int.__repr__(value)
        case Decimal() if value.is_finite():
            return format(value, "f")
        case str():
            return _text(value)
        case date():
            return f'"{value.isoformat()}"'
        case Ref():
            return dumps({"$ref": str(value.address)})
    raise TypeError(f"{type(value).__name__} cannot be written as JSON: {value!r}")


def _text(value: str) -> str:
    # Half of a surrogate pair, which JSON may escape and UTF-8 cannot hold, goes out as it came: escaped.
    return json.dumps(value, ensure_ascii=_HALF.search(value) is not None)
