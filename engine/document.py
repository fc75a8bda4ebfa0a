"""YAML that knows file, line and column.

The C parser's events, resolved as JSON would resolve them: `0200`, `NO`, `on`, `1:30` and dates stay text.
No aliases, merge keys or tags; duplicate keys, depth and size are mistakes with a place, never a traceback.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import yaml

from engine.model.diagnostics import Diagnostics, Span

MAX_BYTES = 2_000_000
MAX_DEPTH = 64
MAX_NODES = 200_000

_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER = 200  # characters; what is longer is text, as `int` and `Decimal` have their limits too
_ESCAPES = {"x": 4, "u": 6, "U": 10}
_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_UNQUOTED = re.compile(r"(?:[:,\[-]\s+|^\s*)(\{\{)")
_HINTS = {  # what people most often did, by a part of the parser's own words
    "cannot start any token": "indent with spaces, not tabs; text that begins with @, ` or % needs quotes",
    "mapping values are not allowed": 'text with ": " in it needs quotes; keys of a mapping share a column',
    "unexpected end of stream": "a quote is opened and not closed",
    "expected ',' or": "a bracket is not closed, or a comma is missing",
    "expected ':'": "a key needs a colon and a space behind it",
    "expected key": "keys of a mapping share a column",
    "'-' indicator": "rows of a list share a column",
}

ScalarKind = Literal["text", "null", "bool", "int", "decimal"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar: its text as written, and what JSON would make of it. Only plain ones are not text."""

    text: str
    kind: ScalarKind
    span: Span
    style: str = ""  # "" plain, ' or " quoted, | or > block
    lines: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def value(self) -> Any:
        match self.kind:
            case "null":
                return None
            case "bool":
                return self.text == "true"
            case "int":
                return int(self.text)
            case "decimal":
                return Decimal(self.text)
        return self.text

    def within(self, start: int, length: int = 1) -> Span:
        """The place of `text[start:start + length]` in the file; carets stay on its first line."""
        line = column = end = 0
        last: tuple[int, int, int] | None = None
        for at, last in enumerate(islice(_places(self), start + max(1, length))):
            if at < start:
                continue
            if at == start:
                line, column, end = last
            elif last[0] == line:
                end = last[2]
        if last is None:
            return self.span
        if not end:  # behind the text: its last character
            line, column, end = last
        return Span(self.span.file, line + 1, column + 1, max(1, end - column))


@dataclass(frozen=True, slots=True)
class MapNode:
    entries: dict[str, Node]
    keys: dict[str, Scalar]
    span: Span


@dataclass(frozen=True, slots=True)
class ListNode:
    items: tuple[Node, ...]
    span: Span


Node = Scalar | MapNode | ListNode


@dataclass(frozen=True, slots=True)
class Document:
    """One file. `file` is its name for people: relative to the working folder where it lies below it."""

    file: str
    path: Path
    root: Node


def read_document(path: Path, found: Diagnostics) -> Document | None:
    """Read one YAML file. What is wrong goes to `found`; None where nothing can be made of the file."""
    name = display_name(path)
    text = read_text(path, name, found)
    if text is None:
        return None
    root = _Reader(name, text, found).read()
    return None if root is None else Document(name, path, root)


def read_text(path: Path, name: str, found: Diagnostics) -> str | None:
    """A file's text, its lines kept in `found` for excerpts. None where it has none; the reason is noted."""
    at = Span(name)
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a pipe would wait for ever
            found.error("Y101", at, f"{name} cannot be read: it is no file")
            return None
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        found.error("Y101", at, f"{name} cannot be read: {reason.lower()}")
        return None
    if len(raw) > MAX_BYTES:
        found.error("Y107", at, f"the file has more than {MAX_BYTES} bytes")
        return None
    text = raw.decode("utf-8-sig", "replace")
    found.sources[name] = text.splitlines()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        byte = f"0x{raw[error.start]:02X}"
        found.error("Y102", _behind(name, before), f"byte {byte} is no UTF-8", hint="save the file as UTF-8")
        return None


def _behind(name: str, before: str) -> Span:
    """The place right behind the text before it."""
    rows = (before + "|").splitlines()
    return Span(name, len(rows), len(rows[-1]))


def display_name(path: Path) -> str:
    """The path as people write it: relative to the working folder where it lies below it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


class _Stop(Exception):
    """The file cannot be read further; the mistake has been noted."""


class _Reader:
    def __init__(self, file: str, text: str, found: Diagnostics) -> None:
        self.file, self.found, self.text = file, found, text
        self.lines = tuple(text.splitlines())
        self.nodes = 0
        self.events: Iterator[Any] = iter(())

    def read(self) -> Node | None:
        before = len(self.found.errors)
        if bad := _REFUSED.search(self.text):
            span = self._inside(_behind(self.file, self.text[: bad.start()]))
            message = f"the character U+{ord(bad[0]):04X} cannot stand in YAML"
            self.found.error("Y104", span, message, hint="remove it; editors often show nothing there")
            return None
        try:
            self.events = iter(yaml.parse(self.text, Loader=yaml.CSafeLoader))  # events only: builds nothing
            next(self.events)  # the stream's start
            root = self._document()
        except _Stop:
            return None
        except yaml.YAMLError as error:
            self._broken(error)
            return None
        return None if len(self.found.errors) > before else root

    def _document(self) -> Node:
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            raise self._stop("Y103", Span(self.file), "the file is empty")
        root = self._node(next(self.events), 1)
        next(self.events)  # the document's end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._stop(
                "Y110", self._span(after), "a second document begins here", "one file, one document"
            )
        if isinstance(root, Scalar) and root.kind == "null" and not root.text and not self.found.errors:
            raise self._stop("Y103", Span(self.file), "the file is empty")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise self._stop("Y107", self._span(event), f"nested deeper than {MAX_DEPTH} levels")
        if self.nodes > MAX_NODES:
            raise self._stop("Y107", self._span(event), f"more than {MAX_NODES} values in one file")
        self._no_extras(event)
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event)
            case yaml.SequenceStartEvent():
                return self._list(event, depth)
            case yaml.MappingStartEvent():
                return self._map(event, depth)
        return Scalar("", "null", self._span(event))  # an alias, noted already

    def _no_extras(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            what = f"the alias *{event.anchor}"
        elif event.anchor is not None:
            what = f"the anchor &{event.anchor}"
        elif event.tag is not None:
            what = f"the tag {event.tag}"
        else:
            return
        self.found.error(
            "Y106", self._span(event), f"{what} is not used here", hint="to use rules twice: use"
        )

    def _list(self, start: Any, depth: int) -> ListNode:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return ListNode(tuple(items), self._span(start))

    def _map(self, start: Any, depth: int) -> MapNode:
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if name := self._fitting(key, start, keys):
                entries[name.text] = value
                keys[name.text] = name
        return MapNode(entries, keys, self._span(start))

    def _fitting(self, key: Node, start: Any, keys: dict[str, Scalar]) -> Scalar | None:
        if isinstance(key, MapNode) and self._is_hole(key, start):
            hint = 'put quotes round it: "{{ … }}"'
            self.found.error("Y109", self._span(start, 2), "a hole {{ … }} without quotes", hint=hint)
            return None
        if not isinstance(key, Scalar) or key.kind != "text":
            self._no_key(key)
            return None
        if key.text == "<<":
            self.found.error("Y106", key.span, "merge keys are not used here", hint="to use rules twice: use")
            return None
        if key.text in keys:
            first = keys[key.text].span.line
            message = f'the key "{key.text}" stands twice, first in line {first}'
            self.found.error("Y105", key.span, message, hint="remove one of the two")
            return None
        return key

    def _is_hole(self, key: MapNode, start: Any) -> bool:
        mark = start.start_mark
        here = key.span.line == mark.line + 1 and key.span.column == mark.column + 2
        return bool(start.flow_style) and here

    def _no_key(self, key: Node) -> None:
        word = key.text if isinstance(key, Scalar) else ""
        shown = (word or "nothing") if isinstance(key, Scalar) else "a list or mapping"
        hint = f'put quotes round it: "{word}"' if word else ""
        self.found.error("Y108", key.span, f"a key must be text, found {shown}", hint=hint)

    def _scalar(self, event: Any) -> Scalar:
        plain = event.style in (None, "")
        kind = _kind(event.value) if plain else "text"
        return Scalar(event.value, kind, self._span(event), event.style or "", self.lines)

    def _span(self, event: Any, length: int | None = None) -> Span:
        start, end = event.start_mark, event.end_mark
        if length is None:
            length = end.column - start.column if end.line == start.line else 1
        return self._inside(Span(self.file, start.line + 1, start.column + 1, max(1, length)))

    def _inside(self, span: Span) -> Span:
        """The span, moved to the end of the last line where the parser means the end of the file."""
        if span.line <= len(self.lines):
            return span
        return Span(self.file, max(1, len(self.lines)), len(self.lines[-1]) + 1 if self.lines else 1)

    def _stop(self, code: str, span: Span, message: str, hint: str = "") -> _Stop:
        self.found.error(code, span, message, hint=hint)
        return _Stop()

    def _broken(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        span = self._inside(Span(self.file, mark.line + 1, mark.column + 1)) if mark else Span(self.file)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        said = ": ".join(filter(None, (getattr(error, "context", None), problem)))
        if hole := self._unquoted(span.line):
            message = f"a hole {{{{ … }}}} without quotes ({said})"
            self.found.error("Y109", hole, message, hint='put quotes round it: "{{ … }}"')
            return
        hint = next((hint for words, hint in _HINTS.items() if words in problem), "")
        self.found.error("Y104", span, f"the YAML cannot be read: {said}", hint=hint)

    def _unquoted(self, line: int) -> Span | None:
        """An unquoted hole in this line or the one before, which is what usually breaks a file of ours."""
        for number in (line, line - 1):
            row = self.lines[number - 1] if 0 < number <= len(self.lines) else ""
            for hole in _UNQUOTED.finditer(row):
                before = row[: hole.start(1)]
                if before.count('"') % 2 == 0 and before.count("'") % 2 == 0 and "#" not in before:
                    return Span(self.file, number, hole.start(1) + 1, 2)
        return None


def _kind(text: str) -> ScalarKind:
    if text in ("", "~", "null"):
        return "null"
    if text in ("true", "false"):
        return "bool"
    if len(text) > _LONGEST_NUMBER:
        return "text"
    if _INT.fullmatch(text):
        return "int"
    return "decimal" if _NUMBER.fullmatch(text) else "text"


Place = tuple[int, int, int]  # line, column and the column behind it, from 0


def _places(scalar: Scalar) -> Iterator[Place]:
    """For each character of a scalar's text its place in the file."""
    return _block_places(scalar) if scalar.style in ("|", ">") else _flow_places(scalar)


def _flow_places(scalar: Scalar) -> Iterator[Place]:
    """Plain and quoted text: escapes take more room than they give, folded lines less."""
    rows, text, at = scalar.lines, scalar.text, 0
    line, column = scalar.span.line - 1, scalar.span.column - 1 + (1 if scalar.style else 0)
    while at < len(text):
        row = rows[line] if line < len(rows) else ""
        rest = row[column:]
        escaped = scalar.style == '"' and rest == "\\"  # an escaped line end gives no character
        if line + 1 < len(rows) and (escaped or not rest.strip(" \t")):
            here = line, column, column + 1
            line, column, blank = _next_row(rows, line)
            breaks = min(blank if escaped else max(1, blank), len(text) - at)
            yield from [here] * breaks
            at += breaks
        else:
            wide = _width(scalar.style, rest)
            yield line, column, column + wide
            column, at = column + wide, at + 1


def _width(style: str, rest: str) -> int:
    if style == '"' and rest[:1] == "\\":
        return _ESCAPES.get(rest[1:2], 2)
    return 2 if style == "'" and rest[:2] == "''" else 1


def _next_row(rows: tuple[str, ...], line: int) -> tuple[int, int, int]:
    """The next row with something on it: its line, where it begins, and how many blank ones were passed."""
    after = line + 1
    while after + 1 < len(rows) and not rows[after].strip(" \t"):
        after += 1
    return after, len(rows[after]) - len(rows[after].lstrip(" \t")), after - line - 1


def _block_places(scalar: Scalar) -> Iterator[Place]:
    """Literal and folded text: rows stand in the text one after the other, their indentation taken off."""
    rows, text = scalar.lines, scalar.text
    line, at = scalar.span.line, 0  # the row below the | or >
    indent = max(0, _spaces(rows[line:]) - _spaces(text.split("\n")))
    while at < len(text):
        row = rows[line] if line < len(rows) else ""
        content = row[indent:]
        if content and text.startswith(content, at):
            yield from ((line, indent + one, indent + one + 1) for one in range(len(content)))
            at += len(content)
            breaks = 0 if text[at : at + 1] != " " else 1  # a folded line end, or else line ends as they are
        else:
            breaks = 0
        while text[at + breaks : at + breaks + 1] == "\n":
            breaks += 1
        yield from ((line, len(row), len(row) + 1) for _ in range(breaks))
        at += breaks
        line += 1
        while line < len(rows) and len(rows[line]) <= indent and not rows[line].strip():
            line += 1
        if line >= len(rows) and at < len(text):  # nothing of ours is left to walk along
            yield from ((line - 1, 0, 1) for _ in range(len(text) - at))
            return


def _spaces(rows: Iterable[str]) -> int:
    """How many spaces the first row begins with that holds something else."""
    return next((len(row) - len(row.lstrip(" ")) for row in rows if row.strip(" ")), 0)
