"""Diagnostics as JSON rows, and problems that are shown as one line or as a diagnostic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.model.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record was not mapped: one line for people, a diagnostic for programs."""

    text: str
    diagnostic: Diagnostic


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Diagnostics as JSON rows."""
    return [
        {
            "file": diagnostic.span.file,
            "line": diagnostic.span.line,
            "column": diagnostic.span.column,
            "length": diagnostic.span.length,
            "code": diagnostic.code,
            "severity": diagnostic.severity,
            "message": diagnostic.message,
            "hint": diagnostic.hint,
        }
        for diagnostic in diagnostics
    ]
