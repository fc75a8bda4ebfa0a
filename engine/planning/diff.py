"""What differs between two bodies, field by field, for people to read.

Pure: what was sent, what exists and what is about to be sent go in, differences come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine.model.change import Difference
from engine.model.payload import Ref
from engine.model.record import NotTyped, typed_value
from engine.model.schema import ANY, Stream, Type


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every field whose value differs in `after`, and every one that it no longer has.

    An open reference is not compared with what it was resolved to: only the ledger knows that.
    """
    return tuple(_differences(before, after, ""))


def drift(sent: Mapping[str, Any], seen: Mapping[str, Any], stream: Stream) -> tuple[Difference, ...]:
    """What a person changed at the target: fields that were sent and differ there now.

    Fields that were not sent are the target's own, and so are those that it moves by itself. Values are
    compared by the stream's types, so that a date sent as text equals the date seen. Rows of a list that the
    target has beyond those sent are shown.
    """
    fixed = {name: value for name, value in sent.items() if name not in stream.server_managed}
    return tuple(_drift(fixed, seen, stream.type, ""))


def overwritten(
    sent: Mapping[str, Any],
    answered: Mapping[str, Any],
    seen: Mapping[str, Any],
    coming: Mapping[str, Any],
    stream: Stream,
) -> tuple[Difference, ...]:
    """What a person changed at the target that sending `coming` would undo.

    `sent` went out last and was `answered` (empty if that is unknown); `seen` is there now. A field that is
    as it was answered was not touched: the target writes some things its own way. One that is
    no longer sent stays as it is.
    """
    differences: list[Difference] = []
    for name in coming:
        now = _part(seen, name)
        in_answer = bool(answered) and (name in answered or name not in seen)
        if in_answer and not drift(_part(answered, name), now, stream):
            continue
        if not drift(_part(coming, name), now, stream):
            continue
        if name in sent:
            differences += drift(_part(sent, name), now, stream)
        elif answered and now:
            differences.append(Difference(name, None, seen[name]))
    return tuple(differences)


def _part(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {name: values[name]} if name in values else {}


def _differences(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*after, *(name for name in before if name not in after)]:
            yield from _differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        for index in range(max(len(before), len(after))):
            yield from _differences(_row(before, index), _row(after, index), f"{path}[{index}]")
    elif before is not None and not isinstance(before, Ref) and isinstance(after, Ref):
        return
    elif not _same(before, after):
        yield Difference(path, before, after)


def _drift(sent: Any, seen: Any, type_: Type, path: str) -> Iterator[Difference]:
    if sent is None or isinstance(sent, Ref):
        return
    if isinstance(sent, Mapping):
        inside = seen if isinstance(seen, Mapping) else {}
        for name, value in sent.items():
            member = ANY if type_.kind == "any" else _member(type_, name)
            if member is not None:
                yield from _drift(value, inside.get(name), member, f"{path}.{name}" if path else name)
    elif isinstance(sent, list | tuple):
        yield from _drifted_list(sent, seen if isinstance(seen, list | tuple) else (), type_, path)
    elif not _same(_typed(sent, type_), _typed(seen, type_)):
        yield Difference(path, sent, seen)


def _drifted_list(sent: Any, seen: Any, type_: Type, path: str) -> Iterator[Difference]:
    for index in range(max(len(sent), len(seen))):
        if index >= len(sent):
            yield Difference(f"{path}[{index}]", None, seen[index])
        elif index >= len(seen):
            yield Difference(f"{path}[{index}]", sent[index], None)
        else:
            yield from _drift(sent[index], seen[index], type_.of or ANY, f"{path}[{index}]")


def _member(type_: Type, name: str) -> Type | None:
    return type_.fields[name].type if name in type_.fields else None


def _typed(value: Any, type_: Type) -> Any:
    try:
        return typed_value(value, type_)
    except NotTyped:
        return value


def _row(rows: Any, index: int) -> Any:
    return rows[index] if index < len(rows) else None


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        # Systems trim text and convert line ends when storing it; that is not an edit.
        return before.replace("\r\n", "\n").strip() == after.replace("\r\n", "\n").strip()
    if isinstance(before, int | Decimal) and isinstance(after, int | Decimal):
        return isinstance(before, bool) == isinstance(after, bool) and before == after
    return bool(before == after)
