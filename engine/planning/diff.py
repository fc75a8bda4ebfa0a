"""What differs between two bodies, field by field, for people to read.

Pure: what was sent, what exists and what is about to be sent go in, differences come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.model.change import Difference
from engine.model.outgoing import shortened
from engine.model.payload import Ref
from engine.model.record import NotTyped, typed_value
from engine.model.schema import ANY, Stream, Type
from engine.sdk.wire import dumps

LONGEST = 40  # characters of a value in a sentence


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every field whose value differs in `after`, and every one that it no longer has.

    An open reference is not compared with what it was resolved to: only the ledger knows that.
    """
    return tuple(_differences(before, after, ""))


def drift(
    sent: Mapping[str, Any], current: Mapping[str, Any], stream: Stream, *, complete: bool = False
) -> tuple[Difference, ...]:
    """What a person changed at the target: fields that were sent and have another value now.

    Fields that were not sent are the target's own, and so are those that it changes by itself, unless
    `complete` compares them too. Values are compared by the stream's types, so that a date sent as text
    equals the date read; a name whose id is known is compared by that. Rows that the target has beyond those
    sent are differences.
    """
    fixed = {name: value for name, value in sent.items() if complete or name not in stream.server_managed}
    return tuple(_drift(fixed, current, stream.type, ""))


def overwritten(
    sent: Mapping[str, Any],
    answered: Mapping[str, Any],
    current: Mapping[str, Any],
    pending: Mapping[str, Any],
    stream: Stream,
) -> tuple[Difference, ...]:
    """What a person changed at the target that sending `pending` would overwrite.

    `sent` is what was sent last, `answered` the target's answer to it (empty if unknown), `current` what is
    there now. A field that still has the answered value was not edited: targets normalise some values. A
    field that is no longer sent stays as it is.
    """
    edited: list[Difference] = []
    for name in pending:
        now = _part(current, name)
        known = bool(answered) and (name in answered or name not in current)
        if known and not drift(_part(answered, name), now, stream):
            continue
        if not drift(_part(pending, name), now, stream):
            continue
        if name in sent:
            edited += drift(_part(sent, name), now, stream)
        elif answered and now:
            edited.append(Difference(name, None, current[name]))
    return tuple(edited)


def differences_shown(differences: Sequence[Difference], most: int) -> str:
    """The first differences, for a sentence: `Reference: "a" -> "b", DueDate: null -> "2026-01-31"`."""
    return ", ".join(
        f"{difference.path}: {_shown(difference.before)} -> {_shown(difference.after)}"
        for difference in differences[:most]
    )


def _shown(value: Any) -> str:
    text = dumps(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


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


def _drift(sent: Any, current: Any, type_: Type, path: str) -> Iterator[Difference]:
    if sent is None or isinstance(sent, Ref):
        return
    if isinstance(sent, Mapping):
        members = current if isinstance(current, Mapping) else {}
        ids = _ids_of_names(sent, type_)
        for name, value in sent.items():
            member = ANY if type_.kind == "any" else _member(type_, name)
            where = f"{path}.{name}" if path else name
            if name in ids.values():
                continue
            if (key := ids.get(name)) and members.get(key) is not None:
                if not _same(sent[key], members[key]):
                    yield Difference(where, value, members.get(name))
            elif member is not None:
                yield from _drift(value, members.get(name), member, where)
    elif isinstance(sent, list | tuple):
        rows = current if isinstance(current, list | tuple) else ()
        yield from _list_drift(sent, rows, type_, path)
    elif not _same(_typed(sent, type_), _typed(current, type_)):
        yield Difference(path, sent, current)


def _ids_of_names(sent: Mapping[str, Any], type_: Type) -> dict[str, str]:
    """The names among the fields sent whose ids are known, each with the field of its id."""
    pairs = ((name, field.named_by) for name, field in type_.fields.items() if field.named_by)
    return {name: key for name, key in pairs if sent.get(name) is not None and sent.get(key) is not None}


def _list_drift(sent: Any, current: Any, type_: Type, path: str) -> Iterator[Difference]:
    for index in range(max(len(sent), len(current))):
        if index >= len(sent):
            yield Difference(f"{path}[{index}]", None, current[index])
        elif index >= len(current):
            yield Difference(f"{path}[{index}]", sent[index], None)
        else:
            yield from _drift(sent[index], current[index], type_.of or ANY, f"{path}[{index}]")


def _member(type_: Type, name: str) -> Type | None:
    return type_.fields[name].type if name in type_.fields else None


def _typed(value: Any, type_: Type) -> Any:
    try:
        typed = typed_value(value, type_)
    except NotTyped:
        return value
    return (
        shortened(typed, type_.places) if isinstance(typed, Decimal) and type_.places is not None else typed
    )


def _row(rows: Any, index: int) -> Any:
    return rows[index] if index < len(rows) else None


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        # Systems trim what they store and convert line ends: that is not an edit.
        return left.replace("\r\n", "\n").strip() == right.replace("\r\n", "\n").strip()
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return isinstance(left, bool) == isinstance(right, bool) and left == right
    return bool(left == right)
