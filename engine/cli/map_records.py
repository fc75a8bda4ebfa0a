"""What `sync map` makes of records: their payloads, and why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.render.diagnostics import Problem
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.records import Systems
    from engine.mapping import Mapper, Program, Run
    from engine.model.address import StreamRef
    from engine.model.payload import Refusal
    from engine.model.record import Record
    from engine.model.schema import Stream
    from engine.workspace import Project


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be mapped, as the command line says."""

    config: Path
    mapping: str
    addresses: tuple[str, ...]
    record: Path | None
    tables: Path | None
    run: Run

    @property
    def many(self) -> bool:
        """Whether several addresses were asked for; a file tells by itself."""
        return self.record is None and len(self.addresses) > 1


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of one record. No payload and no problems: `where` left it out."""

    payload: Any
    problems: tuple[Problem, ...] = ()
    note: str = ""  # what is odd about the record, though nothing fails by it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all that was asked for, in order."""

    records: tuple[Mapped, ...]
    many: bool

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(one for record in self.records for one in record.problems)

    @property
    def shown(self) -> Any:
        """The payload, or the list of them."""
        payloads = [one.payload for one in self.records]
        return payloads if self.many else payloads[0]


def chosen(project: Project, mapping: str) -> Program:
    """The flow to map by. Raises ConfigError where there is none, or where it is a shape."""
    from engine.cli.records import find_program

    program = find_program(project, mapping)
    if program.source is None:
        raise ConfigError(f"{mapping} is a shape that other mappings use; map the mapping that uses it")
    return program


def map_all(asked: Asked, project: Project, systems: Systems) -> Outcome:
    """Map what was asked for. Raises SyncError where it cannot be read."""
    from engine.cli.records import tables_for

    program = chosen(project, asked.mapping)
    tables = tables_for(project, program, asked.tables, systems)
    mapper = program.link(project.config.settings, tables, asked.run)
    if asked.record is None:
        return Outcome(tuple(_live(asked.addresses, program, systems, mapper)), asked.many)
    source, _ = program.ends
    return _filed(asked.record, source, project.streams[source], mapper)


def _filed(path: Path, ref: StreamRef, stream: Stream, mapper: Mapper) -> Outcome:
    from engine.config.records import read_json, record_of, unknown_field

    raw = read_json(path)
    many = isinstance(raw, list)
    records = []
    for at, one in enumerate(raw if many else [raw], start=1):
        named = f"{path}, record {at}" if many else str(path)
        mapped = _mapped(partial(record_of, one, ref, stream), mapper, named, str(path))
        odd = unknown_field(one, ref, stream)
        records.append(replace(mapped, note=f"{named}: {odd}" if odd else ""))
    return Outcome(tuple(records), many)


def _live(addresses: Sequence[str], program: Program, systems: Systems, mapper: Mapper) -> list[Mapped]:
    from engine.cli.records import live_records, parse_address

    asked = [parse_address(one, program.source) for one in addresses]
    for one in asked:
        if one.stream_ref != program.source:
            raise ConfigError(f"{program.name} maps {program.source}, and {one} is no record of it")
    found = live_records(program, systems, asked)
    return [_mapped(partial(found.__getitem__, one), mapper, str(one), str(one)) for one in asked]


def _mapped(read: Callable[[], Record], mapper: Mapper, named: str, file: str) -> Mapped:
    from engine.cli.render.values import plain_json
    from engine.model.diagnostic import Diagnostic, Span
    from engine.model.payload import Payload
    from engine.model.record import NotTyped

    try:
        found = mapper(read())
    except NotTyped as error:
        text = f"{named}: the record does not fit its stream: {error}"
        said = f"the record does not fit its stream: {error}"
        return Mapped(None, (Problem(text, Diagnostic(Span(file), "record.unfit", said)),))
    if isinstance(found, Payload):
        return Mapped(plain_json(found.body))
    return Mapped(None, tuple(_refused(one) for one in found or ()))


def _refused(one: Refusal) -> Problem:
    from engine.model.diagnostic import Diagnostic, Span

    file, line, column = (*one.where.rsplit(":", 2), "1", "1")[:3]
    span = Span(file, int(line), int(column)) if line.isdigit() and column.isdigit() else Span(one.where)
    text = f"{one.address}: {one.code}: {one.reason}  [{one.where}]"
    return Problem(text, Diagnostic(span, one.code, f"{one.address}: {one.reason}"))
