"""What the ledger remembers of one mapped record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.model.address import Address
from engine.model.change import Batch

WRITE = "write"  # creates and updates as one kind; every action is a kind of its own


@dataclass(frozen=True, slots=True)
class Link:
    """A source record and its target record."""

    mapping: str
    address: Address  # the source record
    target: Address  # the target record
    fingerprint: str  # of the payload last sent or adopted
    body: Mapping[str, Any] = field(default_factory=dict)  # that payload, references resolved
    last_seen: Mapping[str, Any] = field(default_factory=dict)  # the target record, JSON types
    written_at: datetime | None = None
    title: str = ""  # what people call the source record
    source: str = ""  # hashes of the source values that the rules read; empty if an older version wrote it
    heir: str = ""  # key of the record that took the target's place and is linked to another source record
    kept: Mapping[str, Any] = field(default_factory=dict)  # `body` as the target stored it, with ids of names

    @property
    def stored(self) -> Mapping[str, Any]:
        """What later readings are compared with; what was sent, if an older version wrote it."""
        return self.kept or self.body

    @property
    def referred(self) -> str:
        """The key by which other records refer to the target record."""
        return self.heir or self.target.key


@dataclass(frozen=True, slots=True)
class Outdated:
    """A record that stays as it was sent although the present rules would give something else."""

    mapping: str
    address: Address
    fingerprint: str  # of the payload that the present rules give
    fields: tuple[str, ...]  # in which it differs
    title: str = ""


@dataclass(frozen=True, slots=True)
class BegunBatch:
    """A batch with parts that are not settled: those at the positions in `open`."""

    mapping: str
    batch: Batch
    fingerprints: tuple[str, ...]  # per part; empty text for actions
    open: tuple[int, ...]
    failure: str = ""  # the target's words, if the request failed without naming a record
    spent: bool = False  # it was answered with an error: its key must not be used again


@dataclass(frozen=True, slots=True)
class Failures:
    """Requests that failed with one record in them, since it was last written or refused by name."""

    first: int  # the ledger's number of the first of these batches
    count: int
    alone: int  # how many of them held this record alone
    last_size: int  # records in the last of them


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A record that waits for a person. `fingerprint` is the refused payload's; empty if there was none."""

    mapping: str
    address: Address
    code: str
    reason: str
    where: str
    fingerprint: str
    since: datetime
    title: str = ""
    verb: str = WRITE  # or the action that was refused


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A held record that a person has dismissed: it is left alone while its source values are the same."""

    row: HeldRow  # as it was held
    source: str  # a hash of those values; empty if it is not known
    why: str
    who: str
    at: datetime
