"""`sync test`: ask the systems whether the connection works; read-only."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import say, say_json
from engine.model.errors import SignInError, UnavailableError

if TYPE_CHECKING:
    from engine.sdk.system import System

# What a person must do next decides: sign in before waiting, and either before asking why it was refused.
EXITS = {"sign_in": SignInError.exit_code, "unavailable": UnavailableError.exit_code}


@click.command("test")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Ask every system whether the connection works; shows its own message where it does not."""
    from engine.workspace import load_project, openings

    project = load_project(config)
    rows = [_row(name, opening) for name, opening in openings(project).items()]
    if output == "json":
        say_json({"systems": rows})
    else:
        for row in rows:
            say(f"{row['system']}: the connection " + ("works" if row["ok"] else "does not work"))
            for finding in row["findings"]:
                say(f"  {finding['code']}: {finding['message']}")
    return _exit([finding["code"] for row in rows for finding in row["findings"]])


def _row(name: str, opening: AbstractContextManager[System]) -> dict[str, Any]:
    from engine.sdk.system import Finding

    try:
        with opening as system:
            found = list(system.source.check())
    except (SignInError, UnavailableError) as error:
        found = [Finding.from_error(error)]
    findings = [{"code": one.code, "message": one.message} for one in found]
    return {"system": name, "ok": not findings, "findings": findings}


def _exit(codes: list[str]) -> int:
    for code, number in EXITS.items():
        if code in codes:
            return number
    return 1 if codes else 0
