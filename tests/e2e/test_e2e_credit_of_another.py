"""A credit note that names another customer's invoice is held with the reason, and the plan says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.credit_notes import add_credit_note, add_invoice, allocated, invoice_of
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 8, "customers": 2}, xero={}) as opened:
        yield opened


@pytest.fixture
def harness(systems: Systems, tmp_path: Path) -> Harness:
    return Harness(systems, systems.config(tmp_path), Program(tmp_path))


def of_two_customers(systems: Systems) -> tuple[Row, Row]:
    rows = systems.offered()
    first = rows[0]
    other = next(row for row in rows if row["CustomerID"] != first["CustomerID"])
    return first, other


def held(report: Any) -> list[Row]:
    return [row for row in report["held"] if row["mapping"] == "credit-notes"]


@pytest.mark.parametrize("before", ["nothing", "the invoice", "both customers"])
def test_the_plan_holds_it_with_the_names_of_both_customers(harness: Harness, before: str) -> None:
    systems = harness.systems
    invoice, other = of_two_customers(systems)
    for row in systems.offered():
        keep = before == "both customers" or row["CustomerID"] == invoice["CustomerID"]
        if before == "nothing" or not keep:
            systems.edit(row["InvoiceID"], InvoiceStatus="Draft")
    if before != "nothing":
        harness.sync("run", harness.config)
    systems.edit(invoice["InvoiceID"], InvoiceStatus="Sent")
    add_credit_note(
        systems,
        "-50",
        like=other,
        InvoiceCurrencyCode=invoice["InvoiceCurrencyCode"],
        CreditedInvoiceID=invoice["InvoiceID"],
    )
    planned = harness.sync("plan", harness.config, "--output", "json").json
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == 1
    number = invoice_of(systems, invoice["InvoiceNumber"])["InvoiceNumber"]
    for report, shown in ((planned, {number, invoice["InvoiceNumber"]}), (ran.json, {number})):
        (row,) = held(report)
        assert row["code"] == "xero.allocate"
        assert any(one in row["reason"] for one in shown)
        assert invoice["CustomerName"] in row["reason"]
        assert other["CustomerName"] in row["reason"]
        assert not GUID.search(row["reason"])
    assert planned["moved"] == ran.json["moved"] == {}
    assert allocated(systems) == []


def test_it_is_not_pushed_where_what_cannot_be_allocated_is_held(systems: Systems, tmp_path: Path) -> None:
    config = systems.config(tmp_path, settings={"on_unallocated": "hold"})
    harness = Harness(systems, config, Program(tmp_path))
    invoice, other = of_two_customers(systems)
    add_credit_note(
        systems,
        "-50",
        like=other,
        InvoiceCurrencyCode=invoice["InvoiceCurrencyCode"],
        CreditedInvoiceID=invoice["InvoiceID"],
    )
    planned = harness.sync("plan", harness.config, "--output", "json").json
    ran = harness.sync("run", harness.config, "--output", "json").json
    for report in (planned, ran):
        ((code, reason),) = [(row["code"], row["reason"]) for row in held(report)]
        assert code == "action"
        assert "has another contact than CR-2026-0001" in reason
        assert invoice["CustomerName"] in reason
        assert other["CustomerName"] in reason
    assert systems.credited() == []


def test_one_in_another_currency_is_held_by_plan_and_run(harness: Harness) -> None:
    systems = harness.systems
    invoice, _ = of_two_customers(systems)
    currency = "USD" if invoice["InvoiceCurrencyCode"] != "USD" else "GBP"
    add_credit_note(
        systems, "-50", like=invoice, InvoiceCurrencyCode=currency, CreditedInvoiceID=invoice["InvoiceID"]
    )
    planned = harness.sync("plan", harness.config, "--output", "json").json
    ran = harness.sync("run", harness.config, "--output", "json").json
    for report in (planned, ran):
        (row,) = held(report)
        assert "another currency than C" in row["reason"]
        assert row["reason"].endswith(f"{invoice['InvoiceCurrencyCode']} and {currency}")
    assert allocated(systems) == []


def test_one_that_names_its_own_customers_invoice_by_now_is_allocated_when_tried_again(
    harness: Harness,
) -> None:
    systems = harness.systems
    invoice, other = of_two_customers(systems)
    named = {"InvoiceCurrencyCode": "EUR", "CreditedInvoiceID": invoice["InvoiceID"]}
    own = add_invoice(systems, "100", "INV-2026-0900", like=other, InvoiceCurrencyCode="EUR")
    systems.edit(invoice["InvoiceID"], InvoiceCurrencyCode="EUR")
    note = add_credit_note(systems, "-50", like=other, **named)
    ran = harness.sync("run", harness.config, "--output", "json")
    assert (ran.code, len(held(ran.json))) == (1, 1)
    systems.edit(note["InvoiceID"], CreditedInvoiceID=own["InvoiceID"])
    assert harness.sync("held", "retry", harness.config, "CR-2026-0001").code == 0
    report = harness.sync("run", harness.config, "--output", "json").json
    assert held(report) == []
    assert allocated(systems) == [Decimal("60.5")]
