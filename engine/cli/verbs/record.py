"""`sync record`: save a live record as a test case for the mappings, with personal data masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import PATH, config_argument, output_option
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.records import LazySystems
    from engine.mapping import Program
    from engine.model.address import Address
    from engine.model.schema import Type
    from engine.workspace import Project


@click.command("record")
@config_argument
@click.argument("address")
@click.option("--name", help="Name of the case; by default the record's title or key.")
@click.option(
    "--folder",
    type=PATH,
    metavar="DIR",
    default=Path("tests/mappings"),
    show_default=True,
    help="The folder with records/ and tables/.",
)
@click.option("--keep", multiple=True, metavar="FIELD", help="Do not mask this field. May be repeated.")
@click.option("--tables", is_flag=True, help="Also overwrite the saved reference tables.")
@click.option("--force", is_flag=True, help="Overwrite an existing case of that name.")
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
    """Save the record at ADDRESS as a test case, DIR/records/<stream>/<name>.json.

    Names, addresses and other personal fields are masked: letters become x, digits 0. Free text such as
    descriptions is kept, so check it for names. Reference tables that the mappings use are saved to
    DIR/tables, unless they are there already. Then run `pytest --snapshot-update` to save the payload too.

    \b
    sync record configs/acme.live.yaml psohub.invoices/41939771881672249 --name two-currencies
    """
    from engine.cli.output import print_json, print_text
    from engine.cli.records import lazy_systems, parse_address
    from engine.document import display_name
    from engine.workspace import load_project

    project = load_project(config)
    wanted = parse_address(address)
    mappings = project.programs.mappings.values()
    programs = [program for program in mappings if program.source == wanted.stream_ref]
    if not programs:
        read = sorted({str(program.source) for program in mappings if program.source})
        pack = project.config.pack.name
        raise ConfigError(f"no mapping of {pack} reads {wanted.stream_ref}; they read {', '.join(read)}")
    with lazy_systems(project) as systems:
        path, masked = _save_record(project, programs, systems, wanted, folder, name, frozenset(keep), force)
        written = [path, *_save_tables(project, programs, systems, folder, overwrite=tables)]
    files = [display_name(file) for file in written]
    if output == "json":
        print_json({"config": project.config.name, "address": str(wanted), "files": files, "masked": masked})
        return 0
    for file in files:
        print_text(f"wrote {file}")
    if masked:
        print_text(f"masked: {', '.join(masked)}")
    print_text("free text such as descriptions and notes is not masked: check it for personal data")
    print_text("next: pytest --snapshot-update, then read the diff")
    return 0


def _save_record(
    project: Project,
    programs: list[Program],
    systems: LazySystems,
    wanted: Address,
    folder: Path,
    name: str | None,
    keep: frozenset[str],
    force: bool,
) -> tuple[Path, list[str]]:
    from engine.cli.files import write_text
    from engine.cli.output import json_text
    from engine.cli.records import why_missing
    from engine.model.personal import masked
    from engine.model.record import Notice, Record

    stream = project.streams[wanted.stream_ref]
    paths = frozenset(path for program in programs for path in program.paths)
    read = systems[wanted.system].read(wanted.stream, keys=[wanted.key], paths=paths)
    entry = next((entry for entry in read if not isinstance(entry, Notice)), None)
    if not isinstance(entry, Record):
        raise ConfigError(why_missing(wanted, entry))
    record = entry
    _check_keep(keep, record.values, stream.type)
    values, names = masked(record.values, stream.type, keep)
    case = name or str(values.get(stream.title) or wanted.key)
    path = folder / "records" / str(wanted.stream_ref) / f"{_file_name(case)}.json"
    if path.exists() and not force:
        raise ConfigError(f"{path} already exists; choose another --name, or overwrite it with --force")
    write_text(path, json_text(values) + "\n")
    return path, names


def _check_keep(keep: frozenset[str], values: Mapping[str, Any], type_: Type) -> None:
    """Reject a --keep that matches nothing: its field would be masked after all, unnoticed."""
    from engine.model.advice import did_you_mean, with_hint
    from engine.model.personal import masked

    _, personal = masked(values, type_)
    for name in sorted(keep.difference(personal)):
        message = f"--keep {name}: the record has no masked field of that name"
        raise ConfigError(with_hint(message, did_you_mean(name, personal)))


def _save_tables(
    project: Project, programs: list[Program], systems: LazySystems, folder: Path, *, overwrite: bool
) -> list[Path]:
    from engine.cli.files import write_text
    from engine.cli.output import json_text
    from engine.cli.records import tables_for

    written: list[Path] = []
    for program in programs:
        paths = {
            name: folder / "tables" / f"{name}.json"
            for name in sorted(program.tables)
            if project.config.pack.tables[name].stream
        }
        missing = [
            name for name, path in paths.items() if path not in written and (overwrite or not path.exists())
        ]
        rows: dict[str, Any] = tables_for(project, program, None, systems) if missing else {}
        for name in missing:
            write_text(paths[name], json_text(rows[name]) + "\n")
            written.append(paths[name])
    return written


def _file_name(text: str) -> str:
    """The text as a file name that every file system accepts."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.").lower() or "case"
