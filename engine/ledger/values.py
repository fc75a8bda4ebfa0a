"""Values as the ledger's columns hold them: moments as text of one width, bodies as exact JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.model.address import Address
from engine.sdk import wire


def now() -> datetime:
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """UTC with microseconds, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone: nobody can tell when that is")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def to_json(body: Mapping[str, Any]) -> str:
    return wire.dumps(body)


def to_body(text: str) -> dict[str, Any]:
    body: dict[str, Any] = wire.loads(text)
    return body


def columns(address: Address) -> tuple[str, str, str]:
    return (address.connector, address.stream, address.key)
