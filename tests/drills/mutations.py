"""Ways in which an answer can be wrong: its bytes, its structure, its types, its sizes, its encoding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, False, "", " ", "-", "text", "2026-13-45", "/Date(99999999999999999999+0000)/", 0, -1, 1.5,
    [], {}, [None], [[]], [{}], {"a": None}, "\ufeff", "x" * 5000, "'; --", "<b>", "\u202e", "\x00",
)  # fmt: skip
RAW = (
    b"NaN", b"-Infinity", b"1e-99999", b"1e999999999", b"9" * 5000, b"0." + b"1" * 5000, b'"\\ud800"',
    b'"\\udfff"', b"[" * 70 + b"]" * 70, b'{"a":1,"a":2}',
)  # fmt: skip
PLACE = '"a value to be replaced"'


def mutated(random: Random, body: bytes) -> bytes:
    """The body of an answer, changed in one way."""
    return random.choice((_cut, _noise, _value, _raw, _member, _repeated, _encoded))(random, body)


def _cut(random: Random, body: bytes) -> bytes:
    return body[: random.randrange(len(body))] if body else b"{"


def _noise(random: Random, body: bytes) -> bytes:
    at = random.randrange(len(body) + 1)
    return body[:at] + random.randbytes(random.choice((1, 1, 2, 40))) + body[at + random.randrange(3) :]


def _value(random: Random, body: bytes) -> bytes:
    """One value is another, mostly of another type."""
    return _changed(random, body, lambda holder, key: holder.__setitem__(key, random.choice(ODD)))


def _raw(random: Random, body: bytes) -> bytes:
    """One value is something that JSON's own writers do not write."""
    marked = _changed(random, body, lambda holder, key: holder.__setitem__(key, json.loads(PLACE)))
    return marked.replace(PLACE.encode(), random.choice(RAW), 1)


def _member(random: Random, body: bytes) -> bytes:
    """One member or element is missing, or called otherwise."""

    def change(holder: Any, key: Any) -> None:
        value = holder.pop(key)
        if isinstance(holder, dict) and random.random() < 0.3:
            holder[f"{key}X"] = value

    return _changed(random, body, change)


def _repeated(random: Random, body: bytes) -> bytes:
    """One list is a hundred times as long."""

    def change(holder: Any, key: Any) -> None:
        if isinstance(holder[key], list):
            holder[key] = holder[key] * 100

    return _changed(random, body, change)


def _encoded(random: Random, body: bytes) -> bytes:
    text = body.decode("utf-8", "replace")
    encoding = random.choice(("latin-1", "utf-16", "utf-32", "utf-7", "cp1252"))
    return random.choice((b"", b"\xef\xbb\xbf", b"\xff\xfe")) + text.encode(encoding, "replace")


def _changed(random: Random, body: bytes, change: Callable[[Any, Any], None]) -> bytes:
    try:
        value = {"all of it": json.loads(body)}
    except ValueError:
        return _cut(random, body)
    change(*random.choice([*_places(value)]))
    return json.dumps(value.get("all of it")).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = [*value] if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
