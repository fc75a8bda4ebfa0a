"""Read YAML into nodes that know their file, line and column.

Uses the C parser's events and types scalars as JSON would: `0200`, `NO`, `on`, `1:30` and dates stay text.
Aliases, merge keys, tags, duplicate keys, depth and size are reported at their place, never as a traceback.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from engine.document.broken import QUOTE_IT, UNQUOTED, ParserFailure, cause_of
from engine.document.files import display_name, read_text, span_after
from engine.document.located import Document, ListNode, MapNode, Node, Scalar, json_kind
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.steering import STEERING

MAX_DEPTH = 64
MAX_NODES = 200_000

_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LAST_SCALARS = 64  # kept to tell expressions inside them from unquoted ones


def read_document(path: Path, diagnostics: Diagnostics) -> Document | None:
    """Read one YAML file. None if it cannot be used; the reasons are in `diagnostics`."""
    name = display_name(path)
    text = read_text(path, name, diagnostics)
    if text is None:
        return None
    root = _Reader(name, text, diagnostics).read()
    return None if root is None else Document(name, path, root)


class _Stop(Exception):
    """Reading stops here; the reason has been reported."""


class _Reader:
    def __init__(self, file: str, text: str, diagnostics: Diagnostics) -> None:
        self.file, self.diagnostics, self.text = file, diagnostics, text
        self.lines = tuple(text.splitlines())
        self.nodes, self.before = 0, len(diagnostics.errors)
        self.events: Iterator[Any] = iter(())
        self.scalars: deque[Any] = deque(maxlen=_LAST_SCALARS)

    def read(self) -> Node | None:
        if bad := _REFUSED.search(self.text):
            span = self._inside(span_after(self.file, self.text[: bad.start()]))
            message = f"the character U+{ord(bad[0]):04X} is not allowed in YAML"
            self.diagnostics.error("Y104", span, message, hint="remove it; many editors do not show it")
            return None
        if bad := STEERING.search(self.text):
            self._refuse_steering(bad[0], self._inside(span_after(self.file, self.text[: bad.start()])))
            return None
        try:
            self.events = iter(
                yaml.parse(self.text, Loader=yaml.CSafeLoader)
            )  # events only: no objects are built
            next(self.events)  # the stream's start
            root = self._document()
        except _Stop:
            return None
        except yaml.YAMLError as error:
            self._report_failure(error)
            return None
        return None if self._wrong() else root

    def _wrong(self) -> bool:
        return len(self.diagnostics.errors) > self.before

    def _document(self) -> Node:
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            raise self._stop("Y103", Span(self.file), "the file is empty")
        root = self._node(next(self.events), 1)
        next(self.events)  # the document's end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._stop(
                "Y110", self._span(after), "a second document starts here", "use one file for each document"
            )
        if isinstance(root, Scalar) and root.kind == "null" and not root.text and not self._wrong():
            raise self._stop("Y103", Span(self.file), "the file is empty")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise self._stop("Y107", self._span(event), f"nested more than {MAX_DEPTH} levels deep")
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
        return Scalar("", "null", self._span(event))  # an alias, already reported

    def _no_extras(self, event: Any) -> None:
        hint = "reuse rules with `use`; quote text that starts with & or *"
        if isinstance(event, yaml.AliasEvent):
            what = f"the alias *{event.anchor}"
        elif event.anchor is not None:
            what = f"the anchor &{event.anchor}"
        elif event.tag is not None:
            what = f"the tag {event.tag.replace('tag:yaml.org,2002:', '!!')}"
            hint = "a value gets its type from its field; quote text that starts with !"
        else:
            return
        self.diagnostics.error("Y106", self._span(event), f"{what} is not supported", hint=hint)

    def _list(self, start: Any, depth: int) -> ListNode:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return ListNode(tuple(items), self._span(start))

    def _map(self, start: Any, depth: int) -> MapNode:
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            before = len(self.diagnostics.errors)
            key = self._node(event, depth + 1)
            valid = len(self.diagnostics.errors) == before  # else only the key's own mistake is reported
            value = self._node(next(self.events), depth + 1)
            if valid and (name := self._usable(key, start, keys)):
                entries[name.text] = value
                keys[name.text] = name
        return MapNode(entries, keys, self._span(start))

    def _usable(self, key: Node, start: Any, keys: dict[str, Scalar]) -> Scalar | None:
        if isinstance(key, MapNode) and self._is_expression(key, start):
            self.diagnostics.error("Y109", self._span(start, 2), UNQUOTED, hint=QUOTE_IT)
            return None
        if not isinstance(key, Scalar) or key.kind != "text":
            self._not_a_key(key)
            return None
        if key.text == "<<":
            hint = "reuse rules with `use`"
            self.diagnostics.error("Y106", key.span, "merge keys are not supported", hint=hint)
            return None
        if key.text in keys:
            first = keys[key.text].span
            where = f"on line {first.line}" if first.line != key.span.line else f"at column {first.column}"
            message = f'duplicate key "{key.text}", first used {where}'
            self.diagnostics.error("Y105", key.span, message, hint="remove one of them")
            return None
        return key

    def _is_expression(self, key: MapNode, start: Any) -> bool:
        mark = start.start_mark
        here = key.span.line == mark.line + 1 and key.span.column == mark.column + 2
        return bool(start.flow_style) and here

    def _not_a_key(self, key: Node) -> None:
        word = key.text if isinstance(key, Scalar) else ""
        shown = (word or "nothing") if isinstance(key, Scalar) else "a list or a mapping"
        hint = f'quote it: "{word}"' if word else ""
        self.diagnostics.error("Y108", key.span, f"a key: expected text, found {shown}", hint=hint)

    def _scalar(self, event: Any) -> Scalar:
        self.scalars.append(event)
        plain = event.style in (None, "")
        kind = json_kind(event.value) if plain else "text"
        scalar = Scalar(event.value, kind, self._span(event), event.style or "", self.lines)
        if bad := STEERING.search(event.value):  # written as an escape
            self._refuse_steering(bad[0], scalar.within(bad.start()))
        return scalar

    def _refuse_steering(self, character: str, span: Span) -> None:
        message = f"the character U+{ord(character):04X} could steer what shows this text"
        hint = "remove it; texts have visible characters, tabs and line ends"
        self.diagnostics.error("Y111", span, message, hint=hint)

    def _span(self, event: Any, length: int | None = None) -> Span:
        start, end = event.start_mark, event.end_mark
        if length is None:
            length = end.column - start.column if end.line == start.line else 1
        return self._inside(Span(self.file, start.line + 1, start.column + 1, max(1, length)))

    def _inside(self, span: Span) -> Span:
        """The span, moved to the end of the last line if the parser points past the end of the file."""
        if span.line <= len(self.lines):
            return span
        return Span(self.file, max(1, len(self.lines)), len(self.lines[-1]) + 1 if self.lines else 1)

    def _stop(self, code: str, span: Span, message: str, hint: str = "") -> _Stop:
        self.diagnostics.error(code, span, message, hint=hint)
        return _Stop()

    def _report_failure(self, error: yaml.YAMLError) -> None:
        mark, started = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        span = self._inside(Span(self.file, mark.line + 1, mark.column + 1)) if mark else Span(self.file)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        failure = ParserFailure(
            problem,
            getattr(error, "context", None) or "",
            (span.line - 1, span.column - 1),
            _position(started) if started else None,
            tuple((_position(event.start_mark), _position(event.end_mark)) for event in self.scalars),
            bool(self.scalars) and self.scalars[-1].style in ("'", '"'),
        )
        cause = cause_of(failure, self.lines)
        span = self._inside(Span(self.file, cause.mark[0] + 1, cause.mark[1] + 1, cause.length))
        reported = self.diagnostics.errors[self.before :]
        if not any(other.code == cause.code == "Y109" and other.span == span for other in reported):
            self.diagnostics.error(cause.code, span, cause.message, hint=cause.hint)


def _position(mark: Any) -> tuple[int, int]:
    return mark.line, mark.column
