"""Printing: text for people, JSON for programs, errors on standard error. No other package prints."""

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
from engine.model.redact import redacted, redacted_values
from engine.model.steering import json_escaped, visible

if TYPE_CHECKING:
    from engine.model.report import RunReport

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


class Invocation:
    """One call of the program: whether it prints JSON, and the report of its run so far."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.json = wants_json(arguments)
        self.report: RunReport | None = None


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--output json` is among the arguments, which may be too wrong to be parsed."""
    wanted = ""
    for index, argument in enumerate(arguments):
        if argument == "--output":
            wanted = "".join(arguments[index + 1 : index + 2])
        elif argument.startswith("--output="):
            wanted = argument.removeprefix("--output=")
    return wanted == "json"


def prepare() -> None:
    """Make both streams safe: a character that the terminal cannot show must not end the program."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _open_closed_streams() -> None:
    """Lead a stream that `>&-` has closed to /dev/null: the next file that is opened, which may be the
    ledger, would get its number, and output would be written into it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", closefd=False))


def on_terminal() -> bool:
    """Whether standard output is a terminal that understands colours and styles."""
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def print_text(text: str) -> None:
    """Print text for people on standard output."""
    _write(f"{plain(text)}\n", sys.stdout)


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print JSON for programs on standard output; with `--output json` nothing else is printed there."""
    text = json_text(value, indent=indent)
    if not _writes_utf8(sys.stdout):
        # JSON is JSON in every locale: what the stream cannot show is written as JSON escapes it.
        text = _BEYOND_ASCII.sub(lambda match: json.dumps(match[0])[1:-1], text)
    _write(f"{text}\n", sys.stdout)


def print_page(text: str) -> None:
    """Print a page or schema on standard output, byte for byte as in its file: UTF-8 in every locale."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    _write(page_text(text), sys.stdout)


def print_error(text: str) -> None:
    """Print an error or a note on standard error."""
    _write(f"{plain(text)}\n", sys.stderr)


def plain(text: str) -> str:
    """The text as it may leave the process: no secret is in it, and nothing steers what shows it."""
    return visible(redacted(text)).replace("\r", "\\r").replace("\t", " ")


def page_text(text: str) -> str:
    """The same for a page or schema, in which tabs and all line ends stay."""
    return visible(redacted(text))


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """The same for JSON: a program reads the characters that a person sees escaped."""
    from engine.sdk.wire import dumps

    text = dumps(value, indent=indent)
    if redacted(text) != text:  # in its texts only, so that it stays JSON
        text = dumps(redacted_values(value), indent=indent)
    return json_escaped(text)


def counted(count: int, singular: str, plural: str = "") -> str:
    """`1 mistake`, `3 mistakes`, `2 batches`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def _write(text: str, stream: TextIO) -> None:
    try:
        click.echo(text, file=stream, nl=False)
        stream.flush()
    except OSError as error:
        # The rest of the output goes to /dev/null, or the flush at exit would fail again.
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())
        os.close(devnull)
        # The reader may have gone, as `| head` does: the work is done, and the exit code reports it.
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            why = (error.strerror or str(error)).lower()
            raise ConfigError(f"cannot write to standard output: {why}") from None


def _writes_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")
