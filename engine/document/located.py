"""The content of a YAML file as frozen values that know their file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from engine.document.places import within
from engine.model.diagnostic import Span

_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER = 200  # characters; longer ones are text, as `int` and `Decimal` have limits too

ScalarKind = Literal["text", "null", "bool", "int", "decimal"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar: its text as written, and its kind as JSON would have it. Quoted ones are always text."""

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
        """The span of `text[start:start + length]` in the file, limited to its first line."""
        return within(self.text, self.style, self.span, self.lines, start, length)


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
    """One file. `file` is its name for people: relative to the working folder if it is inside it."""

    file: str
    path: Path
    root: Node


def is_null(node: Node) -> bool:
    """Whether it is null: written as such, or a key with nothing after it."""
    return isinstance(node, Scalar) and node.kind == "null"


def or_empty(node: Node) -> Node:
    """The node; an empty mapping for a null, as when all entries of a key are commented out."""
    return MapNode({}, {}, node.span) if is_null(node) else node


def plain(node: Node) -> Any:
    """The node as plain Python values: dict, list, text, int, Decimal, bool, None."""
    if isinstance(node, MapNode):
        return {name: plain(value) for name, value in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value


def node_at(node: Node, path: Iterable[str | int]) -> tuple[Node, Span]:
    """The node that a path leads to and the place to point at, as far as the path can be followed."""
    span = node.span
    for step in path:
        if isinstance(node, MapNode) and str(step) in node.entries:
            span = node.keys[str(step)].span
            node = node.entries[str(step)]
            span = node.span if isinstance(node, Scalar) else span
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            span = node.span
        else:
            break
    return node, span


def json_kind(text: str) -> ScalarKind:
    """The kind that JSON would give to plain text."""
    if text in ("", "~", "null"):
        return "null"
    if text in ("true", "false"):
        return "bool"
    if len(text) > _LONGEST_NUMBER:
        return "text"
    if _INT.fullmatch(text):
        return "int"
    return "decimal" if _NUMBER.fullmatch(text) else "text"
