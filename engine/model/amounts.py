"""Amounts of money as text."""

from __future__ import annotations

from decimal import Decimal


def amount(value: Decimal) -> str:
    """`1,710.90`: at least two decimals, and all digits of the value."""
    exponent = value.as_tuple().exponent
    exact = isinstance(exponent, int) and exponent < -2
    return f"{value:,f}" if exact else f"{value:,.2f}"
