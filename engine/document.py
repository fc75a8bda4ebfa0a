"""YAML that knows file, line and column.

The C parser's events, resolved as JSON would resolve them: `0200`, `NO`, `on`, `1:30` and dates stay text.
No aliases, merge keys or tags; duplicate keys, depth and size are mistakes with a place, never a traceback.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml

from engine.model.diagnostics import Diagnostics, Span

MAX_BYTES = 2_000_000
MAX_DEPTH = 64
MAX_NODES = 200_000

_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ESCAPES = {"x": 4, "u": 6, "U": 10}

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
        places = list(_places(self))
        if start >= len(places):
            return places[-1] if places else self.span
        first = places[start]
        same = [one for one in places[start : start + length] if one.line == first.line]
        return Span(first.file, first.line, first.column, max(1, same[-1].column - first.column + 1))


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
    at = Span(name)
    try:
        raw = path.read_bytes()
    except OSError as error:
        found.error("Y101", at, f"{name} cannot be read: {(error.strerror or str(error)).lower()}")
        return None
    if len(raw) > MAX_BYTES:
        found.error("Y107", at, f"the file has {len(raw)} bytes, more than {MAX_BYTES}")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        byte = f"0x{raw[error.start]:02X}"
        found.error(
            "Y102", Span(name, line, column), f"byte {byte} is no UTF-8", hint="save the file as UTF-8"
        )
        return None
    found.sources[name] = text.splitlines()
    root = _Reader(name, text, found).read()
    return None if root is None else Document(name, path, root)


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
        if isinstance(root, Scalar) and root.kind == "null" and not root.text:
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
        if isinstance(key, MapNode) and start.flow_style:
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
        return Span(self.file, start.line + 1, start.column + 1, max(1, length))

    def _stop(self, code: str, span: Span, message: str, hint: str = "") -> _Stop:
        self.found.error(code, span, message, hint=hint)
        return _Stop()

    def _broken(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        span = Span(self.file, mark.line + 1, mark.column + 1) if mark else Span(self.file)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        context = getattr(error, "context", None)
        around = self.lines[max(0, span.line - 2) : span.line]
        unquoted = any(re.search(r"[:\-]\s+\{\{", line) for line in around)
        hint = 'put quotes round values with holes: "{{ … }}"' if unquoted else ""
        code = "Y109" if unquoted else "Y104"
        said = ": ".join(filter(None, (context, problem)))
        self.found.error(code, span, f"the YAML cannot be read: {said}", hint=hint)


def _kind(text: str) -> ScalarKind:
    if text in ("", "~", "null"):
        return "null"
    if text in ("true", "false"):
        return "bool"
    if _INT.fullmatch(text):
        return "int"
    return "decimal" if _NUMBER.fullmatch(text) else "text"


def _places(scalar: Scalar) -> Iterator[Span]:
    """For each character of a scalar's text its place in the file."""
    line, column = scalar.span.line - 1, scalar.span.column - 1
    indent = 0
    if scalar.style in ("|", ">"):
        line += 1
        while line < len(scalar.lines) and not scalar.lines[line].strip():
            line += 1
        row = scalar.lines[line] if line < len(scalar.lines) else ""
        column = indent = len(row) - len(row.lstrip(" "))
    elif scalar.style:
        column += 1
    for char in scalar.text:
        row = scalar.lines[line] if line < len(scalar.lines) else ""
        yield Span(scalar.span.file, line + 1, min(column, len(row)) + 1)
        if column >= len(row.rstrip()) and char in "\n ":
            line, column = _next_line(scalar, line, indent)
            continue
        if scalar.style == '"' and row[column : column + 1] == "\\":
            column += _ESCAPES.get(row[column + 1 : column + 2], 2)
        elif scalar.style == "'" and row[column : column + 2] == "''":
            column += 2
        else:
            column += 1


def _next_line(scalar: Scalar, line: int, indent: int) -> tuple[int, int]:
    line += 1
    if line >= len(scalar.lines):
        return line, 0
    row = scalar.lines[line]
    return line, indent or len(row) - len(row.lstrip(" "))
