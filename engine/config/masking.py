"""Secrets that stand in a file as they are, against all advice, are not shown beside a mistake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from engine.config import secrets
from engine.config.config import SystemPart
from engine.document import MapNode, Node, Scalar
from engine.model.diagnostics import Diagnostics
from engine.sdk.connector import Connector

Path = tuple[str | int, ...]

_DEEP = 8  # models in models: no settings are nested further


def hide(part: SystemPart, connector: Connector, found: Diagnostics) -> None:
    """Stars in the excerpts of what is a secret, and of what stands under a misspelt name: it may be one."""
    hidden: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for name, node in part.settings().items():
        for path, scalar in _scalars(node, (name,)):
            shown = not scalar.text or secrets.stands_alone(scalar.text)
            if not shown and may_be_secret(connector.settings, path):
                for line, begin, end in _pieces(scalar, found.sources.get(scalar.span.file, [])):
                    hidden.setdefault((scalar.span.file, line), []).append((begin, end))
    for (file, line), pieces in hidden.items():
        rows = found.sources[file]
        rows[line] = _starred(rows[line], pieces)


def open_secrets(part: SystemPart, connector: Connector) -> Iterator[Scalar]:
    """The secrets of a part that are no references."""
    for name, node in part.settings().items():
        for path, scalar in _scalars(node, (name,)):
            kinds, known = _kinds_at(connector.settings, path)
            meant = known and any(map(_is_secret, kinds))
            if meant and scalar.kind != "null" and scalar.text and not secrets.is_reference(scalar.text):
                yield scalar


def may_be_secret(model: Any, path: Path) -> bool:
    """Whether a secret may stand at a path: a misspelt name, too, may hold what its neighbours hold."""
    kinds, _ = _kinds_at(model, path)
    return any(_holds_secret(kind, _DEEP) for kind in kinds)


def _kinds_at(model: Any, path: Path) -> tuple[list[Any], bool]:
    """The types that may stand at a path of a model, as far as the model knows it; and whether it does."""
    kinds = [model]
    for step in path:
        inner = [one for kind in kinds for member in _inside(kind, step) for one in _alternatives(member)]
        if not inner:
            return kinds, False
        kinds = inner
    return kinds, True


def _inside(kind: Any, step: str | int) -> Iterator[Any]:
    fields = getattr(kind, "model_fields", {})
    if step in fields:
        yield fields[step].annotation
    elif not fields and get_origin(kind) is not None:
        args = get_args(kind)
        yield from args[1:] if get_origin(kind) is dict else args


def _alternatives(kind: Any) -> list[Any]:
    """The members of a union, what is annotated, or the type itself."""
    if get_origin(kind) in (Union, UnionType):
        return [one for arg in get_args(kind) for one in _alternatives(arg)]
    return _alternatives(get_args(kind)[0]) if get_origin(kind) is Annotated else [kind]


def _is_secret(kind: Any) -> bool:
    return "Secret" in getattr(kind, "__name__", "")


def _holds_secret(kind: Any, deep: int) -> bool:
    if _is_secret(kind):
        return True
    inner = [field.annotation for field in getattr(kind, "model_fields", {}).values()]
    return deep > 0 and any(_holds_secret(one, deep - 1) for one in (*get_args(kind), *inner))


def _scalars(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
        return
    members = node.entries.items() if isinstance(node, MapNode) else enumerate(node.items)
    for step, member in members:
        yield from _scalars(member, (*path, step))


def _pieces(scalar: Scalar, rows: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The pieces of rows that a scalar takes up: line, column and the column behind it, from 0."""
    first = scalar.span.line - 1
    last = scalar.within(max(0, len(scalar.text) - 1)).line - 1
    for line in range(first, min(last + 1, len(rows))):
        begin = scalar.span.column - 1 if line == first else 0
        one_line = first == last and scalar.style not in ("|", ">")
        yield line, begin, begin + scalar.span.length if one_line else len(rows[line])


def _starred(row: str, pieces: list[tuple[int, int]]) -> str:
    out, at = [], 0
    for begin, end in sorted(pieces):
        out += [row[at:begin], "*" * (end - max(at, begin))]
        at = max(at, end)
    return "".join(out) + row[at:]
