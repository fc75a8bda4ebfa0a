"""The order in which the flows of a pack run: after those they refer to. No cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.document import Scalar
from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax.tree import Draft, Pack
from engine.model.diagnostics import Diagnostics


def order_flows(pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> Pack:
    """Flows after those they refer to, linked ones last; among equals in the order of their names."""
    del catalog
    drafts = pack.drafts
    _no_cycle(drafts, {name: pack.reads[name].uses for name in drafts}, "uses", diagnostics)
    refs = {name: pack.reads[name].refs for name, draft in drafts.items() if draft.source}
    _no_cycle(drafts, refs, "refers to", diagnostics)
    order: list[str] = []
    for linked in (False, True):
        for name in sorted(refs):
            source = drafts[name].source
            if source is not None and (source.linked is not None) == linked:
                _visit(name, refs, order, set())
    return replace(pack, order=tuple(order))


def _visit(name: str, refs: Mapping[str, Sequence[Scalar]], order: list[str], above: set[str]) -> None:
    if name in order or name in above:
        return
    for scalar in refs.get(name, ()):
        _visit(scalar.text, refs, order, above | {name})
    order.append(name)


def _no_cycle(
    drafts: Mapping[str, Draft], edges: Mapping[str, Sequence[Scalar]], verb: str, diagnostics: Diagnostics
) -> None:
    """Report each cycle once, at the place that closes it."""
    done: set[str] = set()

    def follow(name: str, trail: tuple[str, ...]) -> None:
        for scalar in edges.get(name, ()):
            if scalar.text in trail:
                cycle = [*trail[trail.index(scalar.text) :], scalar.text]
                diagnostics.error("M216", scalar.span, f"a cycle: {f' {verb} '.join(cycle)}")
            elif scalar.text in drafts and scalar.text not in done:
                follow(scalar.text, (*trail, scalar.text))
        done.add(name)

    for name in sorted(edges):
        if name not in done:
            follow(name, (name,))
