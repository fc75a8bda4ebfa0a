"""What is to be done about one mapped record, the batch that does it, and the receipt for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from engine.model.address import Address
from engine.model.payload import Payload


@dataclass(frozen=True, slots=True)
class Difference:
    """One field whose value differs: `path` such as `LineItems[0].AccountCode`."""

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
    emptied: tuple[str, ...] = ()  # as for `Unchanged`


@dataclass(frozen=True, slots=True)
class Adopt:
    """Link what exists. `differences`: fields that are sent because they differ there; `body` has them.

    `heir`: key of the record that took its place and is linked to another source record; nothing is sent.
    """

    payload: Payload
    target_id: str
    differences: tuple[Difference, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
    held: Held | None = None  # why those fields are not sent; what exists is linked all the same
    heir: str = ""

    @property
    def referred(self) -> str:
        """The key by which other records refer to it."""
        return self.heir or self.target_id


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing is to be sent.

    `differences`: what the present rules would change of a document that stays as it was sent. `emptied`:
    fields that are absent at the source by now, and stay as they are at the target.
    """

    payload: Payload
    target_id: str
    differences: tuple[Difference, ...] = ()
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Not done, and why. `code` groups causes; `where` is the rule's `file:line:column` or the system that
    refused it.

    `fingerprint` is set if a person may approve exactly that payload.
    """

    address: Address
    mapping: str
    code: str
    reason: str
    where: str = ""
    title: str = ""
    fingerprint: str = ""

    @classmethod
    def of(cls, payload: Payload, code: str, reason: str, where: str = "", fingerprint: str = "") -> Held:
        """A record held after it was mapped."""
        return cls(payload.address, payload.mapping, code, reason, where, payload.title, fingerprint)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not created on purpose, e.g. older than the cut-off date."""

    address: Address
    mapping: str
    reason: str


Change = Create | Update | Adopt | Unchanged | Held | Skipped

Verb = str  # "create", "update", or a stream's action such as "email"
WRITES: tuple[Verb, ...] = ("create", "update")  # every other verb is an action


@dataclass(frozen=True, slots=True)
class Part:
    """One record's share of a batch. `body` is final: no open references, JSON types and Decimal only."""

    address: Address
    body: Mapping[str, Any]
    target_id: str | None = None  # None only for creates
    title: str = ""  # what people call the record
    actions: tuple[Verb, ...] = ()  # wanted once the record exists, e.g. ("email",)
    source: str = ""  # hashes of the source values that the rules read, kept with the link


@dataclass(frozen=True, slots=True)
class Batch:
    """One request to a target, in the ledger before it is sent, and repeated as a whole."""

    stream: str  # the target's stream, without the system: `invoices`
    verb: Verb
    key: str  # random, sent as the idempotency key
    parts: tuple[Part, ...]
    begun: datetime
    id: int = 0  # the ledger's number


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one part.

    outcome `done`: the record exists as `target_id`. outcome `refused`: `reason` in the target's own words.
    outcome `doubt`: unknown (no answer, or one that names no id); look it up later.
    outcome `skipped`, of an action: there is nothing to do, and `reason` says why. An action that is done may
    have a reason too, if people should know more about it. outcome `waiting`, of an action: it was certainly
    not carried out, for a reason that may pass by itself, such as an allowance that is used up. `amounts`:
    what an action has moved, by currency.
    """

    outcome: Literal["done", "refused", "doubt", "skipped", "waiting"]
    target_id: str | None = None
    reason: str = ""
    code: str = ""  # groups causes
    observed: Mapping[str, Any] = field(default_factory=dict)  # the record as the target answered it, typed
    warnings: tuple[str, ...] = ()  # of the target's, in its own words
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
