"""Mistakes in files: collected, located and kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.model.advice import did_you_mean
from engine.model.diagnostic import Diagnostic, Span
from engine.model.errors import ConfigError

_LONGEST = 600
# A file with more unknown names than that is no typing slip, and guessing takes time: so many of them, held
# against so many known ones altogether.
_GUESSES, _COMPARED = 200, 50_000


def _short(text: str) -> str:
    """A message may quote what stands in the file, which may be of any length."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


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
