"""How two books compare: the state of a document in one system, and what differs between both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from engine.model.address import Address
from engine.model.amounts import amount
from engine.model.change import Difference

# `draft`: not issued yet; it is not in its system's books until it is pushed.
State = Literal["draft", "open", "paid", "part_paid", "credited", "unallocated", "voided", "deleted"]
GONE: tuple[State, ...] = ("voided", "deleted")

# What a reconcile row may say, in the order in which a report shows it. The first group is drift.
DRIFT = ("missing", "deleted", "voided", "edited", "cents", "unpaid")
NEWS = ("paid", "part_paid", "credited", "unallocated", "unapproved", "rounded", "unknown", "source_only")


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a document in one system's books. Amounts are in `currency`, taxes included.

    `paid` was settled with money, `credited` with credit notes. `unallocated`: a credit note of which
    something is left.
    """

    state: State
    currency: str
    total: Decimal
    paid: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)
    note: str = ""  # what people should know about it, instead of the amounts

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left of it: one that was `credited` in part is still open."""
        if self.state == "credited":
            return abs(self.paid + self.credited) >= abs(self.total)
        return self.state == "paid" or self.state in GONE

    @property
    def settlement(self) -> str:
        """The note; else how much was settled, and with what: `60.00 paid, 40.00 credited of 100.00 EUR`."""
        if self.note or not (self.paid or self.credited or self.state == "paid"):
            return self.note
        of = f"of {amount(self.total)} {self.currency}"
        if self.paid and self.credited:
            return f"{amount(self.paid)} paid, {amount(self.credited)} credited {of}"
        return f"{amount(self.credited or self.paid)} {of}"


@dataclass(frozen=True, slots=True)
class Control:
    """The totals that a mapping compares, as the source says them, and what the mapping does about cents."""

    totals: Mapping[str, Decimal]
    policy: str  # accept | adjust_tax | rounding_line | hold
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """A document of one system as it was last seen.

    Of a source, `taken` has the mappings that push it, each with the reason why it is left where it is (empty
    if the next push sends it); `controls` the mappings that took it at any time.
    """

    address: Address
    title: str
    standing: Standing | None  # None: the system does not count it as a document
    taken: Mapping[str, str] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)
    absent: bool = False  # a reading has proved that the system no longer has it


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's word that a document's differences are all right, as long as they stay as they are."""

    why: str
    who: str
    at: datetime
    fingerprint: str  # of the differences


@dataclass(frozen=True, slots=True)
class Drifted:
    """A linked document with differences that were reported: what a person may accept."""

    source: Address
    target: Address
    source_title: str
    title: str
    kinds: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the reconcile report, and the part of the books' difference that it explains."""

    kind: str  # one of DRIFT or NEWS
    title: str  # at the target, or at the source if it is only there
    source: Address | None
    target: Address | None
    note: str = ""
    differences: tuple[Difference, ...] = ()
    link: str = ""  # a web address
    currency: str = ""
    amount: Decimal = Decimal(0)  # target less source
    source_title: str = ""
    accepted: Acceptance | None = None
    advice: str = ""  # the commands with which a person decides about it

    @property
    def is_drift(self) -> bool:
        """Whether a person has to look at it."""
        return self.kind in DRIFT and self.accepted is None


@dataclass(frozen=True, slots=True)
class Book:
    """Both books' totals in one currency, over all documents that are in either of them."""

    currency: str
    source: Decimal
    target: Decimal
    documents: int

    def __add__(self, other: Book) -> Book:
        return Book(
            self.currency,
            self.source + other.source,
            self.target + other.target,
            self.documents + other.documents,
        )

    @property
    def difference(self) -> Decimal:
        return self.target - self.source


@dataclass(frozen=True, slots=True)
class BookReading:
    """How much of a stream the comparison has read; what it did not read is known from earlier readings."""

    stream: str
    records: int
    since: datetime | None = None  # only what changed since then
    complete: bool = True  # False: a part of it was not shown, so that absence from it proves nothing
