"""How a failed command is reported: sentences for people, JSON for programs."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.cli.output import Invocation, counted, print_error, print_json
from engine.cli.render.diagnostics import diagnostics_json
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.model.diagnostic import Diagnostic


def show(
    invocation: Invocation,
    code: int,
    message: str,
    *,
    diagnostics: Sequence[Diagnostic] = (),
    log: str = "",
) -> int:
    """With `--output json`, print the failure with what had been done by then. Returns the exit code."""
    if invocation.json:
        shown: dict[str, Any] = {}
        if invocation.report is not None:
            from engine.cli.render.report.json import report_json

            shown = report_json(invocation.report)
        shown |= {"exit": code, "error": message, "diagnostics": diagnostics_json(diagnostics)}
        print_json({**shown, "log": log} if log else shown)
    return code


def print_mistakes(error: ConfigError) -> None:
    """Print every mistake at its place, or the message alone if no place is known."""
    if not error.diagnostics:
        print_error(f"sync: {error}")
    for diagnostic in error.diagnostics:
        print_error(str(diagnostic))
    if len(error.diagnostics) > 1:
        print_error(
            counted(sum(diagnostic.severity == "error" for diagnostic in error.diagnostics), "mistake")
        )


def log_bug() -> str:
    """Write the traceback to a file for the bug report; returns the file's name."""
    text = " ".join(["sync", *sys.argv[1:]]) + "\n" + traceback.format_exc()
    try:
        handle, name = tempfile.mkstemp(prefix="sync-bug-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:  # the disk is full or there is no folder: use the working directory
        print_error(text)
        return "the lines above"
    return name
