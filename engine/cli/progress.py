"""What a run tells while it works: a progress bar on a terminal, else long waits alone, a line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from engine.cli.output import complain, plain
from engine.passes.context import Progress

WIDE = 80  # columns that the longest line with a bar needs


class Teller(Progress, Protocol):
    """A watch that can also tell of long waits."""

    def say(self, message: str) -> None: ...


class _Plain:
    """No terminal: only long waits are told, a line each, so that a log shows why nothing moves."""

    def stage(self, name: str, total: int | None = None) -> None:
        del name, total

    def step(self, count: int = 1) -> None:
        del count

    def say(self, message: str) -> None:
        complain(message)


class _Bar:
    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task: Any = None

    def stage(self, name: str, total: int | None = None) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=total, of=f"/{total:,}" if total else "")

    def step(self, count: int = 1) -> None:
        if self._task is not None:
            self._bar.advance(self._task, count)

    def say(self, message: str) -> None:
        self._bar.console.print(plain(message), markup=False, highlight=False)


@contextmanager
def progress() -> Iterator[Teller]:
    """Draw what goes on while the block runs; nothing of it stays on the screen."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Plain()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    figures = "{task.completed:,.0f}{task.fields[of]}"
    # On a narrow terminal a bar would push out the figures, and the figures are what people look for.
    columns: list[ProgressColumn] = [TextColumn(f"{figures} {{task.description}}")]
    if console.width >= WIDE:
        columns = [SpinnerColumn(), TextColumn(f"{{task.description}} {figures}")]
        columns += [BarColumn(bar_width=16), TimeElapsedColumn()]
    with Progress(*columns, console=console, transient=True) as bar:
        yield _Bar(bar)
