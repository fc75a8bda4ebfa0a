"""`sync test`: test the connection to each system; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import print_json, print_text
from engine.model.errors import SignInError, UnavailableError

if TYPE_CHECKING:
    from engine.sdk.system import Finding, System
    from engine.workspace import Project

SETTING = "setting"  # code of a setting whose value the system does not have
# In the order in which a person has to act: sign in, then wait, then ask why a request was rejected.
EXITS_BY_CODE = {"sign_in": SignInError.exit_code, "unavailable": UnavailableError.exit_code}


@click.command("test")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Test the connection to each system, and show the system's own message if it fails. Reads only."""
    from engine.workspace import load_project, unopened_systems

    project = load_project(config)
    rows = [_row(name, opening, project) for name, opening in unopened_systems(project).items()]
    if output == "json":
        print_json({"systems": rows})
    else:
        for row in rows:
            print_text(f"{row['system']}: {_verdict(row)}")
            for finding in row["findings"]:
                print_text(f"  {finding['code']}: {finding['message']}")
    return _exit_code([finding["code"] for row in rows for finding in row["findings"]])


def _row(name: str, opening: AbstractContextManager[System], project: Project) -> dict[str, Any]:
    from engine.sdk.system import Finding

    try:
        with opening as system:
            findings = list(system.source.check()) or list(_unknown_choices(name, system, project))
    except (SignInError, UnavailableError) as error:
        findings = [Finding.from_error(error)]
    rows = [{"code": finding.code, "message": finding.message} for finding in findings]
    return {"system": name, "ok": not rows, "findings": rows}


def _unknown_choices(name: str, system: System, project: Project) -> Iterator[Finding]:
    """The settings whose values this system does not have."""
    from engine.model.record import Record
    from engine.sdk.system import Finding

    for choice in project.live_choices:
        if choice.stream.system == name:
            entries = system.source.read(choice.stream.stream)
            rows = [entry.values for entry in entries if isinstance(entry, Record)]
            for fault in choice.faults(rows, project.streams[choice.stream]):
                yield Finding(SETTING, fault)


def _verdict(row: dict[str, Any]) -> str:
    codes = {finding["code"] for finding in row["findings"]}
    if codes == {SETTING}:
        return "the connection works, but a setting does not fit"
    return "the connection does not work" if codes else "the connection works"


def _exit_code(codes: list[str]) -> int:
    for code, exit_code in EXITS_BY_CODE.items():
        if code in codes:
            return exit_code
    return 1 if codes else 0
