"""Arguments and options that verbs share."""

from __future__ import annotations

from collections.abc import Callable
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


def yes_option(function: F) -> F:
    return click.option("--yes", is_flag=True, help="Go on although the plan passes the limits.")(function)
