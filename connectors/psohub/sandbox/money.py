"""The same invoice added up in two ways: as PSOhub does, and as Xero does.

PSOhub keeps the decimals of every contract line and rounds at the invoice total (FACTS 1.9 and 4); Xero
rounds each line and its tax to the cent, then sums (xero/API-FACTS 7). Half cents go up here; PSOhub's page
only says "rounded up".
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Protocol

CENT = Decimal("0.01")
UNIT_PRICE = Decimal("0.0001")  # Xero keeps four decimals of a unit amount (unitdp=4)
EIGHTH = Decimal("0.00000001")


class Priced(Protocol):
    """What of a line takes part in the sums."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def amount_ex_vat(self) -> Decimal: ...
    @property
    def vat_amount(self) -> Decimal: ...
    @property
    def vat_percentage(self) -> Decimal: ...


class Totals(NamedTuple):
    """An invoice's totals, to the cent."""

    ex_vat: Decimal
    inc_vat: Decimal


def cents(amount: Decimal) -> Decimal:
    """Round to two decimals, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def psohub_totals(lines: Iterable[Priced]) -> Totals:
    """Sum with all decimals, then round."""
    ex_vat = vat = Decimal(0)
    for line in lines:
        ex_vat += line.amount_ex_vat
        vat += line.vat_amount
    return Totals(cents(ex_vat), cents(ex_vat + vat))


def xero_totals(lines: Iterable[Priced], *, by_quantity: bool = True) -> Totals:
    """Round every line and its tax, then sum.

    `by_quantity` takes a line as quantity x unit price, else as 1 x its amount: a mapping may send either.
    """
    ex_vat = vat = Decimal(0)
    for line in lines:
        quantity, unit_price = (
            (line.quantity, line.unit_price) if by_quantity else (Decimal(1), line.amount_ex_vat)
        )
        amount = cents(quantity * unit_price.quantize(UNIT_PRICE, ROUND_HALF_UP))
        ex_vat += amount
        vat += cents(amount * line.vat_percentage / 100)
    return Totals(ex_vat, ex_vat + vat)


def agree(lines: Iterable[Priced]) -> bool:
    """Whether both systems make the same totals of these lines, whichever way the lines are sent."""
    lines = tuple(lines)
    expected = psohub_totals(lines)
    return xero_totals(lines) == expected == xero_totals(lines, by_quantity=False)


def apart(lines: Iterable[Priced]) -> Decimal:
    """How much more Xero would ask for than PSOhub does; 0 also if the two ways of sending make different
    totals."""
    lines = tuple(lines)
    by_quantity, by_amount = xero_totals(lines), xero_totals(lines, by_quantity=False)
    return by_quantity.inc_vat - psohub_totals(lines).inc_vat if by_quantity == by_amount else Decimal(0)


def from_gross(gross: Decimal, percentage: Decimal) -> tuple[Decimal, Decimal]:
    """Work an amount and its VAT back from the gross, with PSOhub's eight decimals: 1200 at 21 % is
    991.73553719."""
    ex_vat = (gross * 100 / (100 + percentage)).quantize(EIGHTH, ROUND_HALF_UP)
    return ex_vat, gross - ex_vat
