"""In what order the flows of a pack run: after those they refer to. No circles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.document import Scalar
from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax.tree import Draft, Pack
from engine.model.diagnostics import Diagnostics


def order_flows(pack: Pack, catalog: Catalog, found: Diagnostics) -> Pack:
    """Flows after those they refer to, linked ones last; among equals in the order of their names."""
    del catalog
    drafts = pack.drafts
    _no_circle(drafts, {name: pack.reads[name].uses for name in drafts}, "uses", found)
    refs = {name: pack.reads[name].refs for name, draft in drafts.items() if draft.source}
    _no_circle(drafts, refs, "refers to", found)
    order: list[str] = []
    for linked in (False, True):
        for name in sorted(refs):
            source = drafts[name].source
            if source is not None and (source.linked is not None) == linked:
                _visit(name, refs, order, set())
    return replace(pack, order=tuple(order))


def _visit(name: str, refs: Mapping[str, Sequence[Scalar]], order: list[str], on_the_way: set[str]) -> None:
    if name in order or name in on_the_way:
        return
    for scalar in refs.get(name, ()):
        _visit(scalar.text, refs, order, on_the_way | {name})
    order.append(name)


def _no_circle(
    drafts: Mapping[str, Draft], edges: Mapping[str, Sequence[Scalar]], verb: str, found: Diagnostics
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
