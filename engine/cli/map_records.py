"""What `sync map` makes of records: their payloads, or the reasons why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.render.diagnostics import Problem

if TYPE_CHECKING:
    from engine.cli.records import Systems
    from engine.mapping import Mapper, Program, Run
    from engine.model.address import StreamRef
    from engine.model.payload import Refusal
    from engine.model.record import Record
    from engine.model.schema import Stream
    from engine.workspace import Project


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What to map, as given on the command line."""

    config: Path
    mapping: str
    addresses: tuple[str, ...]
    record: Path | None
    tables: Path | None
    run: Run

    @property
    def many(self) -> bool:
        """Whether several addresses were given; a file is a list or not by itself."""
        return self.record is None and len(self.addresses) > 1


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """The result for one record. No payload and no problems: `where` skipped it."""

    payload: Any
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # oddities of the record, and what of it does not go out


@dataclass(frozen=True, slots=True)
class MapResult:
    """The results for all records, in order."""

    records: tuple[MappedRecord, ...]
    many: bool

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for record in self.records for problem in record.problems)

    @property
    def shown(self) -> Any:
        """The payload, or the list of them."""
        payloads = [record.payload for record in self.records]
        return payloads if self.many else payloads[0]


def map_all(request: MapRequest, project: Project, systems: Systems) -> MapResult:
    """Map the requested records. Raises SyncError if they cannot be read."""
    from engine.cli.records import find_flow, tables_for
    from engine.model.outgoing import formed

    program = find_flow(project, request.mapping)
    tables = tables_for(project, program, request.tables, systems)
    _, target = program.ends
    mapper = formed(program.link(project.config.settings, tables, request.run), project.streams[target])
    if request.record is None:
        return MapResult(tuple(_map_live(request.addresses, program, systems, mapper)), request.many)
    source, _ = program.ends
    return _map_file(request.record, source, project.streams[source], mapper)


def _map_file(path: Path, ref: StreamRef, stream: Stream, mapper: Mapper) -> MapResult:
    from engine.config.records import read_json, record_of, unknown_field

    content = read_json(path)
    many = isinstance(content, list)
    records = []
    for number, values in enumerate(content if many else [content], start=1):
        label = f"{path}, record {number}" if many else str(path)
        mapped = _map(partial(record_of, values, ref, stream), mapper, label, str(path))
        unknown = unknown_field(values, ref, stream)
        notes = (f"{label}: {unknown}",) if unknown else ()
        records.append(replace(mapped, notes=notes + mapped.notes))
    return MapResult(tuple(records), many)


def _map_live(names: Sequence[str], program: Program, systems: Systems, mapper: Mapper) -> list[MappedRecord]:
    from engine.cli.records import live_records, parse_address

    addresses = [parse_address(name, program.source) for name in names]
    records = live_records(program, systems, addresses)
    return [
        _map(partial(records.__getitem__, address), mapper, str(address), str(address))
        for address in addresses
    ]


def _map(read: Callable[[], Record], mapper: Mapper, label: str, file: str) -> MappedRecord:
    from engine.cli.render.values import plain_json
    from engine.model.diagnostic import Diagnostic, Span
    from engine.model.payload import Payload
    from engine.model.record import NotTyped

    try:
        mapped = mapper(read())
    except NotTyped as error:
        message = f"the record does not fit its stream: {error}"
        diagnostic = Diagnostic(Span(file), "record.unfit", message)
        return MappedRecord(None, (Problem(f"{label}: {message}", diagnostic),))
    if isinstance(mapped, Payload):
        return MappedRecord(plain_json(mapped.body), notes=mapped.notes)
    return MappedRecord(None, tuple(_problem(refusal) for refusal in mapped or ()))


def _problem(refusal: Refusal) -> Problem:
    from engine.model.diagnostic import Diagnostic, Span

    where = refusal.where
    file, line, column = (*where.rsplit(":", 2), "1", "1")[:3]
    span = Span(file, int(line), int(column)) if line.isdigit() and column.isdigit() else Span(where)
    text = f"{refusal.address}: {refusal.code}: {refusal.reason}  [{where}]"
    return Problem(text, Diagnostic(span, refusal.code, f"{refusal.address}: {refusal.reason}"))
