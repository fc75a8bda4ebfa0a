"""Numbers are exact: a decimal keeps the digits it came with, and never gets an exponent."""

from __future__ import annotations

from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from engine.sdk.wire import dumps
from tests.engine.mapping.mapping_kit import evaluated, mapped, refused

TOTAL = "invoice.total_ex_vat"


@pytest.mark.parametrize(
    "digits", ["12.50", "0.00", "-0.10", "100", "1E+3", "1E-7", "0E-8", "123456789012345678901234567890.12"]
)
def test_a_decimal_keeps_its_digits_as_text_and_on_the_wire(tmp_path: Path, digits: str) -> None:
    plain = format(Decimal(digits), "f")
    assert evaluated(tmp_path, f"{TOTAL} | text", total_ex_vat=Decimal(digits)) == plain
    assert mapped(tmp_path, f'Url: "x{{{{ {TOTAL} }}}}"', total_ex_vat=Decimal(digits)) == f"x{plain}"
    assert mapped(tmp_path, f'Url: {{join: ["{{{{ {TOTAL} }}}}"]}}', total_ex_vat=Decimal(digits)) == plain
    sent = mapped(tmp_path, f'CurrencyRate: "{{{{ {TOTAL} }}}}"', total_ex_vat=Decimal(digits))
    assert dumps(sent) == plain


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1.10 + 2.20", "3.30"),
        ("12.50 * 2", "25.00"),
        ("1.1 * 1.1", "1.21"),
        ("5 - 0.10", "4.90"),
        ("-12.50", "-12.50"),
        ("-0.0", "0.0"),
        ("100 / 4", "25"),
        ("1 / 8", "0.125"),
        ("9999999999999999999999999999999999999.99 + 0.01", "10000000000000000000000000000000000000.00"),
        ("1 / 3", "0.3333333333333333333333333333"),
        ("2 / 3", "0.6666666666666666666666666667"),
        ("1000 / 0.1", "10000"),
        ("12.50 / 2", "6.25"),
        ("-1.23456789012345678901234567890123456789", "-1.23456789012345678901234567890123456789"),
        ("7 * 6", "42"),
    ],
)
def test_arithmetic_is_exact(tmp_path: Path, expression: str, made: str) -> None:
    value = evaluated(tmp_path, expression)
    assert dumps(value) == made
    assert evaluated(tmp_path, f"({expression}) | text") == made


def test_arithmetic_does_not_hang_on_the_context_of_its_caller(tmp_path: Path) -> None:
    with localcontext() as context:
        context.prec = 3
        assert str(evaluated(tmp_path, "1234.56 + 0.01")) == "1234.57"
        assert str(evaluated(tmp_path, "-1234.56")) == "-1234.56"
        assert str(evaluated(tmp_path, f"-{TOTAL} | abs", total_ex_vat=Decimal("1234.56"))) == "1234.56"
        assert (
            str(evaluated(tmp_path, "invoice.amounts | sum", amounts=[Decimal("1234.56"), Decimal("0.01")]))
            == "1234.57"
        )


def test_whole_numbers_stay_whole_and_a_division_makes_a_decimal(tmp_path: Path) -> None:
    assert type(evaluated(tmp_path, "invoice.days * 2 + 1 - 5", days=7)) is int
    assert type(evaluated(tmp_path, "invoice.days / 7", days=7)) is Decimal
    assert mapped(tmp_path, 'Days: "{{ invoice.days * 2 }}"', days=7) == 14


def test_ids_are_text_and_stay_text(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Reference: "{{ invoice.id }}"') == "41939771881672249"


@pytest.mark.parametrize("expression", ["1 / 0", f"{TOTAL} / ({TOTAL} - {TOTAL})", "1 / 0.00"])
def test_a_division_by_zero_refuses_the_record(tmp_path: Path, expression: str) -> None:
    (one,) = refused(tmp_path, f'CurrencyRate: "{{{{ {expression} }}}}"')
    assert one.code == "mapping.failed"
    assert expression in one.reason


@pytest.mark.parametrize("amount", ["1E+200", "-1E+400"])
@pytest.mark.parametrize("function", ["round(2) | text", "text"])
def test_a_number_that_is_no_amount_refuses_the_record_and_harms_nothing(
    tmp_path: Path, amount: str, function: str
) -> None:
    (one,) = refused(tmp_path, f'Url: "{{{{ {TOTAL} | {function} }}}}"', total_ex_vat=Decimal(amount))
    assert one.code == "mapping.failed"
    assert TOTAL in one.reason


@pytest.mark.parametrize(("amount", "made"), [("-0.004", "0.00"), ("0.004", "0.00"), ("-0.005", "-0.01")])
def test_what_rounds_to_nothing_has_no_sign(tmp_path: Path, amount: str, made: str) -> None:
    values: dict[str, Any] = {"total_ex_vat": Decimal(amount)}
    assert dumps(evaluated(tmp_path, f"{TOTAL} | round(2)", **values)) == made
    assert evaluated(tmp_path, f"{TOTAL} | round(2) | text", **values) == made
    assert (
        dumps(mapped(tmp_path, f'CurrencyRate: {{value: "{{{{ {TOTAL} }}}}", round: 2}}', **values)) == made
    )
    assert evaluated(tmp_path, "-invoice.total_inc_vat * 0 ~ ''", total_inc_vat=Decimal("12.5")) == "0.0"


@pytest.mark.parametrize("expression", [f"{TOTAL} | round(2)", f"{TOTAL} * {TOTAL} * {TOTAL}"])
def test_a_number_that_grows_too_large_is_reported_in_plain_words(tmp_path: Path, expression: str) -> None:
    (one,) = refused(tmp_path, f'CurrencyRate: "{{{{ {expression} }}}}"', total_ex_vat=Decimal("9E+400"))
    assert "too large" in one.reason
    assert "decimal." not in one.reason
