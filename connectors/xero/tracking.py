"""The ids of tracking options, which Xero leaves out of credit notes' lines (connectors/xero/API.md, 8).
Pure.

Without them a line that named its option by id would never be seen as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.sdk import Record

Row = Mapping[str, Any]


def with_option_ids(document: Row, options: Callable[[], Iterable[Record]]) -> Row:
    """A raw document with them put in; `options` (rows of the stream `tracking`) is asked only if one is
    missing."""
    if all("TrackingOptionID" in one for line in _dicts(document, "LineItems") for one in _tracking(line)):
        return document
    known = {_name(one.values): one.values.get("TrackingOptionID") for one in options()}
    lines = [_completed(line, known) for line in document["LineItems"]]
    return {**document, "LineItems": lines}


def _completed(line: Any, known: Mapping[tuple[str, str], Any]) -> Any:
    if not isinstance(line, Mapping) or not isinstance(line.get("Tracking"), list):
        return line
    tracking = [
        {"TrackingOptionID": known.get(_name(one)), **one} if isinstance(one, Mapping) else one
        for one in line["Tracking"]
    ]
    return {**line, "Tracking": tracking}


def _name(one: Row) -> tuple[str, str]:
    """A category and an option by their names, which are unique in any case."""
    category, option = one.get("Name"), one.get("Option")
    return str(category).strip().casefold(), str(option).strip().casefold()


def _tracking(line: Row) -> Iterator[Row]:
    return _dicts(line, "Tracking")


def _dicts(holder: Row, name: str) -> Iterator[Row]:
    found = holder.get(name)
    yield from (one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
