"""An amount is never booked in another currency than it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import opened

CASE = "31-currency-not-said"


def test_currency_that_nothing_says_holds_and_totals_may_prove_the_base_currency(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        planned = case.plan()
        (note,) = [one for one in planned.json["notices"] if "INV-2026-0002" in one]
        assert "InvoiceCurrencyCode" in note
        assert "it is sent in NZD" in note
        ran = case.run()
        assert ran.code == 1
        (held,) = ran.json["held"]
        assert (held["title"], "CurrencyCode" in held["reason"]) == ("INV-2026-0001", True)
        (pushed,) = case.systems.pushed()
        assert (pushed["Reference"], pushed["CurrencyCode"]) == ("INV-2026-0002", "NZD")
        assert [one for one in ran.json["notices"] if "sent in NZD" in one]
        assert not [one for one in case.run().json["notices"] if "NZD" in one], "a quiet second run"


def test_project_says_the_currency(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        case.systems.load({"projects": [{"ProjectID": 71, "CurrencyCode": "EUR"}]})
        case.systems.edit(case.psohub_invoice("INV-2026-0001")["InvoiceID"], ProjectID=71)
        ran = case.run()
        assert ran.code == 0, ran.out
        assert [one for one in ran.json["notices"] if "EUR was taken from its project" in one]
        currencies = {row["Reference"]: row["CurrencyCode"] for row in case.systems.pushed()}
        assert currencies == {"INV-2026-0001": "EUR", "INV-2026-0002": "NZD"}


@pytest.mark.parametrize("more", ["base_currency: EUR", ""])
def test_base_currency_of_psohub_may_be_another_than_xeros(tmp_path: Path, more: str) -> None:
    with opened(CASE, tmp_path, more=more) as case:
        if not more:  # an invoice that states its currency shows which the base currency is
            case.systems.edit(case.psohub_invoice("INV-2026-0001")["InvoiceID"], InvoiceCurrencyCode="EUR")
            totals = {"TotalAmountExVATBaseCurrency": 100, "TotalAmountIncVATBase": 115}
            case.systems.edit(case.psohub_invoice("INV-2026-0001")["InvoiceID"], **totals)
        case.run()
        currencies = {row["Reference"]: row["CurrencyCode"] for row in case.systems.pushed()}
        assert currencies["INV-2026-0002"] == "EUR"


def test_totals_of_nothing_prove_nothing(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        nothing = dict.fromkeys(
            (
                "TotalAmountExVAT",
                "TotalAmountIncVAT",
                "TotalAmountExVATBaseCurrency",
                "TotalAmountIncVATBase",
            ),
            0,
        )
        case.systems.edit(case.psohub_invoice("INV-2026-0002")["InvoiceID"], **nothing)
        ran = case.run()
        assert {row["title"] for row in ran.json["held"]} == {"INV-2026-0001", "INV-2026-0002"}
