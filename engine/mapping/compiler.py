"""The row of passes, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.document import Document, MapNode
from engine.mapping import order
from engine.mapping.catalog import Catalog
from engine.mapping.checks import check_rules
from engine.mapping.ends import resolve_ends
from engine.mapping.flows import check_flows
from engine.mapping.generate_rules import TooLarge
from engine.mapping.overrides import overridden
from engine.mapping.program import Generated, Program, ProgramWriter
from engine.mapping.reading import read_draft
from engine.mapping.tree import Draft, Pack
from engine.model.diagnostics import Diagnostics

Pass = Callable[[Pack, Catalog, Diagnostics], Pack]
PASSES: tuple[Pass, ...] = (resolve_ends, check_rules, check_flows, order.order_flows)


@dataclass(frozen=True)
class Programs:
    """All mappings of a pack. `order` has the flows only: after those they refer to, linked ones last."""

    mappings: Mapping[str, Program]
    order: tuple[str, ...]


def compile_pack(
    documents: Sequence[Document], catalog: Catalog, found: Diagnostics, overrides: MapNode | None = None
) -> Programs:
    """Compile every mapping of a pack. Mistakes of all files go to `found`; callers raise.

    `overrides` is a config's own node of rules over the pack's. With any mistake there are no programs.
    """
    before = len(found.errors)
    pack = Pack(_read(overridden(documents, overrides, found), found))
    for step in PASSES:
        pack = step(pack, catalog, found)
    if len(found.errors) > before:
        return Programs({}, ())
    needed = frozenset(name for name, field in catalog.settings.items() if field.required)
    programs = {name: _program(draft, pack, needed, found) for name, draft in pack.drafts.items()}
    known = {name: one for name, one in programs.items() if one is not None}
    return Programs(known, tuple(name for name in pack.order if name in known))


def _read(documents: Sequence[Document], found: Diagnostics) -> dict[str, Draft]:
    drafts: dict[str, Draft] = {}
    for document in documents:
        draft = read_draft(document, found)
        if draft is None:
            continue
        if draft.name in drafts:
            first = drafts[draft.name].at
            message = f'a second mapping is called "{draft.name}"; the first stands at {first}'
            found.error("M106", draft.at, message)
            continue
        drafts[draft.name] = draft
    return drafts


def _program(draft: Draft, pack: Pack, needed: frozenset[str], found: Diagnostics) -> Program | None:
    drafts = pack.drafts
    made = Generated("", (), (), {})
    if draft.source is not None:
        try:
            made = ProgramWriter(draft, drafts, needed).generated()
        except TooLarge:
            hint = "shapes that use shapes multiply"
            found.error("M110", draft.at, f"{draft.name} grows too large or too deep", hint=hint)
            return None
    target, source = draft.target, draft.source
    create = target is not None and target.create
    return Program(
        name=draft.name,
        file=draft.file,
        doc=draft.doc,
        source=source.stream.text if source else None,
        target=target.stream.text if target else None,
        linked=source.linked.text if source and source.linked else None,
        create=create,
        on_change=(target.on_change if target else "") or ("hold" if create else "update"),
        keys=_keys(draft, pack),
        refs=frozenset(one.text for one in order.references(draft, drafts)),
        paths=order.paths(draft, drafts),
        tables=order.tables(draft, drafts),
        actions=tuple(one.verb.text for one in draft.actions),
        code=made.code,
        compiled=compile(made.code, f"<mapping {draft.name}>", "exec") if made.code else None,
        constants=made.constants,
        sites=made.sites,
        lines=made.lines,
    )


def _keys(draft: Draft, pack: Pack) -> str:
    """Which records are read: where a flow over another stream refers to this one, only those it needs."""
    if draft.source is None:
        return "all"
    if draft.source.keys:
        return draft.source.keys
    for other in pack.drafts.values():
        elsewhere = other.source is not None and other.source.stream.text != draft.source.stream.text
        if elsewhere and any(one.text == draft.name for one in order.references(other, pack.drafts)):
            return "referenced"
    return "all"
