"""How two books compare: the state of a document in one system, and what differs between both."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.model.address import Address
from engine.model.amounts import amount
from engine.model.change import Difference

State = Literal["open", "paid", "part_paid", "credited", "unallocated", "voided", "deleted"]

# What a reconcile row may say, in the order in which a report shows it. The first group is drift.
DRIFT = ("missing", "deleted", "voided", "edited", "cents", "unpaid")
NEWS = ("paid", "part_paid", "credited", "unallocated", "unknown")


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
    def settlement(self) -> str:
        """The note; else how much was settled, and with what: `60.00 paid, 40.00 credited of 100.00 EUR`."""
        if self.note or not (self.paid or self.credited or self.state == "paid"):
            return self.note
        of = f"of {amount(self.total)} {self.currency}"
        if self.paid and self.credited:
            return f"{amount(self.paid)} paid, {amount(self.credited)} credited {of}"
        return f"{amount(self.credited or self.paid)} {of}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the reconcile report."""

    kind: str  # one of DRIFT or NEWS
    title: str
    source: Address | None
    target: Address | None
    note: str = ""
    differences: tuple[Difference, ...] = ()
    link: str = ""  # a web address


@dataclass(frozen=True, slots=True)
class Book:
    """Both books' totals in one currency, over the linked documents that exist in either."""

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
