"""Collect the diagnostics of files, so that all are shown at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.model.advice import did_you_mean
from engine.model.diagnostic import Diagnostic, Span
from engine.model.errors import ConfigError
from engine.model.redact import redacted

_LONGEST = 600
# A file with more diagnostics than this is not just misspelt, and guessing takes time.
_MAX_GUESSES, _MAX_COMPARED = 200, 50_000


def _short(text: str) -> str:
    """Shorten a message: it may quote the file, which may contain text of any length."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


@dataclass(slots=True)
class Diagnostics:
    """Collects errors and warnings; `raise_if_errors` reports all of them at once."""

    reported: list[Diagnostic] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)  # those of `reported` that are errors
    sources: dict[str, list[str]] = field(default_factory=dict)  # file -> its lines, for excerpts
    compared: int = 0  # known names that unknown ones were compared with

    @property
    def may_suggest(self) -> bool:
        """Whether looking for the intended word is still worth the time."""
        return len(self.reported) < _MAX_GUESSES and self.compared < _MAX_COMPARED

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        hint: str = "",
        near: tuple[str, Iterable[str]] | None = None,
    ) -> None:
        """Report an error. `near`, (the word found, the known words), adds a did-you-mean to the hint."""
        self._add("error", code, span, message, hint, near)

    def warning(self, code: str, span: Span, message: str, *, hint: str = "") -> None:
        self._add("warning", code, span, message, hint, None)

    def _add(
        self,
        severity: str,
        code: str,
        span: Span,
        message: str,
        hint: str,
        near: tuple[str, Iterable[str]] | None,
    ) -> None:
        guess = ""
        if near and self.may_suggest:
            word, known = near[0], list(near[1])
            self.compared += len(known)
            guess = did_you_mean(word, known)
        hint = "; ".join(filter(None, (guess, hint)))
        rows = self.sources.get(span.file, ())
        message, hint = _short(redacted(message)), _short(redacted(hint))
        diagnostic = Diagnostic(span, code, message, hint, severity, rows)
        self.reported.append(diagnostic)
        if severity == "error":
            self.errors.append(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.sorted())

    def sorted(self) -> list[Diagnostic]:
        """All of them, in the order of their places."""
        return sorted(self.reported, key=lambda diagnostic: (diagnostic.span, diagnostic.code))

    def raise_if_errors(self) -> None:
        if self.errors:
            raise ConfigError("the files have mistakes", self.sorted())
