"""Replace open references by the target's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.model.payload import Ref


def resolve(body: Mapping[str, Any], known: Callable[[Ref], Any]) -> dict[str, Any]:
    """The body with every reference replaced by what `known` returns, e.g. `{"ContactID": …}`.

    A reference for which `known` returns None stays open.
    """
    resolved: dict[str, Any] = _resolve(body, known)
    return resolved


def _resolve(value: Any, known: Callable[[Ref], Any]) -> Any:
    if isinstance(value, Ref):
        reference = known(value)
        return value if reference is None else reference
    if isinstance(value, Mapping):
        return {name: _resolve(member, known) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_resolve(item, known) for item in value]
    return value
