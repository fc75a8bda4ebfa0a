"""What each mapping reads and refers to, with the shapes that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax.tree import (
    Call,
    Const,
    Dot,
    Draft,
    Each,
    Lookup,
    Object,
    Pack,
    Path,
    Reads,
    Reference,
    Use,
    walk,
)
from engine.model.diagnostics import Diagnostics


def find_reads(pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> Pack:
    """The pass that finds them for every mapping, in one walk each."""
    del catalog, diagnostics
    return replace(pack, reads={name: _reads(draft, pack.drafts) for name, draft in pack.drafts.items()})


def _reads(draft: Draft, drafts: Mapping[str, Draft]) -> Reads:
    own = list(walk(draft))
    nodes = [*own, *_used_nodes(own, drafts)]
    prefix = f"{draft.ends.origin}." if draft.ends else "?"
    fields = list(walk(draft.fields))
    return Reads(
        refs=tuple(
            node.mapping for node in nodes if isinstance(node, Reference) and node.mapping.text in drafts
        ),
        tables=frozenset(node.table.text for node in nodes if isinstance(node, Lookup)),
        paths=_paths(nodes, prefix),
        sent=_paths([*fields, *_used_nodes(fields, drafts)], prefix),
        uses=tuple(node.mapping for node in own if isinstance(node, Use)),
        used=tuple(dict.fromkeys(node.mapping.text for node in nodes if isinstance(node, Use))),
    )


def _paths(nodes: Sequence[Any], prefix: str) -> frozenset[str]:
    sources = (_source(node) for node in nodes)
    return frozenset(path.removeprefix(prefix) for path in sources if path.startswith(prefix))


def _used_nodes(own: Sequence[Any], drafts: Mapping[str, Draft]) -> Iterator[Any]:
    """Every node of the shapes that are used, directly or not. Ends on cycles too.

    A shape's field that is replaced where it is used is not among them: it is not part of the program.
    """
    todo: list[Sequence[Any]] = [own]
    done: set[tuple[str, frozenset[str]]] = set()
    for nodes in todo:
        if nodes is not own:
            yield from nodes
        for node in nodes:
            if not isinstance(node, Each | Object) or node.use is None:
                continue
            shape, over = (
                drafts.get(node.use.mapping.text),
                frozenset(field_rule.name for field_rule in node.fields),
            )
            if shape is not None and (shape.name, over) not in done:
                done.add((shape.name, over))
                todo.append(list(walk(tuple(rule for rule in shape.fields if rule.name not in over))))


def _source(node: Any) -> str:
    """The dotted path in the systems that a node reads; empty if it reads none."""
    match node:
        case Path() | Dot():
            return node.source
        case Call(function="sum", of=Path(source=source), args=(Const(value=name),)) if source:
            return f"{source}.{name}"
    return ""
