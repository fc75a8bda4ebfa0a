"""The compiler: its passes in their order, and the programs that they make."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from engine.document import Document, MapNode
from engine.mapping.check.catalog import Catalog
from engine.mapping.check.ends import resolve_ends
from engine.mapping.check.flows import check_flows
from engine.mapping.check.marks import marked_fields
from engine.mapping.check.order import order_flows
from engine.mapping.check.reads import find_reads
from engine.mapping.check.rules import check_rules
from engine.mapping.generate.program import generate
from engine.mapping.generate.selection import selecting
from engine.mapping.generate.size import is_small
from engine.mapping.generate.writer import TooLarge
from engine.mapping.run.program import Generated, Program
from engine.mapping.syntax.overrides import overridden
from engine.mapping.syntax.reader import called, read_draft
from engine.mapping.syntax.tree import Draft, Pack
from engine.model.address import StreamRef
from engine.model.diagnostics import Diagnostics

Pass = Callable[[Pack, Catalog, Diagnostics], Pack]
PASSES: tuple[Pass, ...] = (resolve_ends, check_rules, check_flows, find_reads, order_flows)


@dataclass(frozen=True)
class Programs:
    """All mappings of a pack. `order` has the flows only: after those they refer to, linked ones last."""

    mappings: Mapping[str, Program]
    order: tuple[str, ...]
    pack: Pack = field(default_factory=lambda: Pack({}))  # the checked trees they were made from
    needed: frozenset[str] = frozenset()  # settings that are never absent


def compile_pack(
    documents: Sequence[Document],
    catalog: Catalog,
    diagnostics: Diagnostics,
    overrides: MapNode | None = None,
    unread: Collection[str] = (),
) -> Programs:
    """Compile every mapping of a pack. Mistakes of all files go to `diagnostics`; callers raise.

    `overrides` is a config's own node of rules over the pack's. `unread`: mappings whose files could not be
    read, so that they are not reported as missing. With any mistake there are no programs.
    """
    before = len(diagnostics.errors)
    with _without_collector():
        pack = _read(overridden(documents, overrides, diagnostics, unread), unread, diagnostics)
        for step in PASSES:
            pack = step(pack, catalog, diagnostics)
    if len(diagnostics.errors) > before:
        return Programs({}, ())
    needed = frozenset(name for name, field in catalog.settings.items() if field.required)
    programs = {
        name: _program(draft, pack, catalog, needed, diagnostics) for name, draft in pack.drafts.items()
    }
    known = {name: program for name, program in programs.items() if program is not None}
    return Programs(known, pack.order, pack, needed) if len(known) == len(programs) else Programs({}, ())


@contextmanager
def _without_collector() -> Iterator[None]:
    """Compile without Python's garbage collector.

    The tree of a large pack is a hundred thousand live objects without cycles. The collector would go through
    all of them several times, which takes longer than compiling.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(documents: Sequence[Document], unread: Collection[str], diagnostics: Diagnostics) -> Pack:
    drafts: dict[str, Draft] = {}
    broken = {*unread}
    for document in documents:
        draft = read_draft(document, diagnostics)
        if draft is None:
            broken.add(called(document))
            continue
        if draft.name in drafts:
            first = drafts[draft.name].span
            message = f'duplicate mapping name "{draft.name}", first used at {first}'
            diagnostics.error("M106", draft.span, message)
            continue
        drafts[draft.name] = draft
    return Pack(drafts, unread=frozenset(broken))


def _program(
    draft: Draft, pack: Pack, catalog: Catalog, needed: frozenset[str], diagnostics: Diagnostics
) -> Program | None:
    target, source, reads = draft.target, draft.source, pack.reads[draft.name]
    create = target is not None and target.create
    program = Program(
        name=draft.name,
        file=draft.file,
        doc=draft.doc,
        source=StreamRef.parse(source.stream.text) if source else None,
        target=StreamRef.parse(target.stream.text) if target else None,
        linked=source.linked.text if source and source.linked else None,
        create=create,
        on_change=(target.on_change if target else "") or ("hold" if create else "update"),
        keys=_keys(draft, pack),
        refs=frozenset(ref.text for ref in reads.refs),
        paths=reads.paths,
        sent=reads.sent,
        tables=reads.tables,
        actions=tuple(action.verb.text for action in draft.actions),
        directed=frozenset(action.verb.text for action in draft.actions if action.to is not None),
        agree=tuple(name.text for name in target.agree) if target else (),
        suggestable={
            table: catalog.streams[stream].suggestable
            for table, stream in catalog.table_streams.items()
            if table in reads.tables
        },
        write=_writing(draft, pack, needed) if source else None,
        write_selection=_writing_selection(draft, pack, needed),
    )
    if not _fits(program, draft, pack, diagnostics):
        return None
    return program if draft.source is None else _with_marks(program, draft, pack)


def _with_marks(program: Program, draft: Draft, pack: Pack) -> Program:
    """Only for a program that fits: one that does not may have too many fields to be listed."""
    only_create, clears = (marked_fields(draft.fields, word, pack.drafts) for word in ("only", "clear"))
    return replace(program, only_create=only_create, clears=clears) if only_create or clears else program


def _writing(draft: Draft, pack: Pack, needed: frozenset[str]) -> Callable[[], Generated]:
    return lambda: generate(draft, pack.drafts, needed)


def _writing_selection(
    draft: Draft, pack: Pack, needed: frozenset[str]
) -> Callable[[frozenset[str]], Generated | None]:
    def write(unknown: frozenset[str]) -> Generated | None:
        selection = selecting(draft, unknown)
        return generate(selection, pack.drafts, needed) if selection is not None else None

    return write


def _fits(program: Program, draft: Draft, pack: Pack, diagnostics: Diagnostics) -> bool:
    """Whether the program can be written at all. Only what may be too large is written to find out."""
    if program.write is None or is_small(draft, pack.drafts):
        return True
    try:
        return bool(program.generated.code)
    except TooLarge:
        hint = "shapes that use shapes multiply"
        diagnostics.error("M110", draft.span, f"{draft.name} grows too large or too deep", hint=hint)
        return False


def _keys(draft: Draft, pack: Pack) -> str:
    """Which records are read: where a flow over another stream refers to this one, only those it needs."""
    if draft.source is None:
        return "all"
    if draft.source.keys:
        return draft.source.keys
    own = draft.source.stream.text
    for name, other in pack.drafts.items():
        elsewhere = other.source is not None and other.source.stream.text != own
        if elsewhere and any(ref.text == draft.name for ref in pack.reads[name].refs):
            return "referenced"
    return "all"
