"""`sync record`: a live record becomes a case for the mapping tests, personal data masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import PATH, config_argument, output_option
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.records import Lazily
    from engine.mapping import Program
    from engine.model.address import Address
    from engine.model.schema import Type
    from engine.workspace import Project


@click.command("record")
@config_argument
@click.argument("address")
@click.option("--name", help="What the case is called; the record's title or key if left out.")
@click.option(
    "--folder",
    type=PATH,
    default=Path("tests/mappings"),
    show_default=True,
    help="Where records/ and tables/ are.",
)
@click.option("--keep", multiple=True, metavar="FIELD", help="A personal field that is not to be masked.")
@click.option("--tables", is_flag=True, help="Write the reference tables anew, too.")
@click.option("--force", is_flag=True, help="Replace a case of that name.")
@output_option
def command(
    config: Path,
    address: str,
    name: str | None,
    folder: Path,
    keep: tuple[str, ...],
    tables: bool,
    force: bool,
    output: str,
) -> int:
    """Save the record at ADDRESS to FOLDER/records/<stream>/<name>.json, as mappings see it.

    Names, addresses and the like are masked: letters become x, digits 0; free text such as descriptions is
    kept, so look whether it names anybody. Reference tables that the mappings look into are saved to
    FOLDER/tables where they are not there yet. `pytest --snapshot-update` then writes what
    the record becomes.
    """
    from engine.cli.output import say, say_json
    from engine.cli.records import lazily, parse_address
    from engine.document import display_name
    from engine.workspace import load_project

    project = load_project(config)
    asked = parse_address(address)
    programs = [one for one in project.programs.mappings.values() if one.source == asked.stream_ref]
    if not programs:
        read = sorted({str(one.source) for one in project.programs.mappings.values() if one.source})
        pack = project.config.pack.name
        raise ConfigError(f"no mapping of {pack} reads {asked.stream_ref}; they read {', '.join(read)}")
    with lazily(project) as systems:
        path, masked = _save_record(project, programs, systems, asked, folder, name, frozenset(keep), force)
        written = [path, *_save_tables(project, programs, systems, folder, anew=tables)]
    files = [display_name(one) for one in written]
    if output == "json":
        say_json({"config": project.config.name, "address": str(asked), "files": files, "masked": masked})
        return 0
    for one in files:
        say(f"wrote {one}")
    if masked:
        say(f"masked: {', '.join(masked)}")
    say("free text such as descriptions and notes is kept: look whether it names anybody")
    say("next: pytest --snapshot-update, then read the diff")
    return 0


def _save_record(
    project: Project,
    programs: list[Program],
    systems: Lazily,
    asked: Address,
    folder: Path,
    name: str | None,
    keep: frozenset[str],
    force: bool,
) -> tuple[Path, list[str]]:
    from engine.cli.files import write_text
    from engine.model.personal import masked
    from engine.model.record import Record
    from engine.sdk.wire import dumps

    stream = project.streams[asked.stream_ref]
    paths = frozenset(path for program in programs for path in program.paths)
    read = systems[asked.system].read(asked.stream, keys=[asked.key], paths=paths)
    record = next((one for one in read if isinstance(one, Record)), None)
    if record is None:
        raise ConfigError(f"{asked.system} has no {asked}, or does not show it")
    _check_kept(keep, record.values, stream.type)
    values, names = masked(record.values, stream.type, keep)
    called = name or str(values.get(stream.title) or asked.key)
    path = folder / "records" / str(asked.stream_ref) / f"{_file_name(called)}.json"
    if path.exists() and not force:
        raise ConfigError(f"there is a case {path} already; give another --name, or --force to replace it")
    write_text(path, dumps(values, indent=2) + "\n")
    return path, names


def _check_kept(keep: frozenset[str], values: Mapping[str, Any], type_: Type) -> None:
    """Refuse a --keep that keeps nothing: its field would be masked after all, and nobody would notice."""
    from engine.model.advice import did_you_mean
    from engine.model.personal import masked

    _, personal = masked(values, type_)
    for one in sorted(keep.difference(personal)):
        hint = did_you_mean(one, personal)
        raise ConfigError(f"--keep {one}: nothing of that name in the record is masked; {hint}")


def _save_tables(
    project: Project, programs: list[Program], systems: Lazily, folder: Path, *, anew: bool
) -> list[Path]:
    from engine.cli.files import write_text
    from engine.cli.records import tables_for
    from engine.sdk.wire import dumps

    written = []
    for program in programs:
        wanted = [name for name in sorted(program.tables) if project.config.pack.tables[name].stream]
        paths = {name: folder / "tables" / f"{name}.json" for name in wanted}
        missing = [
            name for name in wanted if paths[name] not in written and (anew or not paths[name].exists())
        ]
        rows: dict[str, Any] = tables_for(project, program, None, systems) if missing else {}
        for name in missing:
            write_text(paths[name], dumps(rows[name], indent=2) + "\n")
            written.append(paths[name])
    return written


def _file_name(text: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.").lower() or "case"
