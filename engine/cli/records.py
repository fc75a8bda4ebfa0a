"""Records and reference tables for verbs that map without pushing: from files, or read live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.mapping import Program
    from engine.model.address import Address, StreamRef
    from engine.model.record import Entry, Record
    from engine.sdk.system import Source, System
    from engine.workspace import Project


class Reader(Protocol):
    """The one thing that these verbs ask of a system."""

    def read(
        self, stream: str, *, keys: Sequence[str] | None = None, paths: frozenset[str] = frozenset()
    ) -> Iterator[Entry]: ...


class Systems(Protocol):
    """Systems by name, opened on demand."""

    def __getitem__(self, name: str) -> Reader: ...


class LazySystems:
    """The systems, opened on the first access: a record file with its tables needs none."""

    def __init__(self, project: Project, stack: ExitStack) -> None:
        self._project, self._stack = project, stack
        self._opened: Mapping[str, System] | None = None

    def __getitem__(self, name: str) -> Source:
        from engine.workspace import open_systems

        if self._opened is None:
            self._opened = self._stack.enter_context(open_systems(self._project))
        return self._opened[name].source


@contextmanager
def lazy_systems(project: Project) -> Iterator[LazySystems]:
    """The project's systems; those that were opened are closed at the end."""
    with ExitStack() as stack:
        yield LazySystems(project, stack)


def find_program(project: Project, mapping: str) -> Program:
    """The mapping's program. Raises ConfigError if there is none, or if the mapping is a shape."""
    from engine.model.advice import did_you_mean, with_hint

    program = project.programs.mappings.get(mapping)
    if program is None:
        unknown = f'the pack {project.config.pack.name} has no mapping "{mapping}"'
        raise ConfigError(with_hint(unknown, did_you_mean(mapping, project.programs.mappings)))
    return program


def find_flow(project: Project, mapping: str) -> Program:
    """The mapping's program, which must have a source. Raises ConfigError for a shape."""
    program = find_program(project, mapping)
    if program.source is None:
        raise ConfigError(f"{mapping} is a shape, used by other mappings; name a mapping that uses it")
    return program


def tables_for(project: Project, program: Program, folder: Path | None, systems: Systems) -> dict[str, Any]:
    """The rows of every table that the program uses; reference streams come from `folder`, or live."""
    from engine.config.records import table_rows
    from engine.workspace import file_tables

    tables = dict(file_tables(project.config))
    for name in program.tables:
        source = project.table_streams.get(name)
        if source and folder is not None:
            tables[name] = table_rows(folder, name, project.streams[source])
        elif source:
            tables[name] = _live_rows(systems, source)
    return {name: tables[name] for name in program.tables}


def _live_rows(systems: Systems, source: StreamRef) -> list[Mapping[str, Any]]:
    from engine.model.record import Record

    read = systems[source.system].read(source.stream)
    return [record.values for record in read if isinstance(record, Record)]


def live_records(program: Program, systems: Systems, addresses: Sequence[Address]) -> dict[Address, Record]:
    """The records at these addresses. Raises ConfigError for one of another stream, or one not found."""
    from engine.model.record import Notice, Record

    source, _ = program.ends
    for address in addresses:
        if address.stream_ref != source:
            raise ConfigError(f"the mapping {program.name} reads {source}, not {address}")
    keys = [address.key for address in addresses]
    read = systems[source.system].read(source.stream, keys=keys, paths=program.paths)
    entries = {entry.address: entry for entry in read if not isinstance(entry, Notice)}
    for address in addresses:
        if not isinstance(entries.get(address), Record):
            raise ConfigError(why_missing(address, entries.get(address)))
    return {address: entry for address, entry in entries.items() if isinstance(entry, Record)}


def why_missing(address: Address, entry: Entry | None) -> str:
    """Why there is no record to map at an address."""
    from engine.model.record import Elsewhere, Unusable

    match entry:
        case Unusable(reason=reason):
            return f"{address} cannot be used: {reason}"
        case Elsewhere(owner=owner):
            return f"{address} belongs to {owner}, not to this config"
    return not_found(address)


def not_found(address: Address) -> str:
    return f"{address} was not found in {address.system}, or this sign-in may not read it"


def parse_address(text: str, stream: StreamRef | None = None) -> Address:
    """An address as it is spelled everywhere; a bare key belongs to `stream`. Raises ConfigError."""
    from engine.model.address import Address

    try:
        return Address.parse(text if "/" in text or stream is None else f"{stream}/{text}")
    except ValueError as error:
        raise ConfigError(str(error)) from None
