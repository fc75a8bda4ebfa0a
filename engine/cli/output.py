"""How the command line speaks: text for people, JSON for programs, complaints on standard error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from engine.model.report import RunReport

# What systems and files say reaches terminals and logs: no character of it may steer them.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Told:
    """What a command has told so far, for whoever has to say how it ended."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.json = wants_json(arguments)
        self.report: RunReport | None = None


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--output json` is among the arguments; asked where they may be too wrong to be parsed."""
    wanted = ""
    for at, one in enumerate(arguments):
        if one == "--output":
            wanted = "".join(arguments[at + 1 : at + 2])
        elif one.startswith("--output="):
            wanted = one.removeprefix("--output=")
    return wanted == "json"


def prepare() -> None:
    """No name, however it is written, may stop the program on a terminal that cannot show it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Text for people, on standard output."""
    _write(f"{plain(text)}\n", sys.stdout)


def say_json(value: Any, *, indent: int | None = 2) -> None:
    """JSON for programs, on standard output: all that stands there with `--output json`."""
    from engine.sdk.wire import dumps

    _write(f"{dumps(value, indent=indent)}\n", sys.stdout)


def complain(text: str) -> None:
    """What went wrong, on standard error."""
    _write(f"{plain(text)}\n", sys.stderr)


def plain(text: str) -> str:
    """Without the characters that steer terminals; line ends stay."""
    return _CONTROL.sub(" ", text)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 mistake`, `3 mistakes`, `2 batches`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _write(text: str, stream: TextIO) -> None:
    try:
        click.echo(text, file=stream, nl=False)
        stream.flush()
    except BrokenPipeError:
        # Whoever read has left, as `| head` does. What was done is done, and the exit code still says it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
