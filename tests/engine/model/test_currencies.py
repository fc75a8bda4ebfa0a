"""The decimals of money."""

from decimal import Decimal

import pytest

from engine.model.currencies import decimals, in_money


@pytest.mark.parametrize(
    ("currency", "places"), [("EUR", 2), ("KWD", 3), ("bhd ", 3), ("JPY", 2), ("", 2), ("XXX", 2), ("CLF", 4)]
)
def test_decimals(currency: str, places: int) -> None:
    assert decimals(currency) == places


def test_what_is_beyond_money_is_rounded_half_up() -> None:
    assert str(in_money(Decimal("991.73553719"))) == "991.74"
    assert str(in_money(Decimal("-10.125"))) == "-10.13"
    assert str(in_money(Decimal("10.125"), 3)) == "10.125"
    assert in_money(Decimal("9" * 90)) == Decimal("9" * 90)
