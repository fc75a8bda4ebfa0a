"""How the command line speaks: text for people, JSON for programs, complaints on standard error."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.model.report import RunReport

# What systems and files say reaches terminals and logs: no character of it may steer them.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


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
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _open_what_is_closed() -> None:
    """Where `>&-` has closed a stream, let it lead to nowhere: the next file that is opened, which may be
    the ledger, would get its number, and what is told would be written into it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", closefd=False))


def say(text: str) -> None:
    """Text for people, on standard output."""
    _write(f"{plain(text)}\n", sys.stdout)


def say_json(value: Any, *, indent: int | None = 2) -> None:
    """JSON for programs, on standard output: all that stands there with `--output json`."""
    from engine.sdk.wire import dumps

    text = dumps(value, indent=indent)
    if not _writes_utf8(sys.stdout):
        # JSON is JSON in every locale: what the stream cannot show is written as JSON escapes it.
        text = _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    _write(f"{text}\n", sys.stdout)


def say_page(text: str) -> None:
    """A page or schema on standard output, the very bytes that its file would hold: UTF-8 in every locale."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    _write(text, sys.stdout)


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
    except OSError as error:
        # Whatever is left to be written goes nowhere, or it would fail again when the program ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        # Whoever read may have left, as `| head` does. What was done is done, and the exit code says it.
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            why = (error.strerror or str(error)).lower()
            raise ConfigError(f"standard output cannot be written: {why}") from None


def _writes_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")
