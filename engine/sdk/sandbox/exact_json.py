"""JSON with exact decimals, spelled as the simulated system spells its numbers.

For reading, `engine.sdk.loads` is used: a number with a point or an exponent is a Decimal.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from engine.sdk.wire import loads


def shortest_number(value: Decimal) -> str:
    """A number in as few digits as it needs, without an exponent: `27700`, `12.5`, `0`."""
    digits = format(value, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def loads_object(text: str | bytes) -> dict[str, Any]:
    """Read one JSON object. Raises ValueError for anything else."""
    value = loads(text)
    if not isinstance(value, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004  callers recognise bad JSON by ValueError alone
    return value


class ExactJson:
    """Writes compact JSON. `number` spells a finite Decimal, for instance `shortest_number`."""

    def __init__(self, number: Callable[[Decimal], str] = shortest_number) -> None:
        self._number = number

    def dumps(self, value: Any) -> str:
        """Write a value made of dict, list, tuple, str, bool, int, Decimal and None.

        Raises TypeError for a float, which has already lost digits, and for any other type.
        """
        parts: list[str] = []
        self._write(value, parts)
        return "".join(parts)

    def to_bytes(self, value: Any) -> bytes:
        """The same in UTF-8. Half of a surrogate pair, which UTF-8 cannot hold, becomes a question mark."""
        return self.dumps(value).encode("utf-8", "replace")

    def _write(self, value: Any, parts: list[str]) -> None:
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
                parts.append(self._number(value))
            case dict():
                opening = "{"
                for name, member in value.items():
                    parts.append(f"{opening}{encode_basestring(str(name))}:")
                    self._write(member, parts)
                    opening = ","
                parts.append("}" if value else "{}")
            case list() | tuple():
                opening = "["
                for member in value:
                    parts.append(opening)
                    self._write(member, parts)
                    opening = ","
                parts.append("]" if value else "[]")
            case _:
                raise TypeError(f"{type(value).__name__} has no exact form in JSON")
