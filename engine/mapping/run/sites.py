"""Places in a program that may refuse a record, and the refusals themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Site:
    code: str
    where: str  # file:line:column
    label: str  # LineItems[].AccountCode
    text: str = ""  # the expression, as it is written
    detail: Any = None

    def path(self, indexes: tuple[int, ...]) -> str:
        """The place in the payload, with the positions in its lists."""
        pieces = self.label.split("[]")
        out = pieces[0]
        for depth, piece in enumerate(pieces[1:]):
            out += (f"[{indexes[depth]}]" if depth < len(indexes) else "[]") + piece
        return out


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason, found while a record was mapped."""

    site: Site
    indexes: tuple[int, ...]
    message: str

    @property
    def text(self) -> str:
        path = self.site.path(self.indexes)
        return f"{path}: {self.message}" if path else self.message


def shown(value: Any, length: int = 60) -> str:
    """A value for people: text in quotes, long text cut."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= length else f'"{value[:length]}…"'
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "absent"
    if isinstance(value, dict):
        return "an object"
    return f"a list of {len(value)}" if isinstance(value, list | tuple) else str(value)[:length]
