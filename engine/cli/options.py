"""Arguments and options that verbs share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

# What cannot be read is told by whoever reads it, at its place and in the same words for every file.
PATH = click.Path(path_type=Path, readable=False)


class VerbFirst(click.Group):
    """`sync held CONFIG` is `sync held list CONFIG`: a verb of its own that is meant where none is named.

    `alone`: it is meant even where nothing else is said.
    """

    def __init__(self, *args: Any, meant: str, alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._meant, self._alone = meant, alone

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        if (args or self._alone) and first not in (*self.commands, *ctx.help_option_names):
            args = [self._meant, *args]
        return super().parse_args(ctx, args)


def config_argument(function: F) -> F:
    return click.argument("config", type=PATH)(function)


def output_option(function: F) -> F:
    choice = click.Choice(["text", "json"])
    return click.option("--output", type=choice, default="text", help="Text for people, JSON for programs.")(
        function
    )


class Day(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A day, written as everywhere: 2026-01-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is no date; a date looks like 2026-01-31', param, ctx)


def date_option(function: F) -> F:
    said = "What run.date is; today if not given."
    return click.option("--date", "on", type=Day(), metavar="DATE", help=said)(function)


def yes_option(function: F) -> F:
    return click.option("--yes", is_flag=True, help="Go on although the plan passes the limits.")(function)
