"""How two books compare: what a document's state is on one side, and what differs between both."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.model.address import Address
from engine.model.change import Difference

State = Literal["open", "paid", "part_paid", "credited", "voided", "deleted"]

# What a reconcile row may say, in the order in which a report shows it. The first group is drift.
DRIFT = ("missing", "deleted", "voided", "edited", "cents", "unpaid")
NEWS = ("paid", "part_paid", "credited", "unknown")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a document stands in one system's book. Amounts are in `currency`, taxes included."""

    state: State
    currency: str
    total: Decimal
    paid: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the reconcile report."""

    kind: str  # one of DRIFT or NEWS
    title: str
    source: Address | None
    target: Address | None
    note: str = ""
    differences: tuple[Difference, ...] = ()
    link: str = ""  # an address for people


@dataclass(frozen=True, slots=True)
class Book:
    """Both books' totals in one currency, over the linked documents that stand in either."""

    currency: str
    source: Decimal
    target: Decimal
    documents: int

    @property
    def difference(self) -> Decimal:
        return self.target - self.source
