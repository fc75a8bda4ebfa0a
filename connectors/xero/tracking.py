"""Add the ids of tracking options, which Xero leaves out of credit notes' lines (connectors/xero/API.md, 8).

Without them a line that names its option by id would look edited in every run. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.sdk import Record

Row = Mapping[str, Any]


def with_option_ids(document: Row, options: Callable[[], Iterable[Record]]) -> Row:
    """A raw document with the ids; `options` (rows of the stream `tracking`) is called only if one is
    missing.
    """
    if all(
        "TrackingOptionID" in option for line in _dicts(document, "LineItems") for option in _tracking(line)
    ):
        return document
    known = {_name(record.values): record.values.get("TrackingOptionID") for record in options()}
    lines = [_completed(line, known) for line in document["LineItems"]]
    return {**document, "LineItems": lines}


def _completed(line: Any, known: Mapping[tuple[str, str], Any]) -> Any:
    if not isinstance(line, Mapping) or not isinstance(line.get("Tracking"), list):
        return line
    tracking = [
        {"TrackingOptionID": known.get(_name(option)), **option} if isinstance(option, Mapping) else option
        for option in line["Tracking"]
    ]
    return {**line, "Tracking": tracking}


def _name(row: Row) -> tuple[str, str]:
    """A category and an option by their names, which are unique in any case."""
    category, option = row.get("Name"), row.get("Option")
    return str(category).strip().casefold(), str(option).strip().casefold()


def _tracking(line: Row) -> Iterator[Row]:
    return _dicts(line, "Tracking")


def _dicts(holder: Row, name: str) -> Iterator[Row]:
    rows = holder.get(name)
    yield from (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()
