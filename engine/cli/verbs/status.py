"""`sync status`: what the ledger knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import counted, say, say_json

if TYPE_CHECKING:
    from engine.ledger import RunRow

MOST_ROWS = 5  # of each cause; `sync held` has them all
ENDED = {
    0: "done",
    1: "something was held or had drifted",
    2: "a file was wrong",
    3: "a bug of ours",
    4: "somebody must sign in again",
    5: "stopped by the limits",
    6: "the other side was not available",
    130: "interrupted",
}


@click.command("status")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Links per mapping, what is held, what is not settled, the last runs and the last known quotas."""
    from engine.cli.render.held import held_json
    from engine.ledger import open_ledger
    from engine.workspace import load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger, read_only=True)
    try:
        runs = ledger.runs.last(10)
        shown: dict[str, Any] = {
            "config": project.config.name,
            "ledger": project.config.ledger,
            "links": ledger.links.counts(),
            "held": [held_json(row) for row in ledger.held.rows()],
            "begun": len(ledger.batches.unfinished()),
            "runs": [_run(row) for row in runs],
            "quotas": next((row.report["quotas"] for row in runs if "quotas" in row.report), {}),
        }
    finally:
        ledger.close()
    if output == "json":
        say_json(shown)
    else:
        say("\n".join(_text(shown, config)))
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


def _text(shown: Mapping[str, Any], config: Path) -> Iterator[str]:
    yield f"{shown['config']}: {shown['ledger']}"
    yield from ("", "  linked" if shown["links"] else "  nothing is linked yet")
    width = max(map(len, shown["links"]), default=0)
    for name, count in shown["links"].items():
        yield f"    {name:<{width}}  {count:>7,}"
    yield from ("", *_waiting(shown, config))
    if shown["runs"]:
        yield from ("", "  last runs, times in UTC", *map(_run_text, shown["runs"]))
    quotas = [(name, found) for name, found in shown["quotas"].items() if found]
    if quotas:
        yield from ("", "  left of the limits, as last heard")
        for name, found in quotas:
            yield f"    {name}: " + ", ".join(f"{key} {value}" for key, value in found.items())


def _waiting(shown: Mapping[str, Any], config: Path) -> Iterator[str]:
    from engine.cli.render.held import grouped

    held, begun = shown["held"], shown["begun"]
    yield f"  held: {len(held):,}; `sync held {config}` has it all" if held else "  nothing is held"
    yield from grouped(held, "    ", MOST_ROWS)
    if begun:
        them = "it" if begun == 1 else "them"
        yield f"  not settled: {counted(begun, 'batch', 'batches')}; the next push finishes {them} first"


def _run_text(row: Mapping[str, Any]) -> str:
    started = row["started"][:19].replace("T", " ")
    if row["ended"] is None:
        return f"    {started}  {row['command']:<9}       not ended: it is under way, or it was killed"
    said = row["error"] or ENDED.get(row["exit"], "")
    return f"    {started}  {row['command']:<9}  {row['exit']:>3}  {said}"
