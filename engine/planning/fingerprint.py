"""Two payloads are the same when their canonical forms are: the fingerprint is that form's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.model.payload import Payload
from engine.planning.paths import without
from engine.sdk.wire import dumps

HASH = 10  # characters of a source value's hash


def fingerprint(body: Mapping[str, Any]) -> str:
    """A short hash of a body in canonical form: 12.5 and 12.50 are the same, so are orders of keys."""
    return _hash(body)[:32]


def with_fingerprint(payload: Payload, only_create: Sequence[str] = ()) -> Payload:
    """The payload with the fingerprint of its body, without the fields that are sent at creation only."""
    return replace(payload, fingerprint=fingerprint(without(payload.body, only_create)))


def source_values(record: Mapping[str, Any], paths: Iterable[str]) -> str:
    """A hash of the value at each source path, as one text for the ledger.

    One by one, so that what changed is known although the rules read other paths by now. Of a list only the
    members that are read count, not the items as a whole.
    """
    ordered = sorted(paths)
    whole = {path for path, following in pairwise([*ordered, ""]) if not following.startswith(f"{path}.")}
    hashes = {path: _short_hash(_values(record, path.split("."))) for path in ordered if path in whole}
    return json.dumps(hashes, separators=(",", ":"))


def same_source(before: str, now: str) -> bool:
    """Whether the source values are what they were, as far as both know them.

    False if that is not known, e.g. of a link that an earlier version wrote: what may have changed at the
    source is for a person to decide.
    """
    if not before or not now:
        return False
    known, present = json.loads(before), json.loads(now)
    return all(present[path] == value for path, value in known.items() if path in present)


def _values(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """The values at a path; those of a list one after another."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _values(item, path)
    elif not path:
        yield value
    else:
        yield from _values(value.get(path[0]) if isinstance(value, Mapping) else None, path[1:])


def _short_hash(values: Iterable[Any]) -> str:
    text = "\0".join(map(_text, values))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH // 2).hexdigest()


def _text(value: Any) -> str:
    """A value in canonical form; its first letter is its type, so that the text 1 is not the number."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return f"t{value}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"n{_shortest(Decimal(value))}"
    return f"o{dumps(_canonical(value))}" if isinstance(value, Mapping | list | tuple) else f"o{value}"


def _hash(value: Any) -> str:
    return hashlib.sha256(dumps(_canonical(value)).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, Decimal):
        return _shortest(value)
    return value


def _shortest(value: Decimal) -> Decimal:
    """Without zeros at the end, every other digit kept: `normalize` would round to 28 of them."""
    if not value:
        return Decimal(0)  # a negative zero is a zero
    sign, digits, exponent = value.as_tuple()
    kept = len(digits)
    while digits[kept - 1] == 0:
        kept -= 1
    return Decimal((sign, digits[:kept], int(exponent) + len(digits) - kept))
