"""Mask personal data but keep its form, so that mappings treat it the same way.

Letters become x, digits 0; blanks, punctuation and length stay. An e-mail address remains an e-mail address,
and a name that is too long remains too long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.model.schema import Type


def masked(
    values: Mapping[str, Any], type_: Type, keep: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], list[str]]:
    """The values with personal fields masked, except those in `keep`; and the names of the masked fields."""
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
    return "".join(_mask(char) for char in text)


def _mask(char: str) -> str:
    if char.isdigit():
        return "0"
    if not char.isalpha():
        return char
    return "X" if char.isupper() else "x"
