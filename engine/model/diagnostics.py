"""Mistakes in files: collected, located and kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.model.errors import ConfigError

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_GUESSES = 200  # a file with more unknown names than that is no typing slip, and guessing takes time


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns count from 1; `length` is in characters of that line."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: where, a stable code, what was found and expected, what to try."""

    span: Span
    code: str
    message: str
    hint: str = ""
    severity: str = "error"  # error | warning
    excerpt: str = ""  # the source line, as it stands in the file

    def __str__(self) -> str:
        head = f"{self.span}: {self.severity}[{self.code}] {self.message}"
        lines = [head]
        if self.excerpt:
            gutter = f"{self.span.line:>6} | "
            row, column = _window(self.excerpt, self.span.column - 1)
            carets = " " * column + "^" * max(1, min(self.span.length, len(row) - column))
            lines += [f"{gutter}{row}", " " * (len(gutter) - 2) + f"| {carets}"]
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        # What a file says reaches terminals and logs: no character of it may steer them.
        return "\n".join(_CONTROL.sub(" ", line) for line in lines)


def _window(row: str, column: int, width: int = 120) -> tuple[str, int]:
    """The part of a long line around a column, tabs and the like as one space, and the column in it."""
    row = _CONTROL.sub(" ", row)
    if len(row) <= width:
        return row, column
    start = max(0, min(column - width // 2, len(row) - width))
    return row[start : start + width], column - start


@dataclass(slots=True)
class Diagnostics:
    """Collects what a pass finds; `raise_if_errors` shows all of it at once."""

    found: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, list[str]] = field(default_factory=dict)  # file -> its lines, for excerpts

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
        guess = did_you_mean(*near) if near and len(self.found) < _GUESSES else ""
        lines = self.sources.get(span.file, [])
        excerpt = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
        self.found.append(
            Diagnostic(span, code, message, "; ".join(filter(None, (guess, hint))), severity, excerpt)
        )

    @property
    def errors(self) -> list[Diagnostic]:
        return [one for one in self.found if one.severity == "error"]

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self.found, key=lambda one: (one.span, one.code)))

    def raise_if_errors(self) -> None:
        if self.errors:
            raise ConfigError(
                "the files have mistakes", sorted(self.found, key=lambda one: (one.span, one.code))
            )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence naming the closest known words, or what there is where nothing is close."""
    names = sorted({str(name) for name in known})
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold(), list(folded), n=2, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(f'"{folded[name]}"' for name in close) + "?"
    if names and len(names) <= 12:
        return "there is " + ", ".join(names)
    return ""
