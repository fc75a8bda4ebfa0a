"""Values at dotted paths of a body, such as `Contact.ContactID`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def value_at(values: Any, path: str) -> Any:
    """The value at a path; None if there is none."""
    for name in path.split("."):
        values = values.get(name) if isinstance(values, Mapping) else None
    return values


def nested(path: str, value: Any) -> dict[str, Any]:
    """The value at its path: `{"Contact": {"ContactID": …}}`."""
    for name in reversed(path.split(".")):
        value = {name: value}
    body: dict[str, Any] = value
    return body


def with_value(values: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The values with one at a path replaced or added."""
    name, _, rest = path.partition(".")
    inner = values.get(name)
    member = with_value(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value
    return {**values, name: member}


def without(values: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """The values without those at some paths."""
    out = dict(values)
    for path in paths:
        name, _, rest = path.partition(".")
        if not rest:
            out.pop(name, None)
        elif isinstance(inner := out.get(name), Mapping):
            out[name] = without(inner, [rest])
    return out
