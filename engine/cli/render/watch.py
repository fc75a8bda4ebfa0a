"""How `sync map --watch` tells what a change did: coloured for people, a line of JSON for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.cli.output import complain, plain, say, say_json
from engine.cli.render.diagnostics import Problem, diagnostics_json

COLOURS = {"+": "green", "-": "red", "@": "cyan"}  # of a diff's lines


@dataclass(frozen=True, slots=True)
class Shown:
    """What a round has to show. `mapped`: the files were in order, so there is a payload, be it null."""

    payload: Any = None
    problems: tuple[Problem, ...] = ()
    diff: tuple[str, ...] = ()
    mapped: bool = False
    whole: bool = False  # there was nothing to compare the payload with


class Teller(Protocol):
    def first(self, shown: Shown, places: Sequence[str]) -> None:
        """What there is to begin with, and what is watched."""

    def change(self, files: Sequence[str], shown: Shown) -> None:
        """What the change of some files did."""


def teller(output: str) -> Teller:
    if output == "json":
        return ForPrograms()
    seen = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return Coloured() if seen else ForPeople()


class ForPrograms:
    """One line of JSON for each round, and nothing else."""

    def first(self, shown: Shown, places: Sequence[str]) -> None:
        del places
        self._say(shown)

    def change(self, files: Sequence[str], shown: Shown) -> None:
        del files
        self._say(shown)

    def _say(self, shown: Shown) -> None:
        rows = diagnostics_json(one.diagnostic for one in shown.problems)
        say_json({"payload": shown.payload, "diagnostics": rows, "diff": list(shown.diff)}, indent=None)


class ForPeople:
    """The payload, then what each change does to it; problems on standard error."""

    def first(self, shown: Shown, places: Sequence[str]) -> None:
        self._show(shown)
        complain(f"watching {', '.join(places)}; Ctrl-C ends it")

    def change(self, files: Sequence[str], shown: Shown) -> None:
        self._say(f"\n{', '.join(files)} changed", "dim")
        if shown.mapped and not (shown.whole or shown.diff or shown.problems):
            self._say("no change in the payload", "dim")
        self._show(shown)

    def _show(self, shown: Shown) -> None:
        if shown.whole:
            say_json(shown.payload)
        for line in shown.diff:
            self._say(line, COLOURS.get(line[:1], ""))
        for one in shown.problems:
            complain(one.text)

    def _say(self, line: str, style: str) -> None:
        del style
        say(line)


class Coloured(ForPeople):
    """The same on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console()

    def _say(self, line: str, style: str) -> None:
        from rich.text import Text

        self._console.print(Text(plain(line), style), soft_wrap=True)
