"""`sync map`: what a mapping makes of a record, as it would go on the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument
from engine.cli.output import complain, say, say_json
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.records import Lazily
    from engine.mapping import Mapper, Program
    from engine.model.record import Record
    from engine.model.schema import Stream


@click.command("map", short_help="show what a mapping makes of a record")
@config_argument
@click.argument("mapping")
@click.argument("addresses", nargs=-1)
@click.option("--record", type=click.Path(path_type=Path), help="A JSON file: one record, or a list.")
@click.option("--tables", type=click.Path(path_type=Path), help="A folder with accounts.json and the like.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="What run.date is; today if not given.")
@click.option("--show-code", is_flag=True, help="Print the Python function that the mapping became.")
@click.option(
    "--output", type=click.Choice(["text", "json"]), default="json", help="The payload is JSON either way."
)
def command(
    config: Path,
    mapping: str,
    addresses: tuple[str, ...],
    record: Path | None,
    tables: Path | None,
    on: datetime | None,
    show_code: bool,
    output: str,
) -> int:
    """Print the payload that MAPPING makes of a record: of a file, or of live records by their ADDRESSES."""
    from engine.cli.records import find_program, lazily, tables_for
    from engine.mapping import Run
    from engine.workspace import load_project

    del output
    project = load_project(config)
    program = find_program(project, mapping)
    if show_code:
        say(program.code)
        return 0
    if program.source is None:
        raise ConfigError(f"{mapping} is a shape that other mappings use; map the mapping that uses it")
    if record is None and not addresses:
        raise click.UsageError("name a file with --record, or addresses such as psohub.invoices/1042")
    run = Run(on.date() if on else datetime.now(UTC).date(), "map")
    with lazily(project) as systems:
        tables_ = tables_for(project, program, tables, systems)
        mapper = program.link(project.config.settings, tables_, run)
        if record is not None:
            return _show_file(record, program.source, project.streams[program.source], mapper)
        return _show_live(addresses, program, systems, mapper)


def _show_file(path: Path, place: str, stream: Stream, mapper: Mapper) -> int:
    from engine.config.records import read_json, record_of

    raw = read_json(path)
    many = isinstance(raw, list)
    shown = []
    for at, one in enumerate(raw if many else [raw], start=1):
        named = f"{path}, record {at}" if many else str(path)
        shown.append(_mapped(partial(record_of, one, place, stream), mapper, named))
    return _print(shown, many)


def _mapped(read: Callable[[], Record], mapper: Mapper, named: str) -> tuple[Any, bool]:
    """(the payload's body or None, whether the record was refused); reasons go to standard error."""
    from engine.cli.report_json import spelled
    from engine.model.payload import Payload
    from engine.model.record import NotTyped

    try:
        found = mapper(read())
    except NotTyped as error:
        complain(f"{named}: the record does not fit its stream: {error}")
        return None, True
    if isinstance(found, Payload):
        return spelled(found.body), False
    for one in found or ():
        complain(f"{one.address}: {one.code}: {one.reason}  [{one.where}]")
    return None, found is not None


def _show_live(addresses: Sequence[str], program: Program, systems: Lazily, mapper: Mapper) -> int:
    from engine.cli.records import live_records, parse_address

    asked = [parse_address(one, program.source or "") for one in addresses]
    for one in asked:
        if one.place != program.source:
            raise ConfigError(f"{program.name} maps {program.source}, and {one} is no record of it")
    found = live_records(program, systems, asked)
    shown = [_mapped(partial(found.__getitem__, one), mapper, str(one)) for one in asked]
    return _print(shown, len(asked) > 1)


def _print(shown: list[tuple[Any, bool]], many: bool) -> int:
    payloads = [payload for payload, _ in shown]
    say_json(payloads if many else payloads[0])
    return 1 if any(refused for _, refused in shown) else 0
