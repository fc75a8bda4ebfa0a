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
            "file": one.span.file,
            "line": one.span.line,
            "column": one.span.column,
            "length": one.span.length,
            "code": one.code,
            "severity": one.severity,
            "message": one.message,
            "hint": one.hint,
        }
        for one in diagnostics
    ]
