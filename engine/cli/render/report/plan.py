"""The changes of a plan as text, field by field; each item of a list is one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.cli.render.values import plain_json
from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Difference, Unchanged, Update
from engine.model.payload import ActionRequest
from engine.sdk.wire import dumps

LONGEST = 100  # characters of one value


Requested = Mapping[tuple[str, Address], Sequence[ActionRequest]]


def plan_text(changes: Sequence[Change], requested: Requested) -> Iterator[str]:
    """Each change with its fields and the actions that follow; what is unchanged, held or skipped is counted
    elsewhere.
    """
    for change in changes:
        match change:
            case Create(payload):
                yield f"\n+ create {payload.mapping}  {_label(payload.title, payload.address)}"
                yield from _fields(payload.body)
                actions = requested.get((payload.mapping, payload.address), ())
                yield from (f"    then {_action(action)}" for action in actions)
            case Update(payload, target_id, differences):
                yield f"\n~ update {payload.mapping}  {_label(payload.title, payload.address)}  ({target_id})"
                yield from (f"    {difference_text(difference)}" for difference in differences)
            case Unchanged(payload, target_id, differences) if differences:
                label = _label(payload.title, payload.address)
                yield f"\n= left as sent {payload.mapping}  {label}  ({target_id}); the present rules give"
                yield from (f"    {difference_text(difference)}" for difference in differences)
            case Adopt(payload, target_id, differences, held=held):
                label = _label(payload.title, payload.address)
                yield f"\n= adopt {payload.mapping}  {label}  (already there as {target_id})"
                if held is not None:
                    yield f"    nothing is sent to it: {held.reason}"
                    continue
                yield from (f"    {difference_text(difference)}" for difference in differences)


def _action(action: ActionRequest) -> str:
    return action.verb if action.to is None else f"{action.verb} to {_value(plain_json(action.to))}"


def difference_text(difference: Difference) -> str:
    before, after = (_value(plain_json(value)) for value in (difference.before, difference.after))
    return f"{difference.path}: {before} -> {after}"


def _label(title: str, address: object) -> str:
    return f"{title}  {address}" if title else str(address)


def _fields(body: Mapping[str, Any]) -> Iterator[str]:
    rows = list(_rows(plain_json(body)))
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        yield f"    {name:<{width}}  {value}"


def _rows(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            yield from ((f"{name}[{index}]", _item(item)) for index, item in enumerate(value))
        else:
            yield name, _value(value)


def _item(item: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in item.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and "$ref" in value:
        return f"-> {value['$ref']}"
    text = dumps(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
