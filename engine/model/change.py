"""What is to be done about one mapped record, the batch that does it, and the receipt for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from engine.model.address import Address
from engine.model.payload import Payload


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not what it was: `path` such as `LineItems[0].AccountCode`."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Create:
    payload: Payload


@dataclass(frozen=True, slots=True)
class Update:
    payload: Payload
    target_id: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Adopt:
    payload: Payload
    target_id: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    payload: Payload
    target_id: str


@dataclass(frozen=True, slots=True)
class Held:
    """Not done, and why. `code` groups causes; `where` is the rule's place or the side that said it.

    `fingerprint` is the payload's where a person's word lets exactly that payload go.
    """

    address: Address
    mapping: str
    code: str
    reason: str
    where: str = ""
    title: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Deliberately not looked at, e.g. older than the cut-off date."""

    address: Address
    mapping: str
    reason: str


Change = Create | Update | Adopt | Unchanged | Held | LeftOut

Verb = str  # "create", "update", or a stream's action such as "email"


@dataclass(frozen=True, slots=True)
class Part:
    """One record's share of a batch. `body` is final: no open references, JSON types and Decimal only."""

    address: Address
    body: Mapping[str, Any]
    target_id: str | None = None  # None only for creates
    title: str = ""  # what people call the record
    then: tuple[str, ...] = ()  # verbs that are wanted once it stands, e.g. ("email",)


@dataclass(frozen=True, slots=True)
class Batch:
    """One request to a target, durable before it is sent. The unit of begin and repeat."""

    stream: str  # the target's stream, without the system: `invoices`
    verb: Verb
    key: str  # drawn fresh when the batch was begun, sent as its idempotency key
    parts: tuple[Part, ...]
    begun: datetime
    id: int = 0  # the ledger's number


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one part.

    outcome `done`: it stands, under `target_id`. outcome `refused`: the target said no, `reason` in its own
    words. outcome `doubt`: nobody knows (no answer, an answer that names no id); look it up later.
    """

    outcome: Literal["done", "refused", "doubt"]
    target_id: str | None = None
    reason: str = ""
    code: str = ""  # groups causes
    seen: Mapping[str, Any] = field(default_factory=dict)  # the record as the target answered it, typed
