"""Read the JSON of other systems' answers: the one door through which what they say comes in.

A number beyond all range is a value that its field refuses, and half of a character becomes U+FFFD: the rest
of the answer is read. What makes all of it doubtful is refused, with its place.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from engine.model.redact import shortened
from engine.model.unread import UnreadNumber

DEEPEST = 64  # levels of objects and lists; real answers have fewer than ten
LONGEST = 100  # digits of a number, before or after the point or in its exponent's worth
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_NEAR = 30  # characters shown of the text around a mistake


def read_json(text: str) -> Any:
    """The value of a JSON text: whole numbers as int, others as Decimal. Raises ValueError.

    Numbers that cannot be processed are `UnreadNumber`s. Refused are an object with a name twice, more than
    `DEEPEST` levels, and what is not JSON; the message names the place if it is known.
    """
    try:
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=UnreadNumber,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        # Text around the mistake may be half of a secret: only its position is shown.
        raise ValueError(
            f"it is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise _too_deep() from None
    _refuse_deep(value)
    return _without_halves(value) if _ESCAPED_HALF.search(text) or _HALF.search(text) else value


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'an object in it has "{shortened(twice, _NEAR)}" twice')
    return found


def _whole(text: str) -> int | UnreadNumber:
    return int(text) if len(text) <= LONGEST else UnreadNumber(text)


def _decimal(text: str) -> Decimal | UnreadNumber:
    if len(text) > LONGEST:
        return UnreadNumber(text)
    exponent = text.lower().partition("e")[2]
    if len(exponent) > 4 or (exponent and abs(int(exponent)) > LONGEST):
        return UnreadNumber(text)
    return Decimal(text)


def _refuse_deep(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        if not level:
            return
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    if level:
        raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"it has more than {DEEPEST} levels of objects and lists")


def _without_halves(value: Any) -> Any:
    if type(value) is str:
        return _HALF.sub("\ufffd", value)
    if type(value) is list:
        return [_without_halves(inner) for inner in value]
    if type(value) is dict:
        return {_without_halves(name): _without_halves(inner) for name, inner in value.items()}
    return value
