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
