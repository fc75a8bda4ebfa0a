"""The totals that Xero computes from the lines of an invoice or credit note, to the cent
(connectors/xero/API.md, 7). Pure.

Each line is rounded to two places and its tax computed and rounded on its own, then summed. Half up means
away from zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

CENT, FOUR = Decimal("0.01"), Decimal("0.0001")
ZERO, HUNDRED = Decimal("0.00"), Decimal(100)
Body = Mapping[str, Any]
_WIDE = Context(prec=400)  # as many digits as a record may hold


@dataclass(frozen=True, slots=True)
class Rates:
    """Tax rates by type, and the type of each account, by code and by id."""

    rates: Mapping[str, Decimal] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def of(self, line: Body) -> Decimal:
        tax = line.get("TaxType")
        if tax is None:
            tax = self.defaults.get(str(line.get("AccountCode") or line.get("AccountID") or ""))
        return self.rates.get(str(tax), Decimal(0))


@dataclass(frozen=True, slots=True)
class Share:
    """The amount and tax of one line."""

    amount: Decimal
    tax: Decimal


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP, _WIDE)


def kept(value: Decimal) -> Decimal:
    """A quantity or unit price as Xero keeps it: with four decimals."""
    return value.quantize(FOUR, ROUND_HALF_UP, _WIDE)


def totals(body: Body, rates: Rates) -> dict[str, Decimal]:
    """SubTotal, TotalTax and Total as Xero will compute them."""
    shares = [share(line, body, rates) for line in _lines(body)]
    amount, tax = sum((share.amount for share in shares), ZERO), sum((share.tax for share in shares), ZERO)
    if body.get("LineAmountTypes") == "Inclusive":
        return {"SubTotal": amount - tax, "TotalTax": tax, "Total": amount}
    return {"SubTotal": amount, "TotalTax": tax, "Total": amount + tax}


def share(line: Body, body: Body, rates: Rates) -> Share:
    """One line's amount and tax."""
    amount, kind = line_amount(line), body.get("LineAmountTypes", "Exclusive")
    given = _number(line.get("TaxAmount"))
    if kind == "NoTax":
        return Share(amount, ZERO)
    if given is not None:
        return Share(amount, cents(given))
    rate = rates.of(line)
    base = HUNDRED + rate if kind == "Inclusive" else HUNDRED
    return Share(amount, cents(amount * rate / base))


def line_amount(line: Body) -> Decimal:
    """Quantity times price, both as Xero keeps them, less discount, to two places; a LineAmount replaces a
    missing one of the two.
    """
    quantity, unit, given = (_number(line.get(name)) for name in ("Quantity", "UnitAmount", "LineAmount"))
    if unit is None or (quantity is None and given is not None):
        return cents(given) if given is not None else ZERO
    gross = (Decimal(1) if quantity is None else kept(quantity)) * kept(unit)
    rate, off = _number(line.get("DiscountRate")), _number(line.get("DiscountAmount"))
    if rate is None and off is not None:
        return cents(gross - off)
    return cents(gross * (HUNDRED - (rate or 0)) / HUNDRED)


def adjust_tax(body: Body, wanted: Mapping[str, Decimal], rates: Rates) -> dict[str, Any] | None:
    """Correct the tax of single lines, largest first, so that the totals become `wanted`.

    None if the net amounts differ as well, or no line has enough tax to change.
    """
    has, lines = totals(body, rates), _lines(body)
    if wanted.get("SubTotal", has["SubTotal"]) != has["SubTotal"]:
        return None
    tax = wanted.get("TotalTax", wanted.get("Total", has["Total"]) - has["SubTotal"])
    rest = tax - has["TotalTax"]
    taxes = [share(line, body, rates).tax for line in lines]
    changed: dict[int, Decimal] = {}
    for n in sorted(range(len(lines)), key=lambda n: (-abs(taxes[n]), n)):
        if not rest or not taxes[n]:
            break
        # The tax of a line may become 0, but not change its sign, which is that of the amount.
        opposite = (rest > 0) != (taxes[n] > 0)
        step = max(rest, -taxes[n]) if opposite and rest < 0 else min(rest, -taxes[n]) if opposite else rest
        changed[n] = taxes[n] + step
        rest -= step
    lines = [{**line, "TaxAmount": changed[n]} if n in changed else line for n, line in enumerate(lines)]
    return _if_totals_match({**body, "LineItems": lines}, wanted, rates, wanted)


def rounding_line(
    body: Body,
    wanted: Mapping[str, Decimal],
    rates: Rates,
    account: Mapping[str, Any] | None,
    tax: str | None,
) -> dict[str, Any] | None:
    """Add a line on the rounding account that makes the total come out as wanted; None without one."""
    name = "Total" if "Total" in wanted else "SubTotal"
    if account is None or name not in wanted:
        return None
    number = {"AccountCode": account["Code"]} if account.get("Code") else {"AccountID": account["AccountID"]}
    line: dict[str, Any] = {
        "Description": "Rounding",
        "Quantity": Decimal(1),
        "UnitAmount": wanted[name] - totals(body, rates)[name],
        **number,
    }
    if body.get("LineAmountTypes") != "NoTax":
        if tax is None:
            return None
        line["TaxType"] = tax
    return _if_totals_match({**body, "LineItems": [*_lines(body), line]}, wanted, rates, (name,))


def _if_totals_match(
    body: dict[str, Any], wanted: Mapping[str, Decimal], rates: Rates, names: Iterable[str]
) -> dict[str, Any] | None:
    has = totals(body, rates)
    return body if all(has[name] == wanted[name] for name in names if name in has) else None


def _lines(body: Body) -> Sequence[Body]:
    return [line for line in body.get("LineItems") or () if isinstance(line, Mapping)]


def _number(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal | str) and not isinstance(value, bool) else None
