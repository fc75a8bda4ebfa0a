"""`sync map`: what a mapping makes of a record, as it would go on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.mapping import Mapper, Program
    from engine.model.record import Record
    from engine.model.schema import Stream
    from engine.sdk.connector import System
    from engine.workspace import Project


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
    from engine.model.diagnostics import did_you_mean
    from engine.workspace import load_project

    del output
    project = load_project(config)
    program = project.programs.mappings.get(mapping)
    if program is None:
        hint = did_you_mean(mapping, project.programs.mappings)
        raise ConfigError(f'the pack {project.config.pack.name} has no mapping "{mapping}"; {hint}')
    if show_code:
        click.echo(program.code)
        return 0
    if program.source is None:
        raise ConfigError(f"{mapping} is a shape that other mappings use; map the mapping that uses it")
    if record is None and not addresses:
        raise click.UsageError("name a file with --record, or addresses such as psohub.invoices/1042")
    run_date = on.date() if on else datetime.now(UTC).date()
    with ExitStack() as stack:
        systems = _Lazily(project, stack)
        mapper = _mapper(project, program, tables, systems, run_date)
        stream = project.streams[program.source]
        if record is not None:
            return _show_file(record, program.source, stream, mapper)
        return _show_live(addresses, program, systems, mapper)


class _Lazily:
    """The systems, opened when first asked for: a record file with its tables needs none."""

    def __init__(self, project: Project, stack: ExitStack) -> None:
        self._project, self._stack = project, stack
        self._opened: Mapping[str, System] | None = None

    def __getitem__(self, name: str) -> System:
        from engine.workspace import opened_systems

        if self._opened is None:
            self._opened = self._stack.enter_context(opened_systems(self._project))
        return self._opened[name]


def _mapper(
    project: Project, program: Program, folder: Path | None, systems: _Lazily, run_date: date
) -> Mapper:
    from engine.mapping import Run
    from engine.workspace import file_tables

    tables = dict(file_tables(project.config))
    for name in program.tables:
        table = project.config.pack.tables[name]
        if table.stream:
            stream = project.streams[table.stream]
            tables[name] = (
                _live_rows(systems, table.stream) if folder is None else _file_rows(folder, name, stream)
            )
    return program.link(
        project.config.settings, {name: tables[name] for name in program.tables}, Run(run_date, "map")
    )


def _live_rows(systems: _Lazily, place: str) -> list[Mapping[str, Any]]:
    from engine.model.record import Record

    system, _, stream = place.partition(".")
    return [one.values for one in systems[system].read(stream) if isinstance(one, Record)]


def _file_rows(folder: Path, name: str, stream: Stream) -> list[dict[str, Any]]:
    from engine.model.record import NotTyped, typed

    path = folder / f"{name}.json"
    rows = _json(path)
    if not isinstance(rows, list):
        raise ConfigError(f"{path} must hold a list of rows")
    try:
        return [typed(row, stream) for row in rows]
    except NotTyped as error:
        raise ConfigError(f"{path}: {error}") from None


def _json(path: Path) -> Any:
    from engine.sdk.wire import loads

    try:
        return loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no JSON: {error}") from None


def _show_file(path: Path, place: str, stream: Stream, mapper: Mapper) -> int:
    raw = _json(path)
    many = isinstance(raw, list)
    shown = [_mapped(partial(_record, one, place, stream), mapper) for one in (raw if many else [raw])]
    return _print(shown, many)


def _record(raw: Any, place: str, stream: Stream) -> Record:
    from engine.model.address import Address
    from engine.model.record import Record, typed

    values = typed(raw, stream)
    system, _, name = place.partition(".")
    return Record(Address(system, name, str(values.get(stream.key) or "?")), values)


def _mapped(read: Callable[[], Record], mapper: Mapper) -> tuple[Any, bool]:
    """(the payload's body or None, whether the record was refused); reasons go to standard error."""
    from engine.cli.report_json import spelled
    from engine.model.payload import Payload
    from engine.model.record import NotTyped

    try:
        found = mapper(read())
    except NotTyped as error:
        click.echo(f"the record does not fit its stream: {error}", err=True)
        return None, True
    if isinstance(found, Payload):
        return spelled(found.body), False
    for one in found or ():
        click.echo(f"{one.address}: {one.code}: {one.reason}  [{one.where}]", err=True)
    return None, found is not None


def _show_live(addresses: Sequence[str], program: Program, systems: _Lazily, mapper: Mapper) -> int:
    from engine.model.address import Address
    from engine.model.record import Record

    try:
        asked = [Address.parse(one if "/" in one else f"{program.source}/{one}") for one in addresses]
    except ValueError as error:
        raise ConfigError(str(error)) from None
    for one in asked:
        if one.place != program.source:
            raise ConfigError(f"{program.name} maps {program.source}, and {one} is no record of it")
    system, _, stream = (program.source or "").partition(".")
    read = systems[system].read(stream, keys=[one.key for one in asked], paths=program.paths)
    found = {item.address: item for item in read if isinstance(item, Record)}
    for one in asked:
        if one not in found:
            raise ConfigError(f"{system} has no {one}, or does not show it")
    return _print([_mapped(partial(found.__getitem__, one), mapper) for one in asked], len(asked) > 1)


def _print(shown: list[tuple[Any, bool]], many: bool) -> int:
    from engine.sdk.wire import dumps

    payloads = [payload for payload, _ in shown]
    click.echo(dumps(payloads if many else payloads[0], indent=2))
    return 1 if any(refused for _, refused in shown) else 0
