from __future__ import annotations

from decimal import Decimal

import pytest

from engine.model.amounts import amount


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("12", "12.00"),
        ("1.5", "1.50"),
        ("1710.94", "1,710.94"),
        ("-0.005", "-0.005"),
        ("1E+3", "1,000.00"),
        ("12345678901234567890.10", "12,345,678,901,234,567,890.10"),
    ],
)
def test_amount_has_two_decimals_and_all_its_digits(value: str, said: str) -> None:
    assert amount(Decimal(value)) == said
