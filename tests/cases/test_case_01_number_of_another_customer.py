"""Rule: a number or a reference alone never links; what disagrees is held with both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cases.harness import Case, opened
from tests.e2e.systems import Row

CASE = "01-number-of-another-customer"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with opened(CASE, tmp_path) as case:
        yield case


def foreign(case: Case, **changes: Any) -> Row:
    (row,) = case.read("xero/invoices.json")
    return {**row, **changes}


def invoice_held(report: Mapping[str, Any]) -> str:
    (reason,) = [str(row["reason"]) for row in report["held"] if row["mapping"] == "invoices"]
    return reason


def test_the_foreign_invoice_is_not_taken_for_ours(case: Case) -> None:
    for _ in range(2):
        result = case.run()
        assert (result.code, result.json["flows"]["invoices"]["adopted"]) == (1, 0)
        reason = invoice_held(result.json)
        assert "INV-2026-0001" in reason
        assert "Someone Else Ltd" in reason
        assert "893.55" in reason
        assert "Right Customer Ltd" in reason
        assert "115.00" in reason
    assert not str(case.psohub_invoice("INV-2026-0001").get("ExternalID") or "").strip()


def test_the_plan_says_so_too(case: Case) -> None:
    (change,) = [one for one in case.plan().json["changes"] if one["mapping"] == "invoices"]
    assert change["change"] == "held"


def test_what_becomes_of_the_foreign_invoice_says_nothing_about_ours(case: Case) -> None:
    case.run()
    case.systems.pay(case.ids["10000000-0000-4000-8000-000000000001"], foreign(case)["Total"])
    case.run()
    row = case.psohub_invoice("INV-2026-0001")
    assert row["InvoiceStatus"] == "Sent"
    assert not str(row.get("ExternalID") or "").strip()


@pytest.mark.parametrize("numbering", ["xero", "psohub"])
def test_the_same_where_the_number_is_a_reference(tmp_path: Path, numbering: str) -> None:
    with opened(CASE, tmp_path, settings={"numbering": numbering}, load=False) as case:
        case.load_psohub()
        contact = {"ContactID": "x", "Name": "Someone Else Ltd"}
        case.add_invoice(foreign(case, InvoiceNumber="", Reference="INV-2026-0001", Contact=contact))
        result = case.run()
        assert result.json["flows"]["invoices"]["adopted"] == 0
        assert "Someone Else Ltd" in invoice_held(result.json)


def test_several_that_can_claim_it_are_told_apart_by_agreement(tmp_path: Path) -> None:
    """One is the customer's own, entered by hand with its number and total: that one is meant."""
    with opened(CASE, tmp_path) as case:
        ours = {"ContactID": "y", "Name": "Right Customer Ltd"}
        own = foreign(
            case,
            InvoiceID="own",
            InvoiceNumber="",
            Reference="INV-2026-0001",
            Contact=ours,
            SubTotal=100,
            Total=115,
        )
        case.add_invoice(own)
        result = case.run()
        assert (result.code, result.json["flows"]["invoices"]["adopted"]) == (0, 1)
        (pushed,) = [one for one in case.systems.pushed() if one["InvoiceID"] == case.ids["own"]]
        assert case.psohub_invoice("INV-2026-0001")["ExternalID"] == pushed["InvoiceNumber"]


@pytest.mark.parametrize(
    "differing", [{"SubTotal": 90, "Total": 105}, {"CurrencyCode": "EUR"}], ids=["total", "currency"]
)
def test_the_customers_own_invoice_with_another_amount_is_held(tmp_path: Path, differing: Row) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.load_psohub()
        ours = {"ContactID": "y", "Name": "Right Customer Ltd"}
        own = {
            **foreign(case, InvoiceNumber="", Reference="INV-2026-0001", Contact=ours),
            "SubTotal": 100,
            "Total": 115,
        }
        case.add_invoice({**own, **differing})
        result = case.run()
        assert result.json["flows"]["invoices"]["adopted"] == 0
        assert "Right Customer Ltd" in invoice_held(result.json)


def test_a_person_decides_by_hand(case: Case) -> None:
    case.run()
    made = case.command("link", "INV-2026-0001", case.ids["10000000-0000-4000-8000-000000000001"])
    assert made.code == 0, made.err
    assert case.run().json["flows"]["invoices"]["held"] == 0
    assert case.command("unlink", "INV-2026-0001").code == 0


def test_a_person_may_have_another_made_where_only_the_reference_is_taken(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.load_psohub()
        contact = {"ContactID": "x", "Name": "Someone Else Ltd"}
        case.add_invoice(foreign(case, InvoiceNumber="", Reference="INV-2026-0001", Contact=contact))
        case.run()
        case.sync("held", "retry", case.config)  # without names it is not released
        assert case.run().json["flows"]["invoices"]["created"] == 0
        case.sync("held", "retry", case.config, "INV-2026-0001")
        assert case.run().json["flows"]["invoices"]["created"] == 1
