"""A customer's own rules over the pack's: entry by entry, before anything is read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.document import Document, Expect, MapNode
from engine.mapping.syntax.language import OVERRIDE, OVERRIDE_PARTS
from engine.mapping.syntax.reader import called, mapping_name
from engine.mapping.syntax.values import Values
from engine.model.diagnostics import Diagnostics


def overridden(
    documents: Sequence[Document],
    overrides: MapNode | None,
    diagnostics: Diagnostics,
    unread: Collection[str] = (),
) -> tuple[Document, ...]:
    """The documents with the overrides in them; the places of what was replaced point into the config."""
    if overrides is None:
        return tuple(documents)
    names = {called(document) for document in documents} | {*unread}
    for name, key in overrides.keys.items():
        if name not in names:
            diagnostics.error("C213", key.span, f'the pack has no mapping "{name}"', near=(name, names))
    return tuple(_document(document, overrides, diagnostics) for document in documents)


def _document(document: Document, overrides: MapNode, diagnostics: Diagnostics) -> Document:
    own = overrides.entries.get(mapping_name(document.root))
    if own is None or not isinstance(document.root, MapNode):
        return document
    expect, root = Values(diagnostics).expect, document.root
    node = expect.map_node(own, OVERRIDE.title)
    if node is None:
        return document
    node = expect.known_keys(node, OVERRIDE.names, OVERRIDE.title)
    for key in OVERRIDE.names:
        if key in node.entries:
            root = _part(root, key, node, expect) if key in OVERRIDE_PARTS else _with(root, [key], node)
    return replace(document, root=root)


def _part(root: MapNode, key: str, node: MapNode, expect: Expect) -> MapNode:
    """The entries of `key` one by one over those of the pack."""
    over, under = expect.map_node(node.entries[key], key), root.entries.get(key)
    if over is None:
        return root
    if known := OVERRIDE_PARTS[key]:
        over = expect.known_keys(over, known, f"the override of {key}")
    if not isinstance(under, MapNode):
        return _with(root, [key], node)
    return MapNode({**root.entries, key: _with(under, list(over.entries), over)}, root.keys, root.span)


def _with(onto: MapNode, names: Sequence[str], own: MapNode) -> MapNode:
    """The entries of those names replaced by those of `own`."""
    keys = {**onto.keys, **{name: own.keys[name] for name in names}}
    return MapNode({**onto.entries, **{name: own.entries[name] for name in names}}, keys, onto.span)
