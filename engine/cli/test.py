"""`sync test`: ask the systems whether the connection works; read-only."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option


@click.command("test", short_help="ask the systems whether the connection works")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Ask every system whether the connection works; shows its own message where it does not."""
    from engine.sdk.wire import dumps
    from engine.workspace import load_project, opened_systems

    project = load_project(config)
    rows = []
    with opened_systems(project) as systems:
        for name, system in systems.items():
            findings = [{"code": one.code, "message": one.message} for one in system.check()]
            rows.append({"system": name, "ok": not findings, "findings": findings})
    if output == "json":
        click.echo(dumps({"systems": rows}, indent=2))
    else:
        for row in rows:
            click.echo(f"{row['system']}: " + ("the connection works" if row["ok"] else "it does not work"))
            for finding in row["findings"]:  # type: ignore[attr-defined]
                click.echo(f"  {finding['code']}: {finding['message']}")
    return 0 if all(row["ok"] for row in rows) else 4
