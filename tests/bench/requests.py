"""What pushing many invoices costs: requests to both systems beside the smallest number, time and memory.

Both sandboxes run in a process of their own, so that memory and time are the program's. The second run finds
nothing to do; its requests are what a quarter of an hour costs when nothing happened.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.configs import ROOT
from tests.e2e.program import SECRETS
from tests.e2e.systems import Systems, served

BATCH = 50  # documents or contacts in one request to Xero
LIMITS = {"minute_limit": 1_000_000, "day_limit": 1_000_000}  # so that no run waits for a window to pass
PAGES = "limit: 1000"  # what PSOhub shows of its queue at once


def measure(*, sizes: tuple[int, ...] = (1_000, 10_000)) -> Iterator[dict[str, Any]]:
    for invoices in sizes:
        yield _measure(invoices, max(1, invoices // 10))


def measure_long() -> Iterator[dict[str, Any]]:
    yield from measure(sizes=(50_000,))


def _measure(invoices: int, customers: int) -> dict[str, Any]:
    psohub = {"invoices": invoices, "customers": customers}
    with TemporaryDirectory() as name, served(Path(name), psohub=psohub, xero=LIMITS) as systems:
        settings = {"auto_send": False}
        config = systems.config(Path(name), settings=settings, more=PAGES, timeout=300)
        systems.reset()
        seconds, megabytes = _run(config)
        first = _counts(systems)
        systems.reset()
        again_seconds, _ = _run(config)
        again = _counts(systems)
    minimum = ceil(invoices / BATCH) + ceil(customers / BATCH)
    to_psohub, to_xero = (
        first["psohub_writes"] + first["psohub_reads"],
        first["xero_writes"] + first["xero_reads"],
    )
    return {
        "bench": "requests",
        "invoices": invoices,
        "customers": customers,
        **first,
        "psohub_minimum": invoices,
        "psohub_percent_over": round(100 * (to_psohub - invoices) / invoices, 1),
        "xero_minimum": minimum,
        "xero_percent_over": round(100 * (to_xero - minimum) / minimum, 1),
        "seconds": round(seconds, 1),
        "ms_per_invoice": round(1000 * seconds / invoices, 1),
        "megabytes": megabytes,
        "again_requests": sum(again.values()),
        "again_seconds": round(again_seconds, 1),
    }


def _run(config: Path) -> tuple[float, int]:
    """Seconds and megabytes of `sync run` as a process of its own."""
    start = time.perf_counter()
    environment = {**os.environ, **SECRETS, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.bench.measured", str(config)]
    ran = subprocess.run(
        command, env=environment, cwd=config.parent, check=True, capture_output=True, text=True
    )
    return time.perf_counter() - start, int(json.loads(ran.stdout)["megabytes"])


def _counts(systems: Systems) -> dict[str, int]:
    """Requests by system and kind; signing in counts as reading."""
    counts: dict[str, int] = {}
    for name in ("psohub", "xero"):
        log, writes = systems.log(name), systems.writes(name)
        counts |= {f"{name}_writes": len(writes), f"{name}_reads": len(log) - len(writes)}
    return counts


def megabytes() -> int:
    """The most memory that this process has had."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // (1024 if sys.platform != "darwin" else 1024 * 1024)
