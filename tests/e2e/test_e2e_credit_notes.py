"""Credit notes: negative PSOhub invoices become credit notes in Xero, and their numbers come back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero={}) as opened:
        yield opened


@pytest.fixture
def harness(systems: Systems, tmp_path: Path) -> Harness:
    return Harness(systems, systems.config(tmp_path), Program(tmp_path))


def credit_note(systems: Systems, amount: str, **members: Any) -> Row:
    """A credit note in PSOhub for the customer of its first invoice, of `amount` without tax."""
    original = systems.offered()[0]
    line = {"LineNumber": "10.001", "LineName": "Credit", "Quantity": 1, "GLAccount": "200"}
    value = Decimal(amount)
    return systems.add(
        InvoiceNumber=members.pop("number", "CR-2026-0001"),
        InvoiceDate="2026-10-01T00:00:00.000Z",
        CustomerID=original["CustomerID"],
        CustomerName=original["CustomerName"],
        InvoiceCurrencyCode=original["InvoiceCurrencyCode"],
        TotalAmountExVAT=value,
        TotalAmountIncVAT=value * Decimal("1.21"),
        InvoiceLines=[{**line, "UnitPrice": value, "AmountExVAT": value}],
        **members,
    )


def test_a_negative_invoice_becomes_a_credit_note_with_positive_amounts(harness: Harness) -> None:
    credit_note(harness.systems, "-50")
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == 0, ran.out
    assert ran.json["flows"]["credit-notes"]["created"] == 1
    assert ran.json["flows"]["invoices"]["created"] == 2
    (pushed,) = harness.systems.credited()
    assert (pushed["Type"], pushed["Status"], pushed["Reference"]) == (
        "ACCRECCREDIT", "AUTHORISED", "CR-2026-0001",
    )  # fmt: skip
    assert (pushed["SubTotal"], pushed["Total"]) == (50, Decimal("60.5"))
    written_back = {row["InvoiceNumber"]: row.get("ExternalID") for row in harness.systems.offered()}
    assert written_back["CR-2026-0001"] == pushed["CreditNoteNumber"]
    assert all(mail["invoice_number"].startswith("INV-") for mail in harness.systems.emails())
    (book,) = ran.json["reconcile"]["totals"]
    invoiced = sum(row["Total"] for row in harness.systems.pushed())
    assert (book["source"], book["target"]) == (invoiced - Decimal("60.5"), invoiced - Decimal("60.5"))
    again = harness.sync("run", harness.config, "--output", "json")
    assert (again.code, len(harness.systems.credited())) == (0, 1)


def test_one_that_names_what_it_credits_but_is_not_negative_is_held(harness: Harness) -> None:
    credit_note(harness.systems, "50", CreditedInvoiceID=harness.systems.offered()[0]["InvoiceID"])
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == 1
    (held,) = ran.json["held"]
    assert (held["mapping"], held["code"]) == ("credit-notes", "totals")
    assert harness.systems.credited() == []
