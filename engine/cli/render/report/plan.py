"""A plan's changes as text, field by field; an item of a list is one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.cli.render.values import plain_json
from engine.model.change import Adopt, Change, Create, Difference, Update
from engine.sdk.wire import dumps

LONGEST = 100  # characters of one value


def plan_text(changes: Sequence[Change]) -> Iterator[str]:
    """What would be done, record by record; what is unchanged or left out is counted elsewhere."""
    for change in changes:
        match change:
            case Create(payload):
                yield f"\n+ create {payload.mapping}  {_named(payload.title, payload.address)}"
                yield from _fields(payload.body)
                yield from (f"    then {verb}" for verb in payload.actions)
            case Update(payload, target_id, differences):
                yield f"\n~ update {payload.mapping}  {_named(payload.title, payload.address)}  ({target_id})"
                yield from (f"    {difference(one)}" for one in differences)
            case Adopt(payload, target_id):
                named = _named(payload.title, payload.address)
                yield f"\n= adopt {payload.mapping}  {named}  (already there as {target_id})"


def _named(title: str, address: object) -> str:
    return f"{title}  {address}" if title else str(address)


def _fields(body: Mapping[str, Any]) -> Iterator[str]:
    rows = list(_rows(plain_json(body)))
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        yield f"    {name:<{width}}  {value}"


def _rows(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            yield from ((f"{name}[{at}]", _item(one)) for at, one in enumerate(value))
        else:
            yield name, _value(value)


def _item(item: Mapping[str, Any]) -> str:
    """One item of a list on one line; small lists within it too."""
    return ", ".join(f"{name} {_value(value)}" for name, value in item.items())


def difference(one: Difference) -> str:
    before, after = (_value(plain_json(value)) for value in (one.before, one.after))
    return f"{one.path}: {before} -> {after}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and "$ref" in value:
        return f"-> {value['$ref']}"
    shown = dumps(value)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
