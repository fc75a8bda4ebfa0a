"""One diagnostic: where in a file, what is wrong, and what to try."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.model.steering import visible_line


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns start at 1; `length` counts characters of that line."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Span("")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning: its place, a stable code, what was expected and found, what to try."""

    span: Span
    code: str
    message: str
    hint: str = ""
    severity: str = "error"  # error | warning
    rows: Sequence[str] = field(default=(), repr=False, compare=False)  # of the file, for the excerpt

    @property
    def excerpt(self) -> str:
        """The source line, as it is in the file."""
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
        return "\n".join(visible_line(line) for line in lines)


def _window(row: str, column: int, width: int = 120) -> tuple[str, int]:
    """The part of a long line around a column; and the column in it."""
    start = max(0, min(column - width // 2, len(row) - width))
    return row[start : start + width], column - start


def _cells(text: str) -> int:
    """The width of a text on a terminal: emoji and Han take two cells, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in visible_line(text)
    )
