"""`sync status`: what the ledger knows. Asks no system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import print_json, print_text

if TYPE_CHECKING:
    from engine.ledger import RunRow

RECENT_RUNS = 10


@click.command("status")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Show links per mapping, held records, unconfirmed writes, recent runs and remaining quotas.

    Reads the ledger only, and asks no system.
    """
    from engine.cli.render.held import held_json
    from engine.cli.render.status import status_text
    from engine.ledger import open_ledger
    from engine.workspace import load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger, read_only=True)
    try:
        runs, unreadable = ledger.runs.last(RECENT_RUNS)
        status: dict[str, Any] = {
            "config": project.config.name,
            "ledger": project.config.ledger,
            "links": ledger.links.counts(),
            "held": [held_json(row) for row in ledger.held.rows()],
            "begun": len(ledger.batches.unfinished()),
            "runs": [_run(row) for row in runs],
            "unreadable_runs": unreadable,
            "quotas": next((row.report["quotas"] for row in runs if "quotas" in row.report), {}),
        }
    finally:
        ledger.close()
    if output == "json":
        print_json(status)
    else:
        print_text("\n".join(status_text(status, config)))
    return 0


def _run(row: RunRow) -> dict[str, Any]:
    return {
        "run": row.id,
        "command": row.command,
        "started": row.started.isoformat(),
        "ended": row.ended.isoformat() if row.ended else None,
        "exit": row.exit_code,
        "error": row.report.get("error", ""),
    }
