"""A page of documentation as blocks; `markdown`, `html` and `terminal` render them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """Text quoted verbatim from a file or a payload."""

    text: str


Inline = str | Code
Cell = Sequence[Sequence[Inline]]  # lines of a cell


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    parts: Sequence[Inline]


@dataclass(frozen=True, slots=True)
class Bullets:
    rows: Sequence[Sequence[Inline]]


@dataclass(frozen=True, slots=True)
class Table:
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


Block = Heading | Paragraph | Bullets | Table
