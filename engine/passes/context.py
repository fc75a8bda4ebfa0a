"""What the passes of one run work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from engine.config import LiveChoice
from engine.ledger import Ledger
from engine.mapping import Mapper, Program, Programs, Run
from engine.model.address import Address, StreamRef
from engine.model.change import WRITES
from engine.model.drift import Document
from engine.model.link import BegunBatch, Link
from engine.model.payload import Payload
from engine.model.record import Record
from engine.model.report import RunReport
from engine.model.schema import Stream
from engine.passes.flow import Flow, OpenStream
from engine.planning.guard import Limits, PlanTotals
from engine.sdk.connector import Connector
from engine.sdk.system import System


class Progress(Protocol):
    """Shows the progress of a pass."""

    def stage(self, name: str, total: int | None = None) -> None: ...
    def step(self, count: int = 1) -> None: ...


class NoProgress:
    """Shows nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        del name, total

    def step(self, count: int = 1) -> None:
        del count


@dataclass(slots=True)
class SeenDocuments:
    """What this run has read of one source stream whose books are compared."""

    keys: set[str] = field(default_factory=set)
    complete: bool = True  # whether the last reading certainly showed all that the stream has
    fresh: dict[str, Document] = field(default_factory=dict)  # read, and not in the ledger yet


@dataclass(frozen=True, slots=True)
class Move:
    """A link whose target record was merged into another. `moves`: the link moves there; else another source
    record is linked to it, and this one only refers to it.
    """

    link: Link
    heir: Record
    moves: bool


@dataclass(slots=True)
class RunContext:
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
    approved: bool = False  # --yes: the limits do not stop this run
    progress: Progress = field(default_factory=NoProgress)
    live_choices: Sequence[LiveChoice] = ()  # settings whose values a reference stream must have
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    totals: PlanTotals = field(default_factory=PlanTotals)
    seen: dict[StreamRef, SeenDocuments] = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    moves: dict[tuple[str, Address], Move] = field(default_factory=dict)  # mapping and source record -> move
    followed: set[tuple[str, Address]] = field(default_factory=set)  # links that were checked for a move
    written: int = 0  # records written or adopted so far: a round without any makes no room in a queue
    stopped: str = ""  # why nothing more may be written or requested; reading goes on
    sent: dict[tuple[str, Address], Payload] = field(default_factory=dict)  # on its way, by mapping
    # Target records whose state actions wait for, as read in this run: stream and key -> values.
    states: dict[tuple[StreamRef, str], Mapping[str, Any]] = field(default_factory=dict)
    tried: set[tuple[str, Address]] = field(default_factory=set)  # write-backs of this run, by mapping
    unexplained: list[BegunBatch] = field(default_factory=list)  # failed alone, with nothing accepted since
    _flows: dict[str, Flow] = field(default_factory=dict)
    _references: dict[StreamRef, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def flow(self, mapping: str) -> Flow:
        if mapping not in self._flows:
            program = self.programs.mappings[mapping]
            source, target = program.ends
            self._flows[mapping] = Flow(
                program,
                self.stream(source),
                self.stream(target),
                lambda: self._linked(program),
                lambda unknown: program.selection(unknown, self.settings, self.run),
            )
        return self._flows[mapping]

    def push_flows(self) -> list[Flow]:
        """The flows that push, in the order in which they depend."""
        return [flow for flow in map(self.flow, self.programs.order) if not flow.program.linked]

    def linked_flows(self) -> list[Flow]:
        """The flows that bring back, in the order in which they depend."""
        return [flow for flow in map(self.flow, self.programs.order) if flow.program.linked]

    def write_backs(self, flow: Flow) -> list[Flow]:
        """The flows that bring back what this one's records became."""
        return [linked for linked in self.linked_flows() if linked.program.linked == flow.name]

    def stream(self, ref: StreamRef) -> OpenStream:
        return OpenStream(ref, self.streams[ref], self.connectors[ref.system], self.systems[ref.system])

    def is_reconciled(self, flow: Flow) -> bool:
        """Whether the flow's target is read back and compared."""
        return bool(self.write_backs(flow))

    def linked_targets(self, flow: Flow) -> set[str]:
        """Target records that are linked already.

        Two mappings may create records of one stream, and then neither takes what the other created. One
        that never creates may add to them.
        """
        names = {flow.name}
        if flow.program.create:
            others = (other.program for other in self.push_flows())
            names |= {other.name for other in others if other.create and other.target == flow.program.target}
        return {key for name in names for key in self.ledger.links.sources(name)}

    def unconfirmed(self, mapping: str) -> set[Address]:
        """Records with a write that was begun and not settled: there is nothing to decide about them yet."""
        return {
            begun.batch.parts[position].address
            for begun in self.ledger.batches.unfinished()
            if begun.mapping == mapping and begun.batch.verb in WRITES
            for position in begun.open
        }

    def _linked(self, program: Program) -> Mapper:
        tables = {name: self._table(name) for name in program.tables}
        return program.link(self.settings, tables, self.run)

    def _table(self, name: str) -> Sequence[Mapping[str, Any]]:
        if name in self.file_tables:
            return self.file_tables[name]
        return self.reference_rows(self.table_streams[name])

    def reference_rows(self, ref: StreamRef) -> Sequence[Mapping[str, Any]]:
        """The rows of a reference stream, read once in a run."""
        if ref not in self._references:
            records = self.stream(ref).read()
            self._references[ref] = [record.values for record in records if isinstance(record, Record)]
        return self._references[ref]

    def complete_report(self) -> None:
        self.report.requests = {name: system.source.requests for name, system in self.systems.items()}
        flows = self.report.flows  # in the order of a run, not in that in which something was counted
        self.report.flows = {name: flows[name] for name in self.programs.order if name in flows}
