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
        return value.normalize() + 0  # + 0: a negative zero is a zero
    return value
