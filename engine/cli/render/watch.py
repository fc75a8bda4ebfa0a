"""The rounds of `sync map --watch`: a coloured diff for people, a line of JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.cli.output import on_terminal, plain, print_error, print_json, print_text
from engine.cli.render.diagnostics import Problem, diagnostics_json

COLOURS = {"+": "green", "-": "red", "@": "cyan"}  # of a diff's lines


@dataclass(frozen=True, slots=True)
class Round:
    """The outcome of one round. `mapped`: the files had no mistakes, so there is a payload, maybe null."""

    payload: Any = None
    problems: tuple[Problem, ...] = ()
    diff: tuple[str, ...] = ()
    mapped: bool = False
    first: bool = False  # there is no earlier payload to compare with: show all of it


class WatchView(Protocol):
    def start(self, outcome: Round, names: Sequence[str]) -> None:
        """Show the first round, and the names of what is watched."""

    def change(self, files: Sequence[str], outcome: Round) -> None:
        """Show what the changes to some files did."""


def watch_view(output: str) -> WatchView:
    if output == "json":
        return JsonView()
    return ColouredView() if on_terminal() else TextView()


class JsonView:
    """One line of JSON for each round, and nothing else."""

    def start(self, outcome: Round, names: Sequence[str]) -> None:
        del names
        self._show(outcome)

    def change(self, files: Sequence[str], outcome: Round) -> None:
        del files
        self._show(outcome)

    def _show(self, outcome: Round) -> None:
        rows = diagnostics_json(problem.diagnostic for problem in outcome.problems)
        print_json({"payload": outcome.payload, "diagnostics": rows, "diff": list(outcome.diff)}, indent=None)


class TextView:
    """The payload, then the effect of each change on it; problems on standard error."""

    def start(self, outcome: Round, names: Sequence[str]) -> None:
        self._show(outcome)
        print_error(f"watching {', '.join(names)}; Ctrl-C stops it")

    def change(self, files: Sequence[str], outcome: Round) -> None:
        self._print(f"\n{', '.join(files)} changed", "dim")
        if outcome.mapped and not (outcome.first or outcome.diff or outcome.problems):
            self._print("the payload is unchanged", "dim")
        self._show(outcome)

    def _show(self, outcome: Round) -> None:
        if outcome.first:
            print_json(outcome.payload)
        for line in outcome.diff:
            self._print(line, COLOURS.get(line[:1], ""))
        for problem in outcome.problems:
            print_error(problem.text)

    def _print(self, line: str, style: str) -> None:
        del style
        print_text(line)


class ColouredView(TextView):
    """The same on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console()

    def _print(self, line: str, style: str) -> None:
        from rich.text import Text

        self._console.print(Text(plain(line), style), soft_wrap=True)
