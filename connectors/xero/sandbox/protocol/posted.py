"""Reading the members of a posted element by type. What cannot be read refuses the request (ErrorNumber 14).

A member that is absent or null is None; a text may be empty, which clears the field.
"""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from connectors.xero.sandbox.protocol.dates import read_day
from connectors.xero.sandbox.protocol.envelope import NO_ID, unreadable, with_hyphens
from connectors.xero.sandbox.protocol.wire import Json

# Far beyond any amount, and short enough to be written out in digits.
_MOST_DIGITS = 30
# Narrower than Decimal itself, which also takes underscores, blanks and the digits of other scripts.
_GUID = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def text(element: Json, name: str) -> str | None:
    match element.get(name):
        case None:
            return None
        case str(value):
            return value
        case bool(value):
            return "true" if value else "false"
        case int() | Decimal() as value:
            return str(value)
        case _:
            raise unreadable(f"{name} must be text")


def guid(element: Json, name: str) -> str | None:
    """An id in lower case and with hyphens; the id of zeros, which refused elements carry, names nothing."""
    value = with_hyphens((text(element, name) or "").lower())
    if value in {"", NO_ID}:
        return None
    if not _GUID.fullmatch(value):
        raise unreadable(f"Error converting value '{value}' to {name}; it must be a GUID")
    return value


def word(element: Json, name: str, words: Collection[str]) -> str | None:
    """A text out of a list of words, exact in case."""
    value = text(element, name)
    if not value:
        return None
    if value not in words:
        raise unreadable(f"Error converting value '{value}' to {name}; it may be {', '.join(words)}")
    return value


def number(element: Json, name: str) -> Decimal | None:
    value = element.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise unreadable(f"{name} must be a number")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise unreadable(f"{name} must be a number, not '{value}'")
    read = Decimal(value)
    if (
        not read.is_finite()
        or (read and abs(read.adjusted()) > _MOST_DIGITS)
        or len(read.as_tuple().digits) > _MOST_DIGITS
    ):
        raise unreadable(f"{name} is out of range")
    return read


def boolean(element: Json, name: str) -> bool | None:
    value = element.get(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise unreadable(f"{name} must be true or false")


def day(element: Json, name: str) -> str | None:
    value = text(element, name)
    if not value:
        return None
    try:
        return read_day(value)
    except ValueError as mistake:
        raise unreadable(f"{name} '{value}' is not a date") from mistake


def record(element: Json, name: str) -> Json | None:
    value = element.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise unreadable(f"{name} must be an object")


def records(element: Json, name: str) -> list[Json] | None:
    value: Any = element.get(name)
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(member, dict) for member in value):
        return list(value)
    raise unreadable(f"{name} must be a list of objects")
