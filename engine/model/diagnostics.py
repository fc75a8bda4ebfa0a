"""Mistakes in files: collected, located and kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.model.advice import did_you_mean
from engine.model.errors import ConfigError

__all__ = ["NOWHERE", "Diagnostic", "Diagnostics", "Span", "did_you_mean"]

# Control characters, line breaks, marks that turn the direction of writing, and the invisible BOM.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_LONGEST = 600
# A file with more unknown names than that is no typing slip, and guessing takes time: so many of them, held
# against so many known ones altogether.
_GUESSES, _COMPARED = 200, 50_000


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


def _short(text: str) -> str:
    """A message may quote what stands in the file, which may be of any length."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def _cells(text: str) -> int:
    """How wide a text is on a terminal: emoji and Han take two cells, combining marks none."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


@dataclass(slots=True)
class Diagnostics:
    """Collects what a pass finds; `raise_if_errors` shows all of it at once."""

    found: list[Diagnostic] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)  # those of `found` that are no warnings
    sources: dict[str, list[str]] = field(default_factory=dict)  # file -> its lines, for excerpts
    compared: int = 0  # known names that unknown ones were held against

    @property
    def guessing(self) -> bool:
        """Whether it is still worth the time to look for what a wrong word stands for."""
        return len(self.found) < _GUESSES and self.compared < _COMPARED

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        hint: str = "",
        near: tuple[str, Iterable[str]] | None = None,
    ) -> None:
        """Note an error. `near` is (the word found, the words it might have been): gives a did-you-mean."""
        self._note("error", code, span, message, hint, near)

    def warning(self, code: str, span: Span, message: str, *, hint: str = "") -> None:
        self._note("warning", code, span, message, hint, None)

    def _note(
        self,
        severity: str,
        code: str,
        span: Span,
        message: str,
        hint: str,
        near: tuple[str, Iterable[str]] | None,
    ) -> None:
        guess = ""
        if near and self.guessing:
            word, known = near[0], list(near[1])
            self.compared += len(known)
            guess = did_you_mean(word, known)
        hint = "; ".join(filter(None, (guess, hint)))
        rows = self.sources.get(span.file, ())
        one = Diagnostic(span, code, _short(message), _short(hint), severity, rows)
        self.found.append(one)
        if severity == "error":
            self.errors.append(one)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.sorted())

    def sorted(self) -> list[Diagnostic]:
        """All of them, in the order in which they stand in the files."""
        return sorted(self.found, key=lambda one: (one.span, one.code))

    def raise_if_errors(self) -> None:
        if self.errors:
            raise ConfigError("the files have mistakes", self.sorted())
