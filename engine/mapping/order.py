"""Which mappings refer to which, in what order flows run, and what each reads. No cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.document import Scalar
from engine.mapping.catalog import Catalog
from engine.mapping.tree import Draft, Lookup, Pack, Path, Reference, Use, walk
from engine.model.diagnostics import Diagnostics


def used(draft: Draft) -> Iterator[Scalar]:
    """The shapes that a mapping uses, at the places where it names them."""
    return (node.mapping for node in walk(draft) if isinstance(node, Use))


def with_used(draft: Draft, drafts: Mapping[str, Draft]) -> list[Draft]:
    """The mapping and every shape that it uses, directly or not. Ends on cycles too."""
    out, names = [draft], {draft.name}
    for one in out:
        for scalar in used(one):
            other = drafts.get(scalar.text)
            if other is not None and other.name not in names:
                names.add(other.name)
                out.append(other)
    return out


def references(draft: Draft, drafts: Mapping[str, Draft]) -> list[Scalar]:
    return [
        node.mapping
        for one in with_used(draft, drafts)
        for node in walk(one)
        if isinstance(node, Reference) and node.mapping.text in drafts
    ]


def tables(draft: Draft, drafts: Mapping[str, Draft]) -> frozenset[str]:
    nodes = (node for one in with_used(draft, drafts) for node in walk(one))
    return frozenset(node.table.text for node in nodes if isinstance(node, Lookup))


def paths(draft: Draft, drafts: Mapping[str, Draft]) -> frozenset[str]:
    """The source paths that are read, without the stream: `lines.gl_account`."""
    assert draft.ends is not None
    prefix = draft.ends.origin + "."
    nodes = (node for one in with_used(draft, drafts) for node in walk(one))
    found = (node.source for node in nodes if isinstance(node, Path))
    return frozenset(one.removeprefix(prefix) for one in found if one.startswith(prefix))


def order_flows(pack: Pack, catalog: Catalog, found: Diagnostics) -> Pack:
    """Flows after those they refer to, linked ones last; among equals in the order of their names."""
    del catalog
    drafts = pack.drafts
    _no_circle(drafts, {name: list(used(draft)) for name, draft in drafts.items()}, "uses", found)
    refs = {name: references(draft, drafts) for name, draft in drafts.items() if draft.source}
    _no_circle(drafts, refs, "refers to", found)
    order: list[str] = []
    for linked in (False, True):
        for name in sorted(refs):
            source = drafts[name].source
            if source is not None and (source.linked is not None) == linked:
                _visit(name, refs, order, set())
    return replace(pack, order=tuple(order))


def _visit(name: str, refs: Mapping[str, list[Scalar]], order: list[str], on_the_way: set[str]) -> None:
    if name in order or name in on_the_way:
        return
    for scalar in refs.get(name, ()):
        _visit(scalar.text, refs, order, on_the_way | {name})
    order.append(name)


def _no_circle(
    drafts: Mapping[str, Draft], edges: Mapping[str, list[Scalar]], verb: str, found: Diagnostics
) -> None:
    """Note each circle once, at the place that closes it."""
    done: set[str] = set()

    def follow(name: str, trail: tuple[str, ...]) -> None:
        for scalar in edges.get(name, ()):
            if scalar.text in trail:
                circle = [*trail[trail.index(scalar.text) :], scalar.text]
                found.error("M216", scalar.span, f"a circle: {f' {verb} '.join(circle)}")
            elif scalar.text in drafts and scalar.text not in done:
                follow(scalar.text, (*trail, scalar.text))
        done.add(name)

    for name in sorted(edges):
        if name not in done:
            follow(name, (name,))
