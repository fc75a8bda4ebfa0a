"""The program as tests run it, as a function or in a process of its own. Shared by cli tests and drills."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.e2e.in_process import run_main

ROOT = Path(__file__).parents[2]
PACK = ROOT / "mappings" / "psohub-xero"
# Long enough to be looked for in everything that is ever printed.
SECRETS = {"PSOHUB_TOKEN": "psohub-token-that-nobody-sees", "XERO_SECRET": "xero-secret-that-nobody-sees"}
TIMEOUT = 120


@dataclass(frozen=True, slots=True)
class Result:
    """How the program ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else; decimals are exact."""
        return json.loads(self.out, parse_float=Decimal)


@dataclass(slots=True)
class Program:
    """The command line, run in a folder that belongs to one test."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, **env: str) -> Result:
        """Call the command line as a function."""
        assert not any(name.startswith("PYTHON") for name in env), (
            "Python reads these as it starts: use `process`"
        )
        return checked(*run_main([*map(str, arguments)], self.folder, self.environment(**env)))

    def process(self, *arguments: str | Path, module: str = "engine", **env: str) -> Result:
        """Run a module in a process of its own until it ends."""
        with self.started(*arguments, module=module, **env) as process:
            out, err = process.communicate(timeout=TIMEOUT)
        return checked(process.returncode, out, err)

    @contextmanager
    def started(
        self, *arguments: str | Path, module: str = "engine", **env: str
    ) -> Iterator[subprocess.Popen[str]]:
        """The program while it runs; killed, with all that it started, if it is still there at the end."""
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(**env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def environment(self, **env: str) -> dict[str, str]:
        """Secrets are set and warnings are errors, unless a test says otherwise; empty takes a name away."""
        # A pytest that is started from here must not take itself for a worker of the one that runs.
        given = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        given |= {"PYTHONWARNINGS": "error", "TMPDIR": str(self.folder), **SECRETS, **self.env, **env}
        return {name: value for name, value in given.items() if value != ""}


def checked(code: int, out: str, err: str) -> Result:
    """What was said, after a look whether a secret slipped out: none ever may, whatever is tested."""
    for text in (out, err):
        for secret in SECRETS.values():
            assert secret not in text, f"a secret was printed: {text}"
        assert not re.search(r"\beyJ[\w-]{20,}", text), f"an access token was printed: {text}"
    return Result(code, out, err)
