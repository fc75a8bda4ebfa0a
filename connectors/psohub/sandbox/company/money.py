"""The same invoice added up in two ways: as PSOhub does, and as Xero does.

PSOhub keeps the decimals of every contract line and rounds at the invoice total
(connectors/psohub/API.md, 1.9 and 4); Xero rounds each line and its tax to the cent, then sums
(connectors/xero/API.md, 7). Half cents go up here; PSOhub's page only says "rounded up".
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, Protocol

CENT = Decimal("0.01")
UNIT_PRICE = Decimal("0.0001")  # Xero keeps four decimals of a unit amount (unitdp=4)
EIGHTH = Decimal("0.00000001")

Sent = Literal["quantity", "amount", "cents"]
WAYS: tuple[Sent, ...] = ("quantity", "amount", "cents")


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


def stated_ex_vat(lines: Iterable[Priced]) -> Decimal:
    """The total without tax as the API shows it: to the cent, but with all its decimals where a line was
    worked back from the gross, as in the documented 991.73553719 (connectors/psohub/API.md, 3.5)."""
    lines = tuple(lines)
    if all(line.amount_ex_vat == line.amount_ex_vat.quantize(UNIT_PRICE) for line in lines):
        return psohub_totals(lines).ex_vat
    return sum((line.amount_ex_vat for line in lines), Decimal(0))


def xero_totals(lines: Iterable[Priced], *, sent: Sent = "quantity") -> Totals:
    """Round every line and its tax, then sum.

    A mapping may send a line as quantity x unit price, as 1 x its amount with four decimals, or as 1 x its
    amount in cents; an amount of 131.40495868 comes to 131.41 the second way and to 131.40 the third.
    """
    ex_vat = vat = Decimal(0)
    for line in lines:
        quantity, unit_price = Decimal(1), line.amount_ex_vat
        if sent == "quantity":
            quantity, unit_price = line.quantity, line.unit_price
        elif sent == "cents":
            unit_price = cents(unit_price)
        amount = cents(quantity * unit_price.quantize(UNIT_PRICE, ROUND_HALF_UP))
        ex_vat += amount
        vat += cents(amount * line.vat_percentage / 100)
    return Totals(ex_vat, ex_vat + vat)


def totals_agree(lines: Iterable[Priced]) -> bool:
    """Whether both systems make the same totals of these lines, whichever way the lines are sent."""
    lines = tuple(lines)
    expected = psohub_totals(lines)
    return all(xero_totals(lines, sent=sent) == expected for sent in WAYS)


def cents_difference(lines: Iterable[Priced]) -> Decimal:
    """How much more Xero would ask for than PSOhub does; 0 also where it depends on how lines are sent."""
    lines = tuple(lines)
    totals = {xero_totals(lines, sent=sent) for sent in WAYS}
    return totals.pop().inc_vat - psohub_totals(lines).inc_vat if len(totals) == 1 else Decimal(0)


def from_gross(gross: Decimal, percentage: Decimal) -> tuple[Decimal, Decimal]:
    """Work an amount and its VAT back from the gross, with PSOhub's eight decimals: 1200 at 21 % is
    991.73553719."""
    ex_vat = (gross * 100 / (100 + percentage)).quantize(EIGHTH, ROUND_HALF_UP)
    return ex_vat, gross - ex_vat
