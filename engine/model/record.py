"""A record as a source yields it, and how raw JSON becomes one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.model.address import Address
from engine.model.redact import shortened
from engine.model.schema import Stream, Type
from engine.model.text import is_blank
from engine.model.unread import UnreadNumber

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_MAGNITUDE = 100  # digits before or after the point: more is not an amount, and slow to write out


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its address and its typed values (see `engine.model.schema`)."""

    address: Address
    values: Mapping[str, Any]
    changed: datetime | None = None  # when the system says it last changed
    remarks: tuple[str, ...] = ()  # shown to people if it is sent: "its currency is not stated"
    # Of a search: the record that was found and has been merged into this one.
    through: Record | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A record that the source has and cannot give: it waits for a person, if it would have been pushed.

    `values` are the fields that could be read, `unknown` the paths of those that could not: whether a mapping
    leaves the record out is decided without them. A record without a key gets an address by its number or its
    place, the same in every reading.
    """

    address: Address
    reason: str
    title: str = ""
    code: str = "unreadable"  # groups causes
    values: Mapping[str, Any] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A record that another config pushes. It is counted, and never pushed, linked or held.

    `values` and `unknown` as in an Unusable.
    """

    address: Address
    owner: str  # "business unit 28147497671200"
    values: Mapping[str, Any] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notice:
    """What a source reports about a reading, between its records.

    kind `queue_full`: the work queue may hold more than this page. kind `cut_off`: a page of another stream
    may have been cut off, so absence from it proves nothing. kind `narrowed`: the system does not list so
    many records at once; those that are dated from the cut-off date on were read, others have to be asked for
    by their ids. kind `unlisted`: none were read, all have to be asked for.
    """

    kind: str
    stream: str
    message: str


Entry = Record | Unusable | Elsewhere | Notice  # what a source yields


class NotTyped(ValueError):
    """A raw value does not fit its type. Carries the path to it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


def typed(raw: Any, stream: Stream) -> dict[str, Any]:
    """Give one raw JSON object (numbers as int or Decimal) the types of `stream`.

    Blank text and null become absent (left out); members that the stream does not declare are left out too;
    `Stream.computed` fields that are absent are computed. Raises NotTyped naming the path.
    """
    if not isinstance(raw, Mapping):
        raise NotTyped("", f"expected an object, found {_shown(raw)}")
    values: dict[str, Any] = _typed(raw, stream.type, "") or {}
    for name, compute in stream.computed.items():
        if name not in values and (value := compute(values)) is not None:
            values[name] = value
    return values


def typed_parts(raw: Any, stream: Stream) -> tuple[dict[str, Any], dict[str, str]]:
    """As `typed`, field by field: the values that fit, and for each other field why it does not."""
    if not isinstance(raw, Mapping):
        return {}, {"": f"expected an object, found {_shown(raw)}"}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, member in stream.fields.items():
        try:
            value = _typed(raw.get(name), member.type, name)
        except NotTyped as error:
            problems[name] = str(error)
        else:
            values |= {} if value is None else {name: value}
    return values, problems


def same_branch(path: str, other: str) -> bool:
    """Whether one of two dotted paths contains the other: `lines` and `lines.quantity`."""
    return path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")


def typed_value(raw: Any, type_: Type, path: str = "") -> Any:
    """Give one raw value a type; None if it is absent. Raises NotTyped."""
    return _typed(raw, type_, path)


def _typed(raw: Any, type_: Type, path: str) -> Any:
    if raw is None or (isinstance(raw, str) and is_blank(raw)):
        return None
    if type_.kind == "object":
        return _object(raw, type_, path)
    if type_.kind == "list":
        return _list(raw, type_, path)
    return _SCALARS[type_.kind](raw, path)


def _object(raw: Any, type_: Type, path: str) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise NotTyped(path, f"expected an object, found {_shown(raw)}")
    out: dict[str, Any] = {}
    for name, member in type_.fields.items():
        if name in raw:
            value = _typed(raw[name], member.type, f"{path}.{name}" if path else name)
            if value is not None:
                out[name] = value
    return out


def _list(raw: Any, type_: Type, path: str) -> list[Any]:
    if not isinstance(raw, list | tuple):
        raise NotTyped(path, f"expected a list, found {_shown(raw)}")
    if type_.of is None:
        return list(raw)
    items = (_typed(item, type_.of, f"{path}[{index}]") for index, item in enumerate(raw))
    return [item for item in items if item is not None]


def _text(raw: Any, path: str) -> str:
    if isinstance(raw, str) and not isinstance(raw, UnreadNumber):
        return raw
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return format(raw, "f") if isinstance(raw, Decimal) else str(raw)
    raise NotTyped(path, f"expected text, found {_shown(raw)}")


def _decimal(raw: Any, path: str) -> Decimal:
    value = _number(raw)
    if value is None or not value.is_finite() or abs(value.adjusted()) > _MAGNITUDE:
        raise NotTyped(path, f"expected a number, found {_shown(raw)}")
    return value


def _number(raw: Any) -> Decimal | None:
    if isinstance(raw, bool | UnreadNumber) or not isinstance(raw, int | Decimal | str):
        return None
    if isinstance(raw, str) and ("_" in raw or not raw.isascii()):
        return None  # Python accepts these, but amounts are not written so
    try:
        return Decimal(raw)
    except InvalidOperation:
        return None


def _int(raw: Any, path: str) -> int:
    value = _decimal(raw, path)
    if value != value.to_integral_value():
        raise NotTyped(path, f"expected a whole number, found {raw}")
    return int(value)


def _bool(raw: Any, path: str) -> bool:
    if isinstance(raw, bool):
        return raw
    raise NotTyped(path, f"expected true or false, found {_shown(raw)}")


def _date(raw: Any, path: str) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    # Only the date part counts: a date written as an instant is not shifted to another time zone.
    written = _DATE.match(raw) if isinstance(raw, str) else None
    try:
        return date.fromisoformat(written[0] if written else "")
    except ValueError:
        raise NotTyped(path, f"expected a date such as 2026-01-31, found {_shown(raw)}") from None


def _instant(raw: Any, path: str) -> datetime:
    try:
        value = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise NotTyped(
            path, f"expected a date and time such as 2026-01-31T09:30:00Z, found {_shown(raw)}"
        ) from None


def _any(raw: Any, path: str) -> Any:
    if isinstance(raw, UnreadNumber):
        raise NotTyped(path, f"expected a value, found {_shown(raw)}")
    return raw


def _shown(raw: Any) -> str:
    if isinstance(raw, UnreadNumber):
        return f"{shortened(raw, 40)}, which is not a number that can be processed"
    if isinstance(raw, str):
        return f'the text "{shortened(raw, 40)}"'
    if isinstance(raw, int) and not isinstance(raw, bool) and raw.bit_length() > 1000:
        return "a very long number"
    words = {dict: "an object", list: "a list", bool: str(raw).lower(), type(None): "null"}
    return words.get(type(raw), shortened(str(raw), 40))


_SCALARS: dict[str, Callable[[Any, str], Any]] = {
    "text": _text,
    "int": _int,
    "decimal": _decimal,
    "bool": _bool,
    "date": _date,
    "instant": _instant,
    "any": _any,
}
