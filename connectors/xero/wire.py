"""Xero's JSON and our values: dates, ids, typed records (connectors/xero/API.md, 5.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.sdk import Address, Record, Stream, Type, typed

ZERO = "00000000-0000-0000-0000-000000000000"
_TICKS = re.compile(r"\\?/Date\((-?\d+)([+-]\d{4})?\)\\?/$")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Lists with a row for every type there is, in any order, mostly blank (connectors/xero/API.md, 8.3).
SLOTS = {
    "Addresses": ("AddressType", ("POBOX", "STREET")),
    "Phones": ("PhoneType", ("DEFAULT", "DDI", "MOBILE", "FAX")),
}


def is_guid(text: str) -> bool:
    return bool(_GUID.match(text))


def instant(text: str) -> datetime | None:
    """`/Date(1789344000000+0000)/`, with or without escaped slashes; None for any other text."""
    match = _TICKS.match(text)
    try:
        # The offset is that of the writer's clock; the count is in UTC.
        return _EPOCH + timedelta(milliseconds=int(match[1])) if match else None
    except (OverflowError, ValueError):  # a day that no calendar has: the text stays, and fits no date
        return None


def day(text: str) -> date | None:
    """The day of such a date: midnight of that day in its offset, which was always UTC so far."""
    match, moment = _TICKS.match(text), instant(text)
    if match is None or moment is None:
        return None
    if (offset := match[2]) and offset != "+0000":
        sign = -1 if offset[0] == "-" else 1
        try:
            moment += sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
        except OverflowError:
            return None
    return moment.date()


def values(raw: Mapping[str, Any], stream: Stream) -> dict[str, Any]:
    """One raw object as `stream` types it. Raises NotTyped."""
    return typed(_plain_dates(_unpadded(raw), stream.type, stream.name), stream)


def _unpadded(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the blank rows that Xero pads these lists with: what was sent is to be known again."""
    padded = {name: raw[name] for name in SLOTS if isinstance(raw.get(name), list)}
    return {**raw, **{name: _filled(rows, *SLOTS[name]) for name, rows in padded.items()}} if padded else raw


def _filled(rows: list[Any], kind: str, order: tuple[str, ...]) -> list[Any]:
    filled = [
        row
        for row in rows
        if not isinstance(row, Mapping) or any(value for name, value in row.items() if name != kind)
    ]
    places = {name: place for place, name in enumerate(order)}

    def place(row: Any) -> int:
        return places.get(str(row.get(kind)) if isinstance(row, Mapping) else "", len(order))

    return sorted(filled, key=place)


def record(raw: Mapping[str, Any], stream: Stream, system: str) -> Record:
    """One raw object as a record with its address. Raises NotTyped."""
    typed_values = values(raw, stream)
    changed = typed_values.get("UpdatedDateUTC")
    address = Address(system, stream.name, str(typed_values.get(stream.key, "")))
    return Record(address, typed_values, changed if isinstance(changed, datetime) else None)


# Where each stream has dates, computed once: member -> how to read it, or what is inside.
_Plan = dict[str, "str | tuple[bool, _Plan]"]
_plans: dict[str, _Plan] = {}


def _plan(type_: Type) -> _Plan:
    plan: _Plan = {}
    for name, member in type_.fields.items():
        inner = member.type
        if inner.kind in ("date", "instant"):
            plan[name] = inner.kind
        elif inner.kind == "object" and (deeper := _plan(inner)):
            plan[name] = (False, deeper)
        elif inner.kind == "list" and inner.of is not None and (deeper := _plan(inner.of)):
            plan[name] = (True, deeper)
    return plan


def _plain_dates(raw: Mapping[str, Any], type_: Type, name: str) -> Mapping[str, Any]:
    if name not in _plans:
        _plans[name] = _plan(type_)
    return _walk(raw, _plans[name])


def _walk(raw: Mapping[str, Any], plan: _Plan) -> Mapping[str, Any]:
    out = dict(raw)
    for name, how in plan.items():
        value = out.get(name)
        if isinstance(how, str):
            if isinstance(value, str):
                out[name] = (day(value) if how == "date" else instant(value)) or value
        elif how[0] and isinstance(value, list):
            out[name] = [_walk(item, how[1]) if isinstance(item, Mapping) else item for item in value]
        elif not how[0] and isinstance(value, Mapping):
            out[name] = _walk(value, how[1])
    return out


def member(values: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as `Contact.ContactID`; None if there is none."""
    value: Any = values
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
