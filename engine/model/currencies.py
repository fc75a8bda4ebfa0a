"""How many decimals an amount of money has in its currency.

Source: ISO 4217, list one (the current currencies; its maintenance agency publishes it at
<https://www.six-group.com/en/products-services/financial-information/data-standards.html>). Almost all have
two; those that have more are listed here. Currencies without a minor unit count as having two: systems write
their amounts like all others.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

USUAL = 2
MORE = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4}
_WIDE = Context(prec=400)  # as many digits as a record may hold: an absurd amount is rounded, not a crash


def decimals(currency: str) -> int:
    """The decimals of a currency's amounts; 2 if it is not known."""
    return MORE.get(currency.strip().upper(), USUAL)


def in_money(value: Decimal, places: int = USUAL) -> Decimal:
    """A value to so many decimals, half up: a currency has no smaller unit."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
