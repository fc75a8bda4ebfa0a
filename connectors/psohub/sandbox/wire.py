"""JSON with exact numbers: no float in or out, and digits as PSOhub writes them (27700, 12.5)."""

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import NoReturn

Row = dict[str, object]


def dumps(value: object) -> str:
    """Write a value as JSON; a float is refused, because it has already lost what it should carry."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return _number(value)
    if value is None:
        return "null"
    if isinstance(value, dict):
        members = (f"{encode_basestring(str(name))}:{dumps(member)}" for name, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dumps, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no exact form in JSON")


def loads(text: str | bytes) -> object:
    """Read JSON: whole numbers as int of any size, all others as Decimal; NaN and Infinity are not JSON.

    What cannot be read is a ValueError.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def loads_row(text: str | bytes) -> Row:
    """Read one JSON object; anything else is a ValueError."""
    value = loads(text)
    if not isinstance(value, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004  callers tell bad JSON by ValueError alone
    return value


def _number(value: Decimal) -> str:
    digits = format(value, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
