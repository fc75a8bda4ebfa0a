from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.xero import money
from connectors.xero.money import Rates, adjust_tax, rounding_line, totals

RATES = Rates(
    {"OUTPUT2": Decimal(15), "HIGH": Decimal(21), "NONE": Decimal(0)},
    {"200": "OUTPUT2", "860": "NONE", "id-200": "OUTPUT2"},
)
ROUNDING = {"Code": "860", "AccountID": "id-860"}


def d(text: str) -> Decimal:
    return Decimal(text)


def body(*amounts: str, tax: str | None = "OUTPUT2", **more: Any) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [
        {"Quantity": 1, "UnitAmount": d(one), "AccountCode": "200"} for one in amounts
    ]
    for line in lines:
        if tax:
            line["TaxType"] = tax
    return {"LineItems": lines, **more}


def test_tax_is_rounded_on_each_line_and_then_summed() -> None:
    assert totals(body("25.06", "25.61", "25.63"), RATES) == {
        "SubTotal": d("76.30"),
        "TotalTax": d("11.44"),
        "Total": d("87.74"),
    }


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ({"Quantity": d("3"), "UnitAmount": d("0.335")}, "1.01"),
        ({"Quantity": d("242"), "UnitAmount": d("1.2375")}, "299.48"),
        ({"Quantity": 1, "UnitAmount": d("0.00005")}, "0.00"),
        ({"Quantity": 1, "UnitAmount": d("-0.125")}, "-0.13"),
        ({"UnitAmount": d("7")}, "7.00"),
        ({"LineAmount": d("12.345")}, "12.35"),
        ({"Quantity": 3, "LineAmount": d("12")}, "12.00"),
        ({"Quantity": 2, "UnitAmount": 10, "DiscountRate": d("12.5")}, "17.50"),
        ({"Quantity": 2, "UnitAmount": 10, "DiscountAmount": d("0.99")}, "19.01"),
        ({"Quantity": "2", "UnitAmount": "10.5"}, "21.00"),
        ({"Quantity": d("33.33333333"), "UnitAmount": 4500}, "149999.85"),
        ({"Description": "only text"}, "0.00"),
    ],
)
def test_line_amounts_round_half_away_from_zero(line: dict[str, Any], amount: str) -> None:
    assert money.line_amount(line) == d(amount)


def test_tax_type_falls_to_the_accounts_own() -> None:
    by_code = {"LineItems": [{"UnitAmount": 100, "AccountCode": "200"}]}
    by_id = {"LineItems": [{"UnitAmount": 100, "AccountID": "id-200"}]}
    assert totals(by_code, RATES)["TotalTax"] == totals(by_id, RATES)["TotalTax"] == d("15.00")


def test_inclusive_and_untaxed_amounts() -> None:
    assert totals(body("115", LineAmountTypes="Inclusive"), RATES) == {
        "SubTotal": d("100.00"),
        "TotalTax": d("15.00"),
        "Total": d("115.00"),
    }
    assert totals(body("115", LineAmountTypes="NoTax"), RATES)["TotalTax"] == d("0.00")


def test_sent_tax_amount_stands() -> None:
    sent = {"LineItems": [{"UnitAmount": 100, "TaxType": "OUTPUT2", "TaxAmount": d("14.99")}]}
    assert totals(sent, RATES)["Total"] == d("114.99")


def test_cent_of_tax_goes_to_the_line_with_the_largest_tax() -> None:
    wanted = {"SubTotal": d("76.30"), "Total": d("87.75")}
    settled = adjust_tax(body("25.06", "25.61", "25.63"), wanted, RATES)
    assert settled is not None
    assert [line.get("TaxAmount") for line in settled["LineItems"]] == [None, d("3.85"), None]
    assert totals(settled, RATES)["Total"] == d("87.75")


def test_tax_is_spread_rather_than_turned_round() -> None:
    settled = adjust_tax(body("0.10", "0.10"), {"SubTotal": d("0.20"), "TotalTax": d("0.01")}, RATES)
    assert settled is not None
    assert [line.get("TaxAmount") for line in settled["LineItems"]] == [d("0.00"), d("0.01")]


def test_negative_tax_is_put_right_as_well() -> None:
    settled = adjust_tax(body("-25.06", "-1.00"), {"SubTotal": d("-26.06"), "TotalTax": d("-3.90")}, RATES)
    assert settled is not None
    assert totals(settled, RATES)["TotalTax"] == d("-3.90")


def test_adjusting_tax_is_impossible_where_the_net_differs_or_nothing_is_taxed() -> None:
    assert adjust_tax(body("10"), {"SubTotal": d("10.01"), "Total": d("11.51")}, RATES) is None
    assert adjust_tax(body("10", tax="NONE"), {"SubTotal": d("10"), "Total": d("10.01")}, RATES) is None


def test_rounding_line_brings_the_total() -> None:
    before = body("25.06", "25.61", "25.63")
    settled = rounding_line(before, {"SubTotal": d("76.30"), "Total": d("87.75")}, RATES, ROUNDING, "NONE")
    assert settled is not None
    assert settled["LineItems"][-1] == {
        "Description": "Rounding",
        "Quantity": 1,
        "UnitAmount": d("0.01"),
        "AccountCode": "860",
        "TaxType": "NONE",
    }
    assert totals(settled, RATES)["Total"] == d("87.75")
    assert len(before["LineItems"]) == 3


def test_rounding_line_needs_its_account() -> None:
    assert rounding_line(body("1"), {"Total": d("9")}, RATES, None, "NONE") is None
    assert rounding_line(body("1"), {"Total": d("9")}, RATES, ROUNDING, None) is None
    by_id = rounding_line(body("1"), {"Total": d("9")}, RATES, {"AccountID": "id-860"}, "NONE")
    assert by_id is not None
    assert by_id["LineItems"][-1]["AccountID"] == "id-860"
