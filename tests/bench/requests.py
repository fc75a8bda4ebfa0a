"""Requests to Xero for 1,000 invoices of 100 customers, and the smallest possible number of writes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.configs import write_config
from tests.bench.counting import counted_run

BATCH = 50


def measure(*, invoices: int = 1000, customers: int = 100) -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        config = write_config(Path(folder), invoices=invoices, customers=customers)
        first = counted_run(config)
        again = json.loads(_sync("run", str(config), "--output", "json"))
    yield {
        "bench": "requests",
        "invoices": invoices,
        "xero_writes": first["writes"],
        "xero_reads": first["reads"],
        "minimum": ceil(invoices / BATCH) + ceil(customers / BATCH),
        "seconds": first["seconds"],
        "second_run": again["requests"]["xero"],
    }


def _sync(*arguments: str) -> str:
    command = [sys.executable, "-m", "engine", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
