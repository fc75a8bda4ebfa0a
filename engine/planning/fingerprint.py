"""Two payloads are the same when their canonical forms are: the fingerprint is that form's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.model.payload import Payload
from engine.sdk.wire import dumps


def fingerprint(body: Mapping[str, Any]) -> str:
    """A short hash of a body in canonical form: 12.5 and 12.50 are the same, so are orders of keys."""
    return hashlib.sha256(dumps(_canonical(body)).encode()).hexdigest()[:32]


def with_fingerprint(payload: Payload) -> Payload:
    return replace(payload, fingerprint=fingerprint(payload.body))


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
