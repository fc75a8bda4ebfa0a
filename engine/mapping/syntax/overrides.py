"""A customer's own rules over the pack's: entry by entry, before anything is read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.document import Document, MapNode
from engine.mapping.syntax import nodes
from engine.mapping.syntax.reader import called, mapping_name
from engine.model.diagnostics import Diagnostics

WHOLE = ("totals", "actions")  # replaced as a whole
PARTS = {"source": ("where",), "target": ("match", "on_change")}


def overridden(
    documents: Sequence[Document],
    overrides: MapNode | None,
    found: Diagnostics,
    unread: Collection[str] = (),
) -> tuple[Document, ...]:
    """The documents with the overrides in them; the places of what was replaced point into the config."""
    if overrides is None:
        return tuple(documents)
    names = {called(document) for document in documents} | {*unread}
    for name, key in overrides.keys.items():
        if name not in names:
            found.error("C213", key.span, f'the pack has no mapping "{name}"', near=(name, names))
    return tuple(_document(one, overrides, found) for one in documents)


def _document(document: Document, overrides: MapNode, found: Diagnostics) -> Document:
    own = overrides.entries.get(mapping_name(document.root))
    if own is None or not isinstance(document.root, MapNode):
        return document
    node = nodes.map_node(own, "the override of a mapping", found)
    if node is None:
        return document
    nodes.known_keys(node, ("fields", *PARTS, *WHOLE), "the override of a mapping", found)
    root = document.root
    for key in WHOLE:
        if key in node.entries:
            root = _with(root, [key], node)
    for key, parts in PARTS.items():
        if key in node.entries:
            root = _part(root, key, node, parts, found)
    if "fields" in node.entries:
        root = _part(root, "fields", node, None, found)
    return replace(document, root=root)


def _part(
    root: MapNode, key: str, node: MapNode, known: tuple[str, ...] | None, found: Diagnostics
) -> MapNode:
    """The entries of `key` one by one over those of the pack."""
    over, under = nodes.map_node(node.entries[key], key, found), root.entries.get(key)
    if over is None:
        return root
    if known is not None:
        nodes.known_keys(over, known, f"the override of {key}", found)
    if not isinstance(under, MapNode):
        return _with(root, [key], node)
    under = _with(under, [name for name in over.entries if known is None or name in known], over)
    return MapNode({**root.entries, key: under}, root.keys, root.span)


def _with(onto: MapNode, names: Sequence[str], own: MapNode) -> MapNode:
    """The entries of those names taken over from `own`."""
    keys = {**onto.keys, **{name: own.keys[name] for name in names}}
    return MapNode({**onto.entries, **{name: own.entries[name] for name in names}}, keys, onto.span)
