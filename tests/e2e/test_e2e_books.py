"""What becomes of invoices in Xero, and what one system has and the other lacks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Row, served


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    with served(tmp_path, psohub={"invoices": 6, "customers": 2}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": False})
        yield Harness(systems, config, Program(tmp_path))


def run(harness: Harness, code: int, verb: str = "run") -> Any:
    ran = harness.sync(verb, harness.config, "--output", "json")
    assert ran.code == code, ran.out
    return ran.json


def numbered(harness: Harness) -> list[Row]:
    return sorted(harness.systems.pushed(), key=lambda one: str(one["InvoiceNumber"]))


def status_of(harness: Harness, invoice: Row) -> str:
    """The status in PSOhub of an invoice in Xero."""
    rows = harness.systems.psohub_rows("invoices")
    return next(str(row["InvoiceStatus"]) for row in rows if row["InvoiceNumber"] == invoice["Reference"])


def kinds(report: Any, invoice: Row) -> list[str]:
    return [row["kind"] for row in report["reconcile"]["rows"] if row["title"] == invoice["InvoiceNumber"]]


def test_only_the_last_payment_makes_an_invoice_paid_and_its_removal_is_reported(harness: Harness) -> None:
    """(connectors/psohub/API.md, 8.17)"""
    run(harness, 0)
    invoice = numbered(harness)[0]
    harness.systems.pay(invoice["InvoiceID"], Decimal("0.01"))
    assert kinds(run(harness, 0), invoice) == ["part_paid"]
    assert status_of(harness, invoice) == "Sent"
    harness.systems.pay(invoice["InvoiceID"], invoice["Total"] - Decimal("0.01"))
    assert kinds(run(harness, 0), invoice) == ["paid"]
    assert status_of(harness, invoice) == "Paid"
    for payment in numbered(harness)[0]["Payments"]:
        harness.systems.delete_payment(payment["PaymentID"])
    harness.systems.reset()
    assert kinds(run(harness, 1), invoice) == ["unpaid"]
    assert status_of(harness, invoice) == "Paid"
    assert harness.systems.writes("psohub") == []


@pytest.mark.parametrize(("status", "gone"), [("AUTHORISED", "VOIDED"), ("DRAFT", "DELETED")])
def test_what_is_gone_in_xero_is_reported_and_not_created_again(
    harness: Harness, tmp_path: Path, status: str, gone: str
) -> None:
    """Its number stays used (connectors/psohub/API.md, 8.18)."""
    settings = {"auto_send": False, "invoice_status": status}
    harness = Harness(harness.systems, harness.systems.config(tmp_path, settings=settings), harness.sync)
    run(harness, 0)
    invoice = numbered(harness)[0]
    harness.systems.change(invoice["InvoiceID"], Status=gone)
    harness.systems.reset()
    for _ in range(2):
        assert kinds(run(harness, 1), invoice) == [gone.lower()]
    assert harness.systems.writes("xero") == harness.systems.writes("psohub") == []
    (offered,) = [row for row in harness.systems.offered() if row["ExternalID"] == invoice["InvoiceNumber"]]
    assert offered["InvoiceNumber"] == invoice["Reference"]


def test_every_way_in_which_the_books_differ_is_a_row_that_explains_its_share(harness: Harness) -> None:
    """(connectors/psohub/API.md, 8.24)"""
    harness.systems.edit_lines(harness.systems.offered()[0], GLAccount="nonsense")
    run(harness, 1)
    paid, amount, drifted, voided, left = numbered(harness)
    harness.systems.pay(paid["InvoiceID"], paid["Total"])
    line = {"Description": "by hand", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}
    harness.systems.change(amount["InvoiceID"], LineItems=[line])
    harness.systems.change(drifted["InvoiceID"], Reference="by hand")
    harness.systems.change(voided["InvoiceID"], Status="VOIDED")
    own = {"Type": "ACCREC", "Status": "AUTHORISED", "DueDate": "2026-12-01", "Date": "2026-11-01"}
    (made,) = harness.systems.put("Invoices", [{**own, "Contact": left["Contact"], "LineItems": [line]}])
    report = run(harness, 1, "reconcile")
    told = {(row["kind"], row["title"]) for row in report["reconcile"]["rows"]}
    assert told == {
        ("source_only", "INV-2026-0001"),
        ("unknown", made["InvoiceNumber"]),
        ("paid", paid["InvoiceNumber"]),
        ("edited", amount["InvoiceNumber"]),
        ("cents", amount["InvoiceNumber"]),
        ("edited", drifted["InvoiceNumber"]),
        ("voided", voided["InvoiceNumber"]),
    }
    for book in report["reconcile"]["totals"]:
        rows = [row for row in report["reconcile"]["rows"] if row["currency"] == book["currency"]]
        assert sum(row["amount"] for row in rows) == book["difference"] == book["target"] - book["source"]
