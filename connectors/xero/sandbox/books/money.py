"""What lines and totals come to (connectors/xero/API.md, 7). Pure, and in decimals alone."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def rounded(amount: Decimal, places: int = 2) -> Decimal:
    """Half up, away from zero for negative amounts: reported, not documented."""
    with localcontext(prec=80):
        return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def line_amount(
    quantity: Decimal, unit_amount: Decimal, rate: Decimal | None, off: Decimal | None
) -> Decimal:
    """Quantity x unit amount, less a discount in per cent or a discount as an amount."""
    with localcontext(prec=80):
        gross = quantity * unit_amount
        if rate is not None:
            return rounded(gross * (HUNDRED - rate) / HUNDRED)
        return rounded(gross - (off or ZERO))


def line_tax(amount: Decimal, rate: Decimal, line_amount_types: str) -> Decimal:
    """Tax of one line, rounded by itself: sums of tax are sums of rounded lines."""
    with localcontext(prec=80):
        if line_amount_types == "Inclusive":
            return rounded(amount * rate / (HUNDRED + rate))
        if line_amount_types == "Exclusive":
            return rounded(amount * rate / HUNDRED)
        return ZERO


def totals(
    amounts: Sequence[Decimal], taxes: Sequence[Decimal], line_amount_types: str
) -> tuple[Decimal, Decimal, Decimal]:
    """SubTotal, TotalTax and Total."""
    tax = sum(taxes, ZERO)
    lines = sum(amounts, ZERO)
    sub_total = lines - tax if line_amount_types == "Inclusive" else lines
    return sub_total, tax, sub_total + tax
