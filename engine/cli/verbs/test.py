"""`sync test`: test the connection to each system; reads only."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import print_json, print_text
from engine.model.errors import SignInError, UnavailableError

if TYPE_CHECKING:
    from engine.sdk.system import System

# In the order in which a person has to act: sign in, then wait, then ask why a request was rejected.
EXITS_BY_CODE = {"sign_in": SignInError.exit_code, "unavailable": UnavailableError.exit_code}


@click.command("test")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Test the connection to each system, and show the system's own message if it fails. Reads only."""
    from engine.workspace import load_project, unopened_systems

    project = load_project(config)
    rows = [_row(name, opening) for name, opening in unopened_systems(project).items()]
    if output == "json":
        print_json({"systems": rows})
    else:
        for row in rows:
            print_text(f"{row['system']}: the connection " + ("works" if row["ok"] else "does not work"))
            for finding in row["findings"]:
                print_text(f"  {finding['code']}: {finding['message']}")
    return _exit_code([finding["code"] for row in rows for finding in row["findings"]])


def _row(name: str, opening: AbstractContextManager[System]) -> dict[str, Any]:
    from engine.sdk.system import Finding

    try:
        with opening as system:
            findings = list(system.source.check())
    except (SignInError, UnavailableError) as error:
        findings = [Finding.from_error(error)]
    rows = [{"code": finding.code, "message": finding.message} for finding in findings]
    return {"system": name, "ok": not rows, "findings": rows}


def _exit_code(codes: list[str]) -> int:
    for code, exit_code in EXITS_BY_CODE.items():
        if code in codes:
            return exit_code
    return 1 if codes else 0
