"""YAML that knows file, line and column.

The C parser's events, resolved as JSON would resolve them: `0200`, `NO`, `on`, `1:30` and dates stay text.
No aliases, merge keys or tags; duplicate keys, depth and size are mistakes with a place, never a traceback.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from engine.document.broken import QUOTE_IT, UNQUOTED, Break, cause_of
from engine.document.files import display_name, read_text, span_after
from engine.document.located import Document, ListNode, MapNode, Node, Scalar, json_kind
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics

MAX_DEPTH = 64
MAX_NODES = 200_000

_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LAST_TEXTS = 64  # that are kept, to tell holes inside them from unquoted ones


def read_document(path: Path, found: Diagnostics) -> Document | None:
    """Read one YAML file. What is wrong goes to `found`; None where nothing can be made of the file."""
    name = display_name(path)
    text = read_text(path, name, found)
    if text is None:
        return None
    root = _Reader(name, text, found).read()
    return None if root is None else Document(name, path, root)


class _Stop(Exception):
    """The file cannot be read further; the mistake has been noted."""


class _Reader:
    def __init__(self, file: str, text: str, found: Diagnostics) -> None:
        self.file, self.found, self.text = file, found, text
        self.lines = tuple(text.splitlines())
        self.nodes, self.before = 0, len(found.errors)
        self.events: Iterator[Any] = iter(())
        self.texts: deque[Any] = deque(maxlen=_LAST_TEXTS)

    def read(self) -> Node | None:
        if bad := _REFUSED.search(self.text):
            span = self._inside(span_after(self.file, self.text[: bad.start()]))
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
        return None if self._wrong() else root

    def _wrong(self) -> bool:
        return len(self.found.errors) > self.before

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
        if isinstance(root, Scalar) and root.kind == "null" and not root.text and not self._wrong():
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
        hint = "rules that are needed twice: use; text that begins with & or * needs quotes"
        if isinstance(event, yaml.AliasEvent):
            what = f"the alias *{event.anchor}"
        elif event.anchor is not None:
            what = f"the anchor &{event.anchor}"
        elif event.tag is not None:
            what = f"the tag {event.tag.replace('tag:yaml.org,2002:', '!!')}"
            hint = "values are typed by where they go; text that begins with ! needs quotes"
        else:
            return
        self.found.error("Y106", self._span(event), f"{what} is not used here", hint=hint)

    def _list(self, start: Any, depth: int) -> ListNode:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return ListNode(tuple(items), self._span(start))

    def _map(self, start: Any, depth: int) -> MapNode:
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            before = len(self.found.errors)
            key = self._node(event, depth + 1)
            sound = len(self.found.errors) == before  # else the key's own mistake is enough
            value = self._node(next(self.events), depth + 1)
            if sound and (name := self._fitting(key, start, keys)):
                entries[name.text] = value
                keys[name.text] = name
        return MapNode(entries, keys, self._span(start))

    def _fitting(self, key: Node, start: Any, keys: dict[str, Scalar]) -> Scalar | None:
        if isinstance(key, MapNode) and self._is_hole(key, start):
            self.found.error("Y109", self._span(start, 2), UNQUOTED, hint=QUOTE_IT)
            return None
        if not isinstance(key, Scalar) or key.kind != "text":
            self._no_key(key)
            return None
        if key.text == "<<":
            self.found.error(
                "Y106", key.span, "merge keys are not used here", hint="rules that are needed twice: use"
            )
            return None
        if key.text in keys:
            first = keys[key.text].span
            where = f"line {first.line}" if first.line != key.span.line else f"column {first.column}"
            message = f'the key "{key.text}" stands twice, first in {where}'
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
        self.texts.append(event)
        plain = event.style in (None, "")
        kind = json_kind(event.value) if plain else "text"
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
        mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        at = self._inside(Span(self.file, mark.line + 1, mark.column + 1)) if mark else Span(self.file)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        broken = Break(
            problem,
            getattr(error, "context", None) or "",
            (at.line - 1, at.column - 1),
            _at(begun) if begun else None,
            tuple((_at(one.start_mark), _at(one.end_mark)) for one in self.texts),
            bool(self.texts) and self.texts[-1].style in ("'", '"'),
        )
        cause = cause_of(broken, self.lines)
        span = self._inside(Span(self.file, cause.at[0] + 1, cause.at[1] + 1, cause.length))
        if not any(
            one.code == cause.code == "Y109" and one.span == span for one in self.found.errors[self.before :]
        ):
            self.found.error(cause.code, span, cause.message, hint=cause.hint)


def _at(mark: Any) -> tuple[int, int]:
    return mark.line, mark.column
