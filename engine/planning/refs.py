"""Exchange open references for the target's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.model.payload import Ref


def resolve(body: Mapping[str, Any], known: Callable[[Ref], Any]) -> dict[str, Any]:
    """The body with every reference exchanged for what `known` gives, e.g. `{"ContactID": …}`.

    A reference for which `known` gives None stays open.
    """
    resolved: dict[str, Any] = _resolve(body, known)
    return resolved


def _resolve(value: Any, known: Callable[[Ref], Any]) -> Any:
    if isinstance(value, Ref):
        found = known(value)
        return value if found is None else found
    if isinstance(value, Mapping):
        return {name: _resolve(member, known) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_resolve(item, known) for item in value]
    return value
