"""What a target stored of what was sent: what it dropped, shortened or changed by itself.

None of that is an edit by a person, so later readings are compared with what was stored. What was sent by a
name is compared by the id that the name had when it was written: a name that is changed later is not an edit
either. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.model.change import Difference
from engine.model.schema import ANY, Stream, Type
from engine.planning.diff import drift

_GONE = object()


@dataclass(frozen=True, slots=True)
class Stored:
    """`body` is what was sent as the target keeps it, with ids; `differences` what it changed by itself."""

    body: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()


def stored(sent: Mapping[str, Any], answered: Mapping[str, Any], stream: Stream, *, names: bool) -> Stored:
    """What was sent, as the target's answer shows that it keeps it.

    With `names` only the ids of what was sent by name are taken from the answer, because differences have
    another cause than the target.
    """
    differences = () if names else drift(sent, answered, stream)
    changed = {difference.path for difference in differences}
    body = _Keeping(changed).fields(sent, answered, stream.type, "")
    return Stored(body, differences)


def with_stored(before: Mapping[str, Any], sent: Mapping[str, Any], now: Stored) -> dict[str, Any]:
    """What is kept of earlier writes and of this one: fields that were not sent stay as they were."""
    earlier = {name: value for name, value in before.items() if name not in sent}
    return {**earlier, **now.body}


@dataclass(frozen=True, slots=True)
class _Keeping:
    changed: set[str]  # paths

    def fields(self, sent: Mapping[str, Any], answered: Any, type_: Type, path: str) -> dict[str, Any]:
        seen = answered if isinstance(answered, Mapping) else {}
        out: dict[str, Any] = {}
        for name, value in sent.items():
            member = type_.fields.get(name)
            where = f"{path}.{name}" if path else name
            kept = self._value(value, seen.get(name), member.type if member else ANY, where)
            if kept is not _GONE:
                out[name] = kept
            if member is not None and member.named_by and seen.get(member.named_by) is not None:
                out.setdefault(member.named_by, seen[member.named_by])
        return out

    def _value(self, value: Any, seen: Any, type_: Type, path: str) -> Any:
        if path in self.changed:
            return _GONE if seen is None else seen
        if isinstance(value, Mapping):
            return self.fields(value, seen, type_, path)
        if isinstance(value, list | tuple) and isinstance(seen, list | tuple):
            return self._rows(value, seen, type_.of or ANY, path)
        return value

    def _rows(self, sent: Sequence[Any], seen: Sequence[Any], type_: Type, path: str) -> list[Any]:
        rows = []
        for index in range(max(len(sent), len(seen))):
            where = f"{path}[{index}]"
            if index >= len(sent):
                rows += [seen[index]] if where in self.changed else []
                continue
            row = self._value(sent[index], seen[index] if index < len(seen) else None, type_, where)
            rows += [] if row is _GONE else [row]
        return rows
