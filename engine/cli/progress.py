"""Progress of a run on standard error: a bar on a terminal, otherwise only long waits, a line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from engine.cli.output import plain, print_error
from engine.passes.context import Progress

WIDE = 80  # columns that the longest line with a bar needs


class CommandProgress(Progress, Protocol):
    """Progress that also reports long waits."""

    def say(self, message: str) -> None: ...


class _Lines:
    """No terminal: long waits only, a line each, so that a log shows why nothing happens."""

    def stage(self, name: str, total: int | None = None) -> None:
        del name, total

    def step(self, count: int = 1) -> None:
        del count

    def say(self, message: str) -> None:
        print_error(message)


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
def progress() -> Iterator[CommandProgress]:
    """Show progress while the block runs; a bar is removed from the screen at the end."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Lines()
        return
    from rich import progress as bars
    from rich.console import Console

    console = Console(stderr=True)
    figures = "{task.completed:,.0f}{task.fields[of]}"
    # A bar would push the figures off a narrow terminal, and the figures are what people look for.
    columns: list[bars.ProgressColumn] = [bars.TextColumn(f"{figures} {{task.description}}")]
    if console.width >= WIDE:
        columns = [bars.SpinnerColumn(), bars.TextColumn(f"{{task.description}} {figures}")]
        columns += [bars.BarColumn(bar_width=16), bars.TimeElapsedColumn()]
    with bars.Progress(*columns, console=console, transient=True) as bar:
        yield _Bar(bar)
