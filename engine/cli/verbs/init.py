"""`sync init`: a working folder that passes `sync check` and `pytest` from the start."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from engine.cli.options import PATH, output_option
from engine.cli.output import counted, print_json, print_text
from engine.model.errors import ConfigError

PACK = "psohub-xero"
MOST_NAMES = 6  # of existing files
OTHER_PYTEST_CONFIGS = {"pyproject.toml": "[tool.pytest", "tox.ini": "[pytest]", "setup.cfg": "[tool:pytest]"}


@click.command("init")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--name", help="Name of the config; by default the folder's.")
@click.option(
    "--pack",
    "way",
    type=click.Choice(["copy", "reference"]),
    default="copy",
    show_default=True,
    help="Copy the shipped pack, to edit it, or refer to the installed one.",
)
@output_option
def command(folder: Path, name: str | None, way: str, output: str) -> int:
    """Create a working folder: config, mappings, a test case with its snapshot, and editor settings.

    The config runs on local sandboxes. In an existing repository, `sync init .` writes the files that are
    missing. Existing files are never overwritten.

    \b
    sync init books
    cd books
    sync run configs/books.yaml
    """
    config = _name(folder, name)
    try:
        result = _create(folder, config, copied=way == "copy")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigError(f"cannot create {error.filename or folder}: {why}; nothing was written") from None
    if output == "json":
        print_json({"folder": str(folder), "files": result.written, "kept": result.kept})
        return 0
    for line in _text(folder, f"configs/{config}.yaml", result):
        print_text(line)
    return 0


@dataclass(frozen=True, slots=True)
class _Result:
    """The files of the folder, and what the user has to add to existing ones."""

    written: list[str]
    kept: list[str]
    notes: list[str]


def _name(folder: Path, name: str | None) -> str:
    from engine.cli.starter import valid_name

    text = Path(os.path.realpath(folder)).name if name is None else name
    valid = valid_name(text)
    if not valid:
        raise ConfigError(f'cannot derive a name from "{text}"; choose one with --name, such as --name acme')
    return valid


def _create(folder: Path, name: str, *, copied: bool) -> _Result:
    from engine.cli.starter import assemble, copy_files, obstacles
    from engine.config import shipped_packs

    if os.path.lexists(folder) and not folder.is_dir():
        raise ConfigError(f"{folder} is not a folder; nothing was written")
    shipped = shipped_packs()
    if PACK not in shipped:
        raise ConfigError(f"the pack {PACK} is not part of this installation")
    notes = list(_notes(folder, f"configs/{name}.yaml"))
    with TemporaryDirectory(prefix="sync-init-") as temporary:
        files = assemble(Path(temporary), name, shipped[PACK], copied=copied, existing=folder)
        if _has_pytest_config(folder):
            files.remove("pytest.ini")  # it would take precedence over the existing configuration
        if blocked := obstacles(folder, files):
            raise ConfigError(f"{folder}: new files are blocked by {_listed(blocked)}; nothing was written")
        kept = [file for file in files if os.path.lexists(folder / file)]
        written = [file for file in files if file not in kept]
        copy_files(Path(temporary), folder, written)
    return _Result(written, kept, notes)


def _notes(folder: Path, config: str) -> Iterator[str]:
    """What existing files need, as they are left as they are. Asked before anything is written."""
    configs = ("pytest.ini", *OTHER_PYTEST_CONFIGS)
    configured = _has_pytest_config(folder) or (folder / "pytest.ini").is_file()
    if configured and not any("sync_config" in _read(folder / file) for file in configs):
        yield f"set sync_config to {config} in your pytest configuration"
    if (folder / ".gitignore").is_file():
        missing = [line for line in (".sync/", "*.live.yaml") if line not in _read(folder / ".gitignore")]
        if missing:
            yield f"add to .gitignore: {', '.join(missing)}"


def _has_pytest_config(folder: Path) -> bool:
    return any(section in _read(folder / file) for file, section in OTHER_PYTEST_CONFIGS.items())


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _text(folder: Path, config: str, result: _Result) -> Iterator[str]:
    yield from (f"wrote {folder / file}" for file in result.written)
    if result.kept:
        yield f"kept {counted(len(result.kept), 'existing file')}: {_listed(result.kept)}"
    yield from (f"note: {note}" for note in result.notes)
    commands = [
        (f"sync check {config}", "list every mistake in the files"),
        (f"sync run {config}", "push to the sandboxes; a second run finds nothing to do"),
        ("pytest", "compare the test cases with their snapshots"),
    ]
    width = max(len(line) for line, _ in commands)
    yield from ("", "Next:")
    if os.path.realpath(folder) != os.path.realpath(Path.cwd()):
        yield f"  cd {shlex.quote(str(folder))}"
    yield from (f"  {line:<{width}}   # {purpose}" for line, purpose in commands)


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
