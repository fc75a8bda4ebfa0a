"""How a command that could not be carried out is told of: a sentence for people, JSON for programs."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.cli.output import Told, complain, counted, say_json
from engine.cli.render.diagnostics import diagnostics_json
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.model.diagnostic import Diagnostic


def show(told: Told, code: int, said: str, *, diagnostics: Sequence[Diagnostic] = (), log: str = "") -> int:
    """With `--output json` the failure, beside what had been done by then. Gives the exit code."""
    if told.json:
        shown: dict[str, Any] = {}
        if told.report is not None:
            from engine.cli.render.report.json import report_json

            shown = report_json(told.report)
        shown |= {"exit": code, "error": said, "diagnostics": diagnostics_json(diagnostics)}
        say_json({**shown, "log": log} if log else shown)
    return code


def complain_of(error: ConfigError) -> None:
    """Every mistake at its place, or the one sentence where there is no place."""
    if not error.diagnostics:
        complain(f"sync: {error}")
    for one in error.diagnostics:
        complain(str(one))
    if len(error.diagnostics) > 1:
        complain(counted(sum(one.severity == "error" for one in error.diagnostics), "mistake"))


def log_bug() -> str:
    """Write down how the program failed, for whoever mends it; gives the file's name."""
    said = " ".join(["sync", *sys.argv[1:]]) + "\n" + traceback.format_exc()
    try:
        handle, name = tempfile.mkstemp(prefix="sync-bug-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(said)
    except OSError:  # no room, no folder: then here, rather than nowhere
        complain(said)
        return "the lines above"
    return name
