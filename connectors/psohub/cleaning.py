"""PSOhub's JSON made clean: the one module that knows its traps (connectors/psohub/API.md, 3.5). Pure.

Blank is "-", spaces, null, a missing member, and 0 for ids and due days. All text is trimmed. Ids become
text, exact beyond 2^53. Dates keep their day. Names are found without regard to case.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.psohub.settings import FieldNames, MemberNames
from connectors.psohub.streams import LINE_FIELDS, STREAMS
from engine.sdk import Field, NotTyped, Stream, typed

BLANKS = ("", "-")
SCHEMAS = {stream.name: stream for stream in (*STREAMS, Stream("lines", LINE_FIELDS))}


class Cleaner:
    """Turns rows of each stream into typed values."""

    def __init__(self, names: FieldNames) -> None:
        self._names = {name: _folded_names(getattr(names, name)) for name in SCHEMAS}

    def values(self, stream: str, row: Any, *, pdf: bool = False) -> dict[str, Any]:
        """One row as its stream types it, without what is joined. Raises NotTyped."""
        if not isinstance(row, Mapping):
            raise NotTyped("", "expected an object")
        schema, members = SCHEMAS[stream], _folded(row)
        out: dict[str, Any] = {}
        for name, spellings in self._names[stream].items():
            if name == "pdf" and not pdf:
                continue
            for spelling in spellings:
                value = self._value(name, members.get(spelling), schema.fields[name])
                if value is not None:
                    out[name] = value
                    break
        return typed(out, schema)

    def _value(self, name: str, raw: Any, field: Field) -> Any:
        if name == "lines":
            return _lines(self, raw)
        if field.type.kind == "text":
            if is_id(name) or name == "external_id":  # not an id of PSOhub's, but 0 as well if there is none
                return _identifier(raw)
            return _text(raw, lower=name == "status")
        if field.type.kind == "int":
            return _days(raw, name)
        if field.type.kind == "decimal":
            return _amount(raw, name)
        return _text(raw)

    def key(self, stream: str, row: Any) -> str:
        """The row's id, or an empty text if it has none that can be read."""
        if not isinstance(row, Mapping):
            return ""
        members = _folded(row)
        try:
            keys = [_identifier(members.get(spelling)) for spelling in self._names[stream]["id"]]
        except NotTyped:  # reported when the complete row is read
            return ""
        return next(filter(None, keys), "")


def is_id(name: str) -> bool:
    return name == "id" or (name.endswith("_id") and name != "external_id")


def _folded_names(names: MemberNames) -> dict[str, tuple[str, ...]]:
    """Each of our names with what PSOhub may call it, in lower case."""
    return {
        field: tuple(spelling.casefold() for spelling in spellings)
        for field, spellings in names.spellings().items()
    }


def _folded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).casefold(): value for name, value in row.items()}


def _lines(cleaner: Cleaner, raw: Any) -> list[dict[str, Any]] | None:
    if raw is None or (isinstance(raw, str) and raw.strip() in BLANKS):
        return None
    if not isinstance(raw, list):
        raise NotTyped("lines", "expected a list")
    out = []
    for index, row in enumerate(raw):
        try:
            out.append(cleaner.values("lines", row))
        except NotTyped as error:
            raise NotTyped(f"lines[{index}]", str(error)) from None
    return out


def _text(raw: Any, *, lower: bool = False) -> Any:
    """Trimmed text; None if it is blank. Anything else is left to the schema."""
    if not isinstance(raw, str):
        return raw
    text = _without_surrogates(raw).strip()
    if text in BLANKS:
        return None
    return text.lower() if lower else text


def _without_surrogates(text: str) -> str:
    """Without lone surrogates, which JSON can contain and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _identifier(raw: Any) -> str | None:
    """An id as text, from a number or a text; 0 means none."""
    if isinstance(raw, Decimal) and raw == raw.to_integral_value():
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw) if raw else None
    text = _text(raw)
    if text is None or text == "0":
        return None
    if not isinstance(text, str):
        raise NotTyped("id", f"expected an id, found {raw}")
    return text


def _amount(raw: Any, name: str) -> Decimal | None:
    value = _text(raw)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise NotTyped(name, "expected a number")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise NotTyped(name, f'expected a number, found "{str(value)[:40]}"') from None


def _days(raw: Any, name: str) -> Decimal | None:
    return _amount(raw, name) or None
