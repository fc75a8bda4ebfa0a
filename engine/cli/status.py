"""`sync status`: what the ledger knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.cli.options import config_argument, output_option


@click.command("status", short_help="what the ledger knows: links, held, last runs")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Links per mapping, what is held, what is not settled, the last runs and the last known quotas."""
    from engine.ledger import open_ledger
    from engine.sdk.wire import dumps
    from engine.workspace import load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger)
    try:
        runs = ledger.runs(10)
        shown: dict[str, Any] = {
            "config": project.config.name,
            "ledger": project.config.ledger,
            "links": ledger.counts(),
            "held": [_held(row) for row in ledger.held()],
            "begun": len(ledger.begun_batches()),
            "runs": [_run(row) for row in runs],
            "quotas": next((row.report["quotas"] for row in runs if "quotas" in row.report), {}),
        }
    finally:
        ledger.close()
    click.echo(dumps(shown, indent=2) if output == "json" else _text(shown))
    return 0


def _held(row: Any) -> dict[str, Any]:
    return {
        "address": str(row.address),
        "mapping": row.mapping,
        "verb": row.verb,
        "code": row.code,
        "reason": row.reason,
        "where": row.where,
        "since": row.since.isoformat(),
        "title": row.title,
    }


def _run(row: Any) -> dict[str, Any]:
    return {
        "run": row.id,
        "command": row.command,
        "started": row.started.isoformat(),
        "ended": row.ended.isoformat() if row.ended else None,
        "exit": row.exit_code,
    }


def _text(shown: dict[str, Any]) -> str:
    lines = [f"{shown['config']}: {shown['ledger']}", ""]
    lines += [f"  {name:<16} {count} linked" for name, count in shown["links"].items()] or [
        "  nothing linked yet"
    ]
    lines.append(f"  {'held':<16} {len(shown['held'])}")
    lines += [
        f"    {row['address']}  {row['title']}  {row['code']}: {row['reason']}" for row in shown["held"]
    ]
    if shown["begun"]:
        lines.append(f"  {'not settled':<16} {shown['begun']} batches; the next push finishes them")
    if shown["runs"]:
        lines += ["", "  last runs"]
    for row in shown["runs"]:
        ended = f"exit {row['exit']}" if row["ended"] else "did not end"
        lines.append(f"    {row['started'][:19]}  {row['command']:<10} {ended}")
    for name, quotas in shown["quotas"].items():
        lines += [f"  {name}: {key} {value}" for key, value in quotas.items()]
    return "\n".join(lines)
