"""What the ledger remembers of one mapped record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.model.address import Address
from engine.model.change import Batch

WRITE = "write"  # what creates and updates are, as one kind, beside each action's own verb


@dataclass(frozen=True, slots=True)
class Link:
    """A source record and the target record that it became."""

    mapping: str
    address: Address  # the source record
    target: Address  # the target record
    fingerprint: str  # of the payload last sent or adopted
    body: Mapping[str, Any] = field(default_factory=dict)  # that payload, references resolved
    seen: Mapping[str, Any] = field(default_factory=dict)  # the target record as last seen, JSON types
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BegunBatch:
    """A batch that went to disk and has not been settled whole. `open` are the positions still unsettled."""

    mapping: str
    batch: Batch
    fingerprints: tuple[str, ...]  # per part; empty text for actions
    open: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A record that waits for a person. `fingerprint` is the refused payload's; empty where none was made."""

    mapping: str
    address: Address
    code: str
    reason: str
    where: str
    fingerprint: str
    since: datetime
    title: str = ""
    verb: str = WRITE  # or the action that was refused
