"""Values of payloads as programs read them."""

from __future__ import annotations

from typing import Any

from engine.sdk.wire import dumps, loads


def plain_json(value: Any) -> Any:
    """A value as plain JSON types and Decimal, with its open references as `{"$ref": address}`."""
    return loads(dumps(value))
