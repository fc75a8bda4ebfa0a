"""`sync check`: every mistake of every file, without network or secrets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument, output_option

if TYPE_CHECKING:
    from engine.model.diagnostics import Diagnostic


@click.command("check", short_help="read and compile the files, show every mistake")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Read and compile a config, its pack and its mappings, and show every mistake at once."""
    from engine.sdk.wire import dumps
    from engine.workspace import check_project

    _, found = check_project(config)
    if output == "json":
        click.echo(dumps({"diagnostics": as_rows(found)}, indent=2))
    else:
        for one in found:
            click.echo(str(one))
        errors, warnings = len(found.errors), len(found.found) - len(found.errors)
        click.echo(
            f"{config}: " + (f"{errors} errors, {warnings} warnings" if found.found else "no mistakes")
        )
    return 2 if found.errors else 0


def as_rows(found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
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
        for one in found
    ]
