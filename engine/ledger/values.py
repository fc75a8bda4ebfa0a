"""Values as the ledger's columns hold them: moments as text of one width, bodies as exact JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.model.address import Address
from engine.sdk import wire

# One source record of one mapping; its values are (mapping, *columns(address)).
RECORD = "mapping = ? AND source_connector = ? AND source_stream = ? AND source_key = ?"


def now() -> datetime:
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """UTC with microseconds, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def to_json(value: Mapping[str, Any] | Sequence[str]) -> str:
    return wire.dumps(value)


def from_json(text: str) -> Any:
    return wire.loads(text)


def columns(address: Address) -> tuple[str, str, str]:
    """An address as three columns: …_connector (the system's name), …_stream and …_key."""
    return (address.system, address.stream, address.key)
