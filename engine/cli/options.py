"""Arguments and options that verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def config_argument(function: F) -> F:
    return click.argument("config", type=click.Path(path_type=Path))(function)


def output_option(function: F) -> F:
    choice = click.Choice(["text", "json"])
    return click.option("--output", type=choice, default="text", help="Text for people, JSON for programs.")(
        function
    )


def yes_option(function: F) -> F:
    return click.option("--yes", is_flag=True, help="Go on although the plan passes the limits.")(function)
