"""How a failed command is reported: sentences for people, JSON for programs."""

from __future__ import annotations

import io
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.output import Invocation, counted, plain, print_error, print_json
from engine.cli.render.diagnostics import diagnostics_json
from engine.model.errors import ConfigError
from engine.model.private_files import private_file

if TYPE_CHECKING:
    from click import ClickException

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


def print_usage(error: ClickException) -> None:
    """Print what is wrong with the arguments, which may hold anything, as click words it."""
    shown = io.StringIO()
    error.show(shown)
    print_error(shown.getvalue().rstrip("\n"))


def log_bug() -> str:
    """Write the traceback to a file for the bug report, for its owner only; returns the file's name."""
    text = plain(" ".join(["sync", *sys.argv[1:]]) + "\n" + traceback.format_exc())
    try:
        folder = Path(tempfile.mkdtemp(prefix="sync-bug-"))  # 0700
        file = private_file(folder / f"{folder.name}.log")
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:  # the disk is full, or there is no folder for temporary files
        print_error(text)
        return "the lines above"
    return str(file)
