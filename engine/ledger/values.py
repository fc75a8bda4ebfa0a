"""Values as the ledger's columns hold them: moments as text of one width, bodies as exact JSON.

A file may be damaged, or changed by hand: what is read is checked here, and `UnreadableValue` says what
is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.model.address import Address
from engine.sdk import wire

# One source record of one mapping; its values are (mapping, *columns(address)).
RECORD = "mapping = ? AND source_connector = ? AND source_stream = ? AND source_key = ?"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", re.ASCII)
YEARS = range(1970, 2200)  # moments outside are damage: time spans around them would leave the calendar


class UnreadableValue(ValueError):
    """A cell holds what no version of this program has written there."""


def now() -> datetime:
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """UTC with microseconds, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_moment(cell: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text(cell)) if _MOMENT.fullmatch(text(cell)) else None
    except ValueError:  # digits that no calendar has
        moment = None
    if moment is None or moment.year not in YEARS:
        raise UnreadableValue("not a moment of this program")
    return moment


def to_json(value: Mapping[str, Any] | Sequence[str]) -> str:
    return wire.dumps(value)


def to_object(cell: Any) -> dict[str, Any]:
    """A cell with a JSON object."""
    value = _from_json(cell)
    if not isinstance(value, dict):
        raise UnreadableValue("not a JSON object")
    return value


def to_texts(cell: Any) -> tuple[str, ...]:
    """A cell with a JSON list of texts."""
    value = _from_json(cell)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UnreadableValue("not a JSON list of texts")
    return tuple(value)


def _from_json(cell: Any) -> Any:
    try:
        return wire.loads(text(cell))
    except UnreadableValue:
        raise
    except ValueError:
        raise UnreadableValue("not JSON") from None


def text(cell: Any) -> str:
    if type(cell) is not str:
        raise UnreadableValue("empty" if cell is None else "not text")
    return cell


def number(cell: Any) -> int:
    if type(cell) is not int:
        raise UnreadableValue("empty" if cell is None else "not a whole number")
    return cell


def texts(row: Sequence[Any]) -> Sequence[str]:
    """A row of which every cell has to be text."""
    for cell in row:
        if type(cell) is not str:
            text(cell)
    return row


def columns(address: Address) -> tuple[str, str, str]:
    """An address as three columns: …_connector (the system's name), …_stream and …_key."""
    return (address.system, address.stream, address.key)
