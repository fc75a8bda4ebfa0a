"""One run in this process, and the requests that Xero's sandbox received."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx2 as httpx

from engine.model.report import RunReport
from engine.passes.run import run
from engine.workspace import load_project, open_workspace


def counted_run(config: Path) -> dict[str, Any]:
    """Run a config on its sandboxes; gives its report and how often Xero was read and written."""
    project = load_project(config)
    report = RunReport("run", project.config.name)
    with open_workspace(project) as workspace:
        start = time.perf_counter()
        context = workspace.context(report)
        report.run = workspace.ledger.runs.start("run", "bench")
        run(context)
        seconds = time.perf_counter() - start
        context.count_requests()
        log = _log(workspace.systems["xero"])
    writes = [one for one in log if one["method"] in ("PUT", "POST") and "/api.xro/" in one["path"]]
    reads = [one for one in log if one["method"] == "GET"]
    return {
        "report": report,
        "writes": len(writes),
        "reads": len(reads),
        "written": [one["path"] for one in writes],
        "seconds": round(seconds, 2),
    }


def _log(system: Any) -> list[dict[str, Any]]:
    origin = str(system.source.settings.api_url)
    with httpx.Client(trust_env=False) as client:
        found: list[dict[str, Any]] = client.get(f"{origin}/_sandbox/requests").json()
    return [one for one in found if not one["path"].startswith("/_sandbox")]
