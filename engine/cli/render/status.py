"""The status of a ledger as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.cli.exits import EXITS
from engine.cli.output import counted
from engine.cli.render.held import grouped

MOST_ROWS = 5  # of each cause; `sync held` lists them all


def status_text(status: Mapping[str, Any], config: Path) -> Iterator[str]:
    yield f"{status['config']}: {status['ledger']}"
    yield from ("", "  links" if status["links"] else "  no links yet")
    width = max(map(len, status["links"]), default=0)
    for name, count in status["links"].items():
        yield f"    {name:<{width}}  {count:>7,}"
    yield from ("", *_waiting(status, config))
    if status["runs"]:
        yield from ("", "  recent runs (UTC)", *map(_run_text, status["runs"]))
    if unreadable := status["unreadable_runs"]:
        yield f"  left out, as the ledger is damaged there: {counted(unreadable, 'recent run')}"
    quotas = [(name, quota) for name, quota in status["quotas"].items() if quota]
    if quotas:
        yield from ("", "  quotas left, as last reported")
        for name, quota in quotas:
            yield f"    {name}: " + ", ".join(f"{key} {value}" for key, value in quota.items())


def _waiting(status: Mapping[str, Any], config: Path) -> Iterator[str]:
    held, unfinished = status["held"], status["begun"]
    yield f"  held: {len(held):,}; `sync held {config}` lists all" if held else "  nothing is held"
    yield from grouped(held, "    ", MOST_ROWS)
    if unfinished:
        them = "it" if unfinished == 1 else "them"
        batches = counted(unfinished, "batch", "batches")
        yield f"  unconfirmed: {batches}; the next push completes {them} first"


def _run_text(run: Mapping[str, Any]) -> str:
    started = run["started"][:19].replace("T", " ")
    if run["ended"] is None:
        return f"    {started}  {run['command']:<9}       still running, or killed"
    outcome = run["error"] or EXITS.get(run["exit"], "")
    return f"    {started}  {run['command']:<9}  {run['exit']:>3}  {outcome}"
