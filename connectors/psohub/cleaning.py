"""PSOhub's JSON made clean: the one module that knows its traps (connectors/psohub/API.md, 3.5). Pure.

Blank is "-", spaces, null, a missing member, and 0 for ids and due days. All text is trimmed. Ids become
text, exact beyond 2^53. Names are found without regard to case. What cannot be read is named field by field:
whether it matters depends on what a mapping uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connectors.psohub.formats import day, number
from connectors.psohub.settings import Formats, MemberNames
from connectors.psohub.streams import LINE_FIELDS, STATUSES, STREAMS
from engine.sdk import Field, NotTyped, Stream, UnreadNumber, shortened, typed_parts

BLANKS = ("", "-")
_LONGEST = 40
SCHEMAS = {stream.name: stream for stream in (*STREAMS, Stream("lines", LINE_FIELDS))}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The values of a row, without what is joined, and for each other field why it cannot be read."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # path -> reason; `lines.quantity` of any line


class Cleaner:
    """Turns rows of each stream into typed values."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self._names = {name: _folded_names(getattr(formats.fields, name)) for name in SCHEMAS}
        self._statuses = {word: word for word in STATUSES}
        self._statuses |= {word.strip().casefold(): status for word, status in formats.statuses.items()}
        self._readers: dict[str, Callable[[Any], Any]] = {
            "int": lambda raw: self._amount(raw) or None,
            "decimal": self._amount,
            "date": lambda raw: day(_text(raw), formats.zone),
        }

    def values(self, stream: str, row: Any, *, pdf: bool = False) -> dict[str, Any]:
        """One row as its stream types it, without what is joined. Raises NotTyped for the first problem."""
        cleaned = self.clean(stream, row, pdf=pdf)
        for path, reason in cleaned.problems.items():
            raise NotTyped(path, reason)
        return cleaned.values

    def clean(self, stream: str, row: Any, *, pdf: bool = False) -> Cleaned:
        """The fields of a row that can be read, and what is wrong with the others."""
        if not isinstance(row, Mapping):
            return Cleaned({}, {"": "expected an object"})
        schema, members = SCHEMAS[stream], _folded(row)
        found: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, spellings in self._names[stream].items():
            if name == "pdf" and not pdf:
                continue
            for spelling in spellings:
                try:
                    value = self._value(name, members.get(spelling), schema.fields[name])
                except _InLines as inner:
                    found[name] = inner.rows
                    problems |= inner.problems
                    break
                except NotTyped as error:
                    problems[name] = str(error)
                    break
                if value is not None:
                    found[name] = value
                    break
        values, untyped = typed_parts(found, schema)
        reasons = {name: reason.removeprefix(f"{name}: ") for name, reason in untyped.items()}
        return Cleaned(values, reasons | problems)

    def spelled(self, stream: str, name: str) -> str:
        """What PSOhub calls a field, for people."""
        names: MemberNames = getattr(self._formats.fields, stream)
        return names.spellings()[name][0]

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

    def _value(self, name: str, raw: Any, field: Field) -> Any:
        if name == "lines":
            return self._lines(raw)
        if name == "status":
            return self._status(raw)
        if name == "currency":
            code = _text(raw)  # in capital letters, as both sides compare it
            return code.upper() if isinstance(code, str) else code
        if field.type.kind == "text":
            # `external_id` is not an id of PSOhub's, but 0 as well if there is none.
            return _identifier(raw) if is_id(name) or name == "external_id" else _text(raw)
        return self._readers.get(field.type.kind, _text)(raw)

    def _amount(self, raw: Any) -> Decimal | None:
        return number(_text(raw), self._formats.number_format)

    def _status(self, raw: Any) -> Any:
        # A number, such as a code for the status, is a word that no mapping knows.
        word = _text(raw) if raw is None or isinstance(raw, str) else shortened(str(raw), _LONGEST)
        if word is None:
            return None
        if word.casefold() not in self._statuses:
            reason = (
                f'unknown status "{word}"; known are {", ".join(STATUSES)}. If it stands for one of them, '
                f"say so in the config: statuses: {{{word}: sent}}"
            )
            raise NotTyped("", reason)
        return self._statuses[word.casefold()]

    def _lines(self, raw: Any) -> list[dict[str, Any]] | None:
        if raw is None or (isinstance(raw, str) and raw.strip() in BLANKS):
            return None
        if not isinstance(raw, list):
            raise NotTyped("", "expected a list")
        rows: list[dict[str, Any]] = []
        problems: dict[str, str] = {}
        for index, row in enumerate(raw):
            line = self.clean("lines", row)
            rows.append(line.values)
            for path, reason in line.problems.items():
                problems.setdefault(f"lines.{path}" if path else "lines", f"line {index + 1}: {reason}")
        if problems:
            raise _InLines(rows, problems)
        return rows


class _InLines(Exception):
    """Some fields of some lines cannot be read."""

    def __init__(self, rows: list[dict[str, Any]], problems: dict[str, str]) -> None:
        super().__init__()
        self.rows, self.problems = rows, problems


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


def _text(raw: Any) -> Any:
    """Trimmed text; None if it is blank. Anything else is left to the schema."""
    if not isinstance(raw, str) or isinstance(raw, UnreadNumber):
        return raw
    text = raw.strip()
    return None if text in BLANKS else text


def _identifier(raw: Any) -> str | None:
    """An id as text, from a number or a text; 0 means none."""
    if isinstance(raw, Decimal) and raw == raw.to_integral_value():
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw) if raw else None
    text = _text(raw)
    if text is None or text == "0":
        return None
    if not isinstance(text, str) or isinstance(text, UnreadNumber):
        raise NotTyped("", f"expected an id, found {shortened(str(raw), _LONGEST)}")
    return text
