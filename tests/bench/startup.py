"""What a command costs before it does anything: whole processes, the median of seven."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.configs import ROOT


def measure(*, rounds: int = 7) -> Iterator[dict[str, Any]]:
    commands = {
        "python": ["-c", "pass"],
        "help": ["-m", "engine", "--help"],
        "check": ["-m", "engine", "check"],
    }
    commands["check"].append(str(ROOT / "configs" / "acme.yaml"))
    figures = {name: _milliseconds(arguments, rounds) for name, arguments in commands.items()}
    yield {"bench": "startup_ms", **figures}


def _milliseconds(arguments: list[str], rounds: int) -> int:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return round(median(seconds) * 1000)
