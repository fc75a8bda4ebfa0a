"""JSON with decimals: money goes from wire to wire without ever being a float."""

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

Json = dict[str, Any]


def loads(text: bytes | str) -> Any:
    """Parse JSON, fractions as Decimal; ValueError for what is no JSON, NaN and Infinity among it."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError as too_deep:
        raise ValueError("nested too deeply") from too_deep


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def number_text(value: Decimal) -> str:
    """A number as Xero writes it: `24.15`, `21.0`, `0.0` (API-FACTS 5)."""
    text = format(value, "f")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0") or "0"
    return "0.0" if not value else f"{whole}.{fraction}"


def dumps(value: Any) -> str:
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def _write(value: Any, parts: list[str]) -> None:
    match value:
        case str():
            parts.append(encode_basestring(value))
        case None:
            parts.append("null")
        case bool():
            parts.append("true" if value else "false")
        case int():
            parts.append(str(value))
        case Decimal():
            parts.append(number_text(value))
        case dict():
            opening = "{"
            for name, member in value.items():
                parts.append(f"{opening}{encode_basestring(name)}:")
                _write(member, parts)
                opening = ","
            parts.append("}" if value else "{}")
        case list() | tuple():
            opening = "["
            for member in value:
                parts.append(opening)
                _write(member, parts)
                opening = ","
            parts.append("]" if value else "[]")
        case _:
            raise TypeError(f"{type(value).__name__} has no place in JSON")


def to_bytes(value: Any) -> bytes:
    # A lone surrogate is legal in JSON's escapes and has no UTF-8: it comes back as a question mark.
    return dumps(value).encode("utf-8", "replace")
