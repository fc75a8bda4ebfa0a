"""Everything a pass works with, laid out on one desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from engine.ledger import Ledger
from engine.mapping import Mapper, Program, Programs, Run
from engine.model.address import Address, StreamRef
from engine.model.record import Notice, Record
from engine.model.report import RunReport
from engine.model.schema import Stream
from engine.planning.guard import Limits, Tally
from engine.sdk.connector import Connector
from engine.sdk.system import System

WRITES = ("create", "update")  # the verbs of `System.write`; every other one goes through `act`


class Watch(Protocol):
    """Whoever looks on while a pass works. Draws nothing itself in a pass."""

    def stage(self, name: str, total: int | None = None) -> None: ...
    def step(self, count: int = 1) -> None: ...


class Unwatched:
    """Nobody looks on."""

    def stage(self, name: str, total: int | None = None) -> None:
        del name, total

    def step(self, count: int = 1) -> None:
        del count


@dataclass(slots=True)
class Desk:
    """What one run works with. Passes change the ledger, the systems and the report; nothing else."""

    programs: Programs
    streams: Mapping[StreamRef, Stream]
    systems: Mapping[str, System]
    connectors: Mapping[str, Connector]  # by the system's name
    settings: Mapping[str, Any]
    file_tables: Mapping[str, Sequence[Mapping[str, Any]]]
    table_streams: Mapping[str, StreamRef]  # table -> reference stream
    ledger: Ledger
    report: RunReport
    run: Run
    limits: Limits = field(default_factory=Limits)
    agreed: bool = False  # --yes
    watch: Watch = field(default_factory=Unwatched)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    tally: Tally = field(default_factory=Tally)
    done: int = 0  # records written or adopted so far: a round without any makes no room in a queue
    _mappers: dict[str, Mapper] = field(default_factory=dict)
    _tables: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def program(self, mapping: str) -> Program:
        return self.programs.mappings[mapping]

    def flows(self, *, linked: bool) -> list[Program]:
        """The mappings that push (or, linked, that bring back), in the order in which they depend."""
        programs = (self.program(name) for name in self.programs.order)
        return [one for one in programs if bool(one.linked) == linked]

    def target(self, program: Program) -> tuple[System, Stream]:
        _, target = program.ends
        return self.systems[target.system], self.streams[target]

    def source(self, program: Program) -> tuple[System, Stream]:
        source, _ = program.ends
        return self.systems[source.system], self.streams[source]

    def target_name(self, program: Program) -> str:
        return program.ends[1].system

    def is_reconciled(self, program: Program) -> bool:
        """Whether the books of this mapping are read back and compared."""
        return any(one.linked == program.name for one in self.flows(linked=True))

    def taken(self, program: Program) -> set[str]:
        """Target records that stand for a source record already.

        Two mappings may make records of one stream, and then neither takes what the other made. One that
        never creates may add to them.
        """
        makers = [one for one in self.flows(linked=False) if one.target == program.target and one.create]
        names = {program.name, *(one.name for one in makers if program.create)}
        return {key for name in names for key in self.ledger.links.sources(name)}

    def unsettled(self, mapping: str) -> set[Address]:
        """Records whose write was begun and is not settled: nobody knows yet what there is to decide."""
        return {
            one.batch.parts[at].address
            for one in self.ledger.batches.unfinished()
            if one.mapping == mapping and one.batch.verb in WRITES
            for at in one.open
        }

    def mapper(self, program: Program) -> Mapper:
        """The program with this run's settings and tables; reference streams are read when first needed."""
        if program.name not in self._mappers:
            tables = {name: self.table(name) for name in program.tables}
            self._mappers[program.name] = program.link(self.settings, tables, self.run)
        return self._mappers[program.name]

    def table(self, name: str) -> Sequence[Mapping[str, Any]]:
        if name in self.file_tables:
            return self.file_tables[name]
        if name not in self._tables:
            ref = self.table_streams[name]
            read = self.systems[ref.system].source.read(ref.stream)
            self._tables[name] = [one.values for one in read if isinstance(one, Record)]
        return self._tables[name]

    def read(
        self, program: Program, *, keys: Sequence[str] | None = None, since: datetime | None = None
    ) -> Iterator[Record | Notice]:
        system, stream = self.source(program)
        return system.source.read(stream.name, since=since, keys=keys, paths=program.paths)

    def count_requests(self) -> None:
        self.report.requests = {name: system.source.requests for name, system in self.systems.items()}
