"""One mistake in a file: where, what, and what to try."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

# Control characters, line breaks, marks that turn the direction of writing, and the invisible BOM.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns count from 1; `length` is in characters of that line."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Span("")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: where, a stable code, what was found and expected, what to try."""

    span: Span
    code: str
    message: str
    hint: str = ""
    severity: str = "error"  # error | warning
    rows: Sequence[str] = field(default=(), repr=False, compare=False)  # of the file, to show one

    @property
    def excerpt(self) -> str:
        """The source line, as it stands in the file."""
        return self.rows[self.span.line - 1] if 0 < self.span.line <= len(self.rows) else ""

    def __str__(self) -> str:
        lines = [f"{self.span}: {self.severity}[{self.code}] {self.message}"]
        if self.excerpt:
            gutter = f"{self.span.line:>6} | "
            row, column = _window(self.excerpt, self.span.column - 1)
            marked = row[column : column + max(1, self.span.length)]
            carets = " " * _cells(row[:column]) + "^" * max(1, _cells(marked))
            lines += [f"{gutter}{row}", " " * (len(gutter) - 2) + f"| {carets}"]
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        # What a file says reaches terminals and logs: no character of it may steer them.
        return "\n".join(_CONTROL.sub(" ", line) for line in lines)


def _window(row: str, column: int, width: int = 120) -> tuple[str, int]:
    """The part of a long line around a column, tabs and the like as one space, and the column in it."""
    start = max(0, min(column - width // 2, len(row) - width))
    return _CONTROL.sub(" ", row[start : start + width]), column - start


def _cells(text: str) -> int:
    """How wide a text is on a terminal: emoji and Han take two cells, combining marks none."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )
