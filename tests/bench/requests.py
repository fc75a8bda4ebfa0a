"""Requests to Xero for 1,000 invoices of 100 customers, beside the fewest that could do it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.configs import write_config
from tests.bench.counting import counted_run

INVOICES, CUSTOMERS, BATCH = 1000, 100, 50


def measure() -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        config = write_config(Path(folder), invoices=INVOICES, customers=CUSTOMERS)
        first = counted_run(config)
        again = json.loads(_sync("run", str(config), "--output", "json"))
    yield {
        "bench": "requests",
        "invoices": INVOICES,
        "xero_writes": first["writes"],
        "xero_reads": first["reads"],
        "minimum": INVOICES // BATCH + CUSTOMERS // BATCH,
        "seconds": first["seconds"],
        "second_run": again["requests"]["xero"],
    }


def _sync(*arguments: str) -> str:
    command = [sys.executable, "-m", "engine", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout
