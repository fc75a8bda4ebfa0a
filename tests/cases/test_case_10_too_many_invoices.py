"""An organisation so large that Xero does not list its invoices: they are looked up and compared narrowly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.cases.harness import Case, opened

CASE = "10-too-many-invoices"
LARGE = {"refuses_broad_lists": True}


def references(case: Case) -> Counter[str]:
    return Counter(row["Reference"] for row in case.systems.pushed())


@pytest.mark.parametrize("invoices", [3, 60])
def test_new_invoices_are_looked_up_narrowly_pushed_and_written_back(tmp_path: Path, invoices: int) -> None:
    with opened(CASE, tmp_path, xero=LARGE, load=False) as case:
        rows = case.read("psohub/invoices.json")
        template = rows[0]
        rows = [
            {**template, "InvoiceID": template["InvoiceID"] + at, "InvoiceNumber": f"INV-2026-{at:04}"}
            for at in range(1, invoices + 1)
        ]
        company = {"CompanyID": template["CustomerID"], "CompanyName": template["CustomerName"]}
        case.systems.load({"companies": [company], "invoices": rows})
        first = case.run()
        assert first.code == 0, first.out
        assert references(case) == Counter(row["InvoiceNumber"] for row in rows)
        assert all(row.get("ExternalID") for row in case.psohub_invoices())

        paid = case.systems.pushed()[0]
        case.systems.pay(paid["InvoiceID"], paid["AmountDue"])
        second = case.run()
        assert second.code == 0
        complete = case.command("reconcile")
        assert complete.code == 0, complete.out
        assert complete.json["reconcile"]["missing"] == 0
        assert complete.json["reconcile"]["documents"] == invoices
        assert references(case) == Counter(row["InvoiceNumber"] for row in rows)
        assert "paid" in str(case.psohub_invoice(paid["Reference"])["InvoiceStatus"]).lower()
        assert any("too many" in notice for notice in complete.json["notices"])


def test_an_invoice_that_exists_already_is_adopted_and_a_missing_one_is_reported(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, xero=LARGE) as case:
        case.run()
        links = references(case)
        gone = case.systems.pushed()[0]
        case.systems.change(gone["InvoiceID"], Status="VOIDED")
        complete = case.command("reconcile")
        assert complete.code == 1
        assert complete.json["reconcile"]["voided"] == 1
        assert references(case) == links
