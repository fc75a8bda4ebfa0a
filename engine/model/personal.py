"""Personal data made unrecognisable, its form kept: what a mapping does with it stays the same.

Letters become x, digits 0; blanks, punctuation and length stay. So an e-mail address is still one, and a name
that is too long is still too long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.model.schema import Type


def masked(
    values: Mapping[str, Any], type_: Type, keep: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], list[str]]:
    """The values with every personal field masked but those of `keep`, and the dotted names of the masked."""
    names: dict[str, None] = {}
    out: dict[str, Any] = _masked(values, type_, "", keep, names)
    return out, list(names)


def _masked(value: Any, type_: Type, path: str, keep: frozenset[str], names: dict[str, None]) -> Any:
    if isinstance(value, Mapping):
        out = {}
        for name, member in value.items():
            field, inner = type_.fields.get(name), f"{path}.{name}" if path else name
            if field is None:
                out[name] = member
            elif field.personal and isinstance(member, str) and inner not in keep:
                names[inner] = None
                out[name] = mask(member)
            else:
                out[name] = _masked(member, field.type, inner, keep, names)
        return out
    if isinstance(value, list) and type_.of is not None:
        return [_masked(item, type_.of, path, keep, names) for item in value]
    return value


def mask(text: str) -> str:
    """One text, masked."""
    return "".join(_mask(one) for one in text)


def _mask(one: str) -> str:
    if one.isdigit():
        return "0"
    if not one.isalpha():
        return one
    return "X" if one.isupper() else "x"
