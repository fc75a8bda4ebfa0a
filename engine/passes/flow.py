"""A mapping at work: its program, both of its ends and its mapper, bound once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.mapping import Mapper, Program
from engine.model.address import StreamRef
from engine.model.change import Receipt
from engine.model.drift import Standing
from engine.model.link import Link
from engine.model.outgoing import formed
from engine.model.payload import Payload
from engine.model.record import Elsewhere, Entry, Record, Unusable
from engine.model.schema import Stream
from engine.planning.fingerprint import with_fingerprint
from engine.planning.update import UpdateRules
from engine.sdk.connector import Connector
from engine.sdk.system import ActionPreview, Allowance, Finding, System


@dataclass(frozen=True, slots=True)
class OpenStream:
    """A stream of an opened system: the calls of `engine.sdk.system`, for this stream."""

    ref: StreamRef
    schema: Stream
    connector: Connector
    system: System

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def system_name(self) -> str:
        return self.ref.system

    def title(self, values: Mapping[str, Any]) -> str:
        """What people call a record; empty if it has no such field."""
        return str(values.get(self.schema.title) or "")

    def title_of(self, link: Link) -> str:
        """What people call a linked record of this target: by the source's number, which a plan knows too."""
        return link.title or self.title(link.last_seen)

    def both_titles(self, link: Link) -> str:
        """The same by the numbers of both sides: `INV-2026-0007 (xero INV-0006)`."""
        ours, theirs = self.title_of(link) or str(link.address), self.title(link.last_seen)
        return f"{ours} ({self.system_name} {theirs})" if theirs and theirs != ours else ours

    def read(
        self,
        *,
        keys: Sequence[str] | None = None,
        since: datetime | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Entry]:
        return self.system.source.read(self.ref.stream, since=since, keys=keys, paths=paths)

    def widen(self) -> bool:
        return self.system.source.widen(self.ref.stream)

    def find(self, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        return self.system.target.find(self.ref.stream, rules)

    def preflight(self, bodies: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Finding]]:
        return self.system.target.preflight(self.ref.stream, bodies)

    def preflight_updates(
        self,
        bodies: Sequence[Mapping[str, Any]],
        current: Sequence[Mapping[str, Any]],
        created: Sequence[Mapping[str, Any]],
    ) -> Sequence[Sequence[Finding]]:
        return self.system.target.preflight_updates(self.ref.stream, bodies, current, created)

    def action_findings(
        self, verb: str, requests: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
    ) -> Sequence[Sequence[Finding]]:
        return self.system.actions.action_findings(self.ref.stream, verb, requests)

    def allowance(self, verb: str) -> Allowance | None:
        return self.system.actions.allowance(self.ref.stream, verb)

    def foresee(self, verb: str, previews: Sequence[ActionPreview]) -> Sequence[Receipt]:
        return self.system.actions.foresee(self.ref.stream, verb, previews)

    def totals(self, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        return self.system.books.totals(self.ref.stream, body)

    def settle_difference(
        self, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        return self.system.books.settle_difference(self.ref.stream, body, policy, totals)

    def base_currency(self) -> str:
        return self.system.books.base_currency()

    def standing(self, values: Mapping[str, Any]) -> Standing | None:
        return self.system.books.standing(self.ref.stream, values)

    def web_link(self, key: str) -> str:
        return self.system.books.web_link(self.ref.stream, key)


@dataclass(frozen=True, eq=False)
class Flow:
    """One mapping of this run."""

    program: Program
    source: OpenStream
    target: OpenStream
    link: Callable[[], Mapper] = field(repr=False)
    select: Callable[[frozenset[str]], Callable[[Record], bool]] = field(repr=False)
    _selections: dict[frozenset[str], Callable[[Record], bool]] = field(
        init=False, default_factory=dict, repr=False
    )

    @property
    def name(self) -> str:
        return self.program.name

    @cached_property
    def mapper(self) -> Mapper:
        """The program with this run's settings and tables, its payloads in the form in which they go out.

        Reference streams are read when first needed.
        """
        return formed(self.link(), self.target.schema)

    @cached_property
    def update_rules(self) -> UpdateRules:
        """How single fields are treated in updates."""
        program, schema = self.program, self.target.schema
        return UpdateRules(program.only_create, program.clears, schema.title, schema.emptied)

    def with_fingerprint(self, payload: Payload) -> Payload:
        return with_fingerprint(payload, self.program.only_create)

    def leaves_out(self, entry: Unusable | Elsewhere) -> bool:
        """Whether the mapping's `where` leaves the record out, whatever its unknown fields hold."""
        unknown = entry.unknown
        if unknown not in self._selections:
            self._selections[unknown] = self.select(unknown)
        return self._selections[unknown](Record(entry.address, entry.values))

    def read(self, *, keys: Sequence[str] | None = None, since: datetime | None = None) -> Iterator[Entry]:
        """Records of the source, with the fields that the mapping uses."""
        return self.source.read(keys=keys, since=since, paths=self.program.paths)
