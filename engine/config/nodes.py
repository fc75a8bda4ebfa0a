"""Take located YAML apart: expect a kind of value at a place, and note what does not fit."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.document import ListNode, MapNode, Node, Scalar
from engine.model.advice import meant, meant_bool
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics


def entries(
    node: Node,
    found: Diagnostics,
    what: str,
    known: Iterable[str] | None = None,
    required: Iterable[str] = (),
    code: str = "C201",
    lacks: str = "",
) -> dict[str, Node]:
    """The entries of a mapping node. Notes a wrong kind, unknown keys and missing ones.

    A key with nothing behind it, as where all that stood there is commented out, holds no entries. `lacks`
    says what it is that an unknown key stands for.
    """
    if is_nothing(node):
        node = MapNode({}, {}, node.span)
    if not isinstance(node, MapNode):
        found.error("C203", node.span, f"{what} must be a mapping of keys, found {said(node)}")
        return {}
    given = (
        node.entries if known is None else _known(node, found, [*known], code, lacks or f"{what} has no key")
    )
    for name in required:
        if name not in given:
            found.error("C202", node.span, f'{what} lacks the key "{name}"')
    return given


def _known(node: MapNode, found: Diagnostics, names: list[str], code: str, lacks: str) -> dict[str, Node]:
    """The known entries. A misspelt one counts as what it stands for: one slip is one mistake."""
    given = {name: value for name, value in node.entries.items() if name in names}
    for name, key in node.keys.items():
        if name not in names:
            found.error(code, key.span, f'{lacks} "{name}"', near=(name, names))
            if found.guessing and (right := meant(name, [one for one in names if one not in given])):
                given[right] = node.entries[name]
    return given


def is_nothing(node: Node) -> bool:
    """Whether null stands there, or nothing at all."""
    return isinstance(node, Scalar) and node.kind == "null"


def text(node: Node | None, found: Diagnostics, what: str) -> str:
    """A scalar's text, as written; blank text where there is none."""
    if node is None:
        return ""
    if isinstance(node, Scalar) and node.kind != "null":
        return node.text
    found.error("C203", node.span, f"{what} must be text, found {said(node)}")
    return ""


def path(node: Node, folder: Path, found: Diagnostics, what: str) -> Path | None:
    """A path, relative to the file that names it. None, noted, where it cannot be one."""
    name = text(node, found, what)
    if not name:
        if isinstance(node, Scalar) and node.kind != "null":
            found.error("C203", node.span, f"{what} must be a path, found nothing")
        return None
    try:
        return Path(os.path.realpath(folder / name))
    except (OSError, ValueError):
        found.error("C203", node.span, f"{what} is no path")
        return None


def flag(node: Node | None, found: Diagnostics, what: str) -> bool:
    if node is None:
        return False
    if isinstance(node, Scalar) and node.kind == "bool":
        return node.text == "true"
    hint = meant_bool(node.text if isinstance(node, Scalar) else "")
    found.error("C203", node.span, f"{what} must be true or false, found {said(node)}", hint=hint)
    return False


def plain(node: Node) -> Any:
    """The node as plain Python values: dict, list, text, int, Decimal, bool, None."""
    if isinstance(node, MapNode):
        return {name: plain(value) for name, value in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value


def at(node: Node, path: Iterable[str | int]) -> tuple[Node, Span]:
    """The node that a path leads to, and the place to point at; as far as the path can be followed."""
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


def said(node: Node) -> str:
    """What a node is, for people."""
    match node:
        case MapNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case Scalar(kind="null"):
            return node.text or "nothing"
        case Scalar(kind="text"):
            return f'the text "{node.text[:40]}"'
    return f"{node.text[:40]}"
