"""`sync init`: a working folder that passes `sync check` and `pytest` at once."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from engine.cli.options import PATH, output_option
from engine.model.errors import ConfigError

PACK = "psohub-xero"
MOST_NAMES = 6  # of files that are in the way


@click.command("init")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--name", help="What the config is called; as the folder if left out.")
@click.option(
    "--pack",
    "way",
    type=click.Choice(["copy", "reference"]),
    default="copy",
    show_default=True,
    help="Copy the shipped pack to edit it, or refer to the installed one.",
)
@output_option
def command(folder: Path, name: str | None, way: str, output: str) -> int:
    """Make DIR a working folder: config, mappings, a case with its snapshot, and what editors need.

    The config runs on the sandboxes. Nothing that stands in DIR is ever replaced.
    """
    from engine.cli.output import say, say_json

    named = _named(folder, name)
    try:
        files = _made(folder, named, copied=way == "copy")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigError(f"{error.filename or folder} cannot be made: {why}; nothing was written") from None
    if output == "json":
        say_json({"folder": str(folder), "files": files})
        return 0
    for one in files:
        say(f"wrote {folder / one}")
    for line in _next(folder, f"configs/{named}.yaml"):
        say(line)
    return 0


def _named(folder: Path, name: str | None) -> str:
    from engine.cli.starter import valid_name

    text = Path(os.path.realpath(folder)).name if name is None else name
    named = valid_name(text)
    if not named:
        raise ConfigError(f'no name can be made of "{text}": give one with --name, such as --name acme')
    return named


def _made(folder: Path, name: str, *, copied: bool) -> list[str]:
    """Make everything aside, then put it where it is wanted; gives the files."""
    from engine.cli.starter import files_in, in_the_way, put, put_together
    from engine.config import shipped_packs

    if os.path.lexists(folder) and not folder.is_dir():
        raise ConfigError(f"{folder} is no folder; nothing was written")
    shipped = shipped_packs()
    if PACK not in shipped:
        raise ConfigError(f"the pack {PACK} is not installed with this program")
    with TemporaryDirectory(prefix="sync-init-") as aside:
        put_together(Path(aside), name, shipped[PACK], copied=copied)
        files = files_in(Path(aside))
        if there := in_the_way(folder, files):
            raise ConfigError(f"{folder} has {_listed(there)} already; nothing was written")
        put(Path(aside), folder, files)
    return files


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _next(folder: Path, config: str) -> list[str]:
    there = os.path.realpath(folder) == os.path.realpath(Path.cwd())
    commands = [
        (f"sync check {config}", "every mistake of every file"),
        (f"sync run {config}", "push to the sandboxes, twice if you like"),
        ("pytest", "the cases beside their snapshots"),
    ]
    width = max(len(one) for one, _ in commands)
    rows = [f"  {one:<{width}}   # {what}" for one, what in commands]
    return ["", "Next:", *([] if there else [f"  cd {shlex.quote(str(folder))}"]), *rows]
