"""The conditions of a mapping that can be decided while some fields of a record are unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.mapping.syntax.tree import Draft, Expr, Logic, Path, SourceDraft, Totals, walk
from engine.model.record import same_branch


def selecting(draft: Draft, unknown: frozenset[str]) -> Draft | None:
    """A mapping without fields that leaves a record out only if the given one does, whatever the unknown
    fields hold. None if it leaves none out.

    A `where` is false if one of the conditions that `and` joins is: those that read an unknown field are
    dropped.
    """
    source, target = draft.source, draft.target
    if source is None or source.where is None:
        return None
    known = [condition for condition in _joined_by_and(source.where) if not _reads(draft, condition, unknown)]
    if not known:
        return None
    where = known[0]
    for condition in known[1:]:
        where = Logic(word="and", left=where, right=condition, place=source.where.place)
    return replace(
        draft,
        fields=(),
        source=_with(source, where),
        target=replace(target, match=()) if target else None,
        totals=Totals(),
        actions=(),
    )


def _with(source: SourceDraft, where: Expr) -> SourceDraft:
    return replace(source, where=where)


def _joined_by_and(condition: Expr) -> Iterator[Expr]:
    if isinstance(condition, Logic) and condition.word == "and":
        yield from _joined_by_and(condition.left)
        yield from _joined_by_and(condition.right)
    else:
        yield condition


def _reads(draft: Draft, condition: Expr, unknown: frozenset[str]) -> bool:
    prefix = f"{draft.ends.origin}." if draft.ends else ""
    for node in walk(condition):
        if not isinstance(node, Path) or node.root.name in ("settings", "run"):
            continue
        # A path that leads to no stream, such as a name for something else, may read anything.
        path = node.source.removeprefix(prefix) if node.source.startswith(prefix) else ""
        if not path or any(same_branch(path, name) for name in unknown):
            return True
    return False
