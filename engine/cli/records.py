"""Records and tables for verbs that map without pushing: out of files, or read live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.mapping import Program
    from engine.model.address import Address, StreamRef
    from engine.model.record import Notice, Record
    from engine.sdk.system import Source, System
    from engine.workspace import Project


class Reader(Protocol):
    """What is asked of a system here: records."""

    def read(
        self, stream: str, *, keys: Sequence[str] | None = None, paths: frozenset[str] = frozenset()
    ) -> Iterator[Record | Notice]: ...


class Systems(Protocol):
    """Systems by name, opened when they are asked for."""

    def __getitem__(self, name: str) -> Reader: ...


class Lazily:
    """The systems, opened when first asked for: a record file with its tables needs none."""

    def __init__(self, project: Project, stack: ExitStack) -> None:
        self._project, self._stack = project, stack
        self._opened: Mapping[str, System] | None = None

    def __getitem__(self, name: str) -> Source:
        from engine.workspace import opened_systems

        if self._opened is None:
            self._opened = self._stack.enter_context(opened_systems(self._project))
        return self._opened[name].source


@contextmanager
def lazily(project: Project) -> Iterator[Lazily]:
    """The project's systems; those that were opened are closed at the end."""
    with ExitStack() as stack:
        yield Lazily(project, stack)


def find_program(project: Project, mapping: str) -> Program:
    """The flow of that name. Raises ConfigError, with a did-you-mean, where there is none."""
    from engine.model.advice import did_you_mean

    program = project.programs.mappings.get(mapping)
    if program is None:
        hint = did_you_mean(mapping, project.programs.mappings)
        raise ConfigError(f'the pack {project.config.pack.name} has no mapping "{mapping}"; {hint}')
    return program


def tables_for(project: Project, program: Program, folder: Path | None, systems: Systems) -> dict[str, Any]:
    """The rows of every table that the program looks into; reference streams from `folder`, or live."""
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
    return [one.values for one in read if isinstance(one, Record)]


def live_records(program: Program, systems: Systems, asked: Sequence[Address]) -> dict[Address, Record]:
    """The records at these addresses. Raises ConfigError for one that is not there."""
    from engine.model.record import Record

    source, _ = program.ends
    read = systems[source.system].read(source.stream, keys=[one.key for one in asked], paths=program.paths)
    found = {one.address: one for one in read if isinstance(one, Record)}
    for one in asked:
        if one not in found:
            raise ConfigError(f"{source.system} has no {one}, or does not show it")
    return found


def parse_address(text: str, stream: StreamRef | None = None) -> Address:
    """An address as it is spelled everywhere; a bare key belongs to `stream`. Raises ConfigError."""
    from engine.model.address import Address

    try:
        return Address.parse(text if "/" in text or stream is None else f"{stream}/{text}")
    except ValueError as error:
        raise ConfigError(str(error)) from None
