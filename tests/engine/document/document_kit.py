"""Helpers to read a piece of YAML and to name the places of its values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.document import ListNode, MapNode, Node, Scalar, read_document
from engine.model.diagnostic import Diagnostic, Span
from engine.model.diagnostics import Diagnostics


def read(folder: Path, text: str | bytes) -> tuple[Node | None, Diagnostics]:
    """The root of a file with that text, and its diagnostics."""
    path = folder / "a.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    diagnostics = Diagnostics()
    document = read_document(path, diagnostics)
    return (document.root if document else None), diagnostics


def root(folder: Path, text: str | bytes) -> Node:
    node, diagnostics = read(folder, text)
    assert not diagnostics.reported, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    assert node is not None
    return node


def entry(folder: Path, text: str | bytes, key: str = "k") -> Scalar:
    """The scalar under a key of the file's mapping."""
    node = root(folder, text)
    assert isinstance(node, MapNode)
    value = node.entries[key]
    assert isinstance(value, Scalar)
    return value


def mistake(folder: Path, text: str | bytes) -> Diagnostic:
    """The one mistake in a file that cannot be used."""
    node, diagnostics = read(folder, text)
    assert node is None
    assert len(diagnostics.reported) == 1, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    return diagnostics.reported[0]


def place(one: Diagnostic | Span) -> str:
    span = one.span if isinstance(one, Diagnostic) else one
    return f"{span.line}:{span.column}"


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar below a node, keys too."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from scalars(item)
    else:
        yield from node.keys.values()
        for value in node.entries.values():
            yield from scalars(value)
