"""Arguments and options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

# Unreadable files are reported by the code that reads them, with the place and in the same words everywhere.
PATH = click.Path(path_type=Path, readable=False)


class DefaultGroup(click.Group):
    """A group with a default subcommand: `sync held CONFIG` is `sync held list CONFIG`.

    `alone`: the default also applies if there are no arguments at all.
    """

    def __init__(self, *args: Any, default: str, alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._default, self._alone = default, alone

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        if (args or self._alone) and first not in (*self.commands, *ctx.help_option_names):
            args = [self._default, *args]
        return super().parse_args(ctx, args)


def config_argument(function: F) -> F:
    return click.argument("config", type=PATH)(function)


def output_option(function: F) -> F:
    choice = click.Choice(["text", "json"])
    return click.option(
        "--output", type=choice, default="text", show_default=True, help="Text for people, JSON for programs."
    )(function)


class Day(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A date, written as in the files: 2026-01-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f'invalid date "{value}"; write it as 2026-01-31', param, ctx)


def date_option(function: F) -> F:
    return click.option(
        "--date", "on", type=Day(), metavar="DATE", help="The value of run.date; today by default."
    )(function)


def record_option(function: F) -> F:
    return click.option(
        "--record", type=PATH, metavar="FILE", help="Map records from a JSON file instead of live ones."
    )(function)


def tables_option(function: F) -> F:
    return click.option(
        "--tables", type=PATH, metavar="DIR", help="Read reference tables from DIR, such as accounts.json."
    )(function)


def yes_option(function: F) -> F:
    return click.option("--yes", is_flag=True, help="Go ahead even if the plan exceeds the limits.")(function)
