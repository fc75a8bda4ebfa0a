"""`sync map --watch` while it runs: what it has said so far, waited for and never timed."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from tests.cli.books import Books
from tests.e2e.program import Program

PATIENCE = 60  # seconds; nobody should ever wait as long
TABLES = "tests/mappings/tables"


class Watcher:
    """The running program. `out` and `err` hold what was printed since the last `forget`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._said = {"out": "", "err": ""}
        self._more = threading.Condition()
        for name, stream in (("out", process.stdout), ("err", process.stderr)):
            threading.Thread(target=self._listen, args=(name, stream), daemon=True).start()

    def _listen(self, name: str, stream: IO[str]) -> None:
        for line in stream:
            with self._more:
                self._said[name] += line
                self._more.notify_all()

    @property
    def out(self) -> str:
        return self._said["out"]

    @property
    def err(self) -> str:
        return self._said["err"]

    def forget(self) -> None:
        with self._more:
            self._said.update(out="", err="")

    def until(self, there: Callable[[], Any]) -> Any:
        """Wait until what has been said is enough; gives what `there` gives."""
        end = time.monotonic() + PATIENCE
        with self._more:
            while not (found := there()):
                assert time.monotonic() < end, f"waited in vain; said so far:\n{self.out}\n{self.err}"
                self._more.wait(0.1)
        return found

    def says(self, *texts: str) -> None:
        """Wait until all of them have been printed, then forget what was."""
        self.until(lambda: all(one in self.out + self.err for one in texts))
        self.forget()

    def round(self, wanted: Callable[[Any], Any] = lambda one: True) -> Any:
        """With JSON: the next line that is wanted. What comes before it is passed over."""
        found = self.until(lambda: next((one for one in self._lines() if wanted(one)), None))
        self.forget()
        return found

    def _lines(self) -> Iterator[Any]:
        for line in self.out.splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line, parse_float=Decimal)

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextmanager
def started(sync: Program, *arguments: str | Path) -> Iterator[Watcher]:
    """`sync map … --watch`, killed at the end if it still runs."""
    with sync.started("map", *arguments, "--watch") as process:
        yield Watcher(process)


@contextmanager
def watching(books: Books, *options: str) -> Iterator[Watcher]:
    """The case of a working folder, watched; its first payload has been printed."""
    record = books.record.relative_to(books.folder)
    files = ("--record", record, "--tables", TABLES)
    with started(books.sync, books.config, "invoices", *files, *options) as watcher:
        if "json" in options:
            watcher.round()
        else:
            watcher.says('"Type": "ACCREC"', "Ctrl-C stops it")
        yield watcher


def seen_on_a_terminal(books: Books, begun: str, change: Callable[[Books], None], changed: str) -> str:
    """What a person sees of one change: up to `begun`, and from the change on up to `changed`."""
    ours, its = pty.openpty()
    record = str(books.record.relative_to(books.folder))
    arguments = ["map", books.config, "invoices", "--record", record, "--tables", TABLES, "--watch"]
    process = subprocess.Popen(
        [sys.executable, "-m", "engine", *arguments],
        cwd=books.folder,
        env=books.sync.environment(TERM="xterm-256color", COLUMNS="", NO_COLOR=""),
        stdin=its, stdout=its, stderr=its, start_new_session=True,
    )  # fmt: skip
    os.close(its)
    try:
        seen = _read_until(ours, begun)
        change(books)
        seen += _read_until(ours, changed)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        return seen
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read_until(terminal: int, text: str) -> str:
    seen = b""
    while text.encode() not in seen or not seen.endswith(b"\n"):
        seen += os.read(terminal, 65536)
    return seen.decode()
