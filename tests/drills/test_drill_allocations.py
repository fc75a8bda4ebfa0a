"""Killed around an allocation: the credit note is allocated once, for as much as both allow."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.drills.harness import Harness, drill, killed
from tests.drills.proxy import Effect, Fault

pytestmark = pytest.mark.drill


def add_credit_note(harness: Harness, amount: Decimal) -> None:
    original = harness.systems.offered()[0]
    line = {"LineNumber": "10.001", "LineName": "Credit", "Quantity": 1, "GLAccount": "200"}
    harness.systems.add(
        InvoiceNumber="CR-2026-0001",
        InvoiceDate="2026-10-01T00:00:00.000Z",
        CustomerID=original["CustomerID"],
        CustomerName=original["CustomerName"],
        InvoiceCurrencyCode=original["InvoiceCurrencyCode"],
        TotalAmountExVAT=amount,
        TotalAmountIncVAT=amount * Decimal("1.21"),
        InvoiceLines=[{**line, "UnitPrice": amount, "AmountExVAT": amount}],
        CreditedInvoiceID=original["InvoiceID"],
    )


def allocations(harness: Harness) -> list[Any]:
    (note,) = harness.systems.credited()
    return [row["Amount"] for row in note["Allocations"]]


@pytest.mark.parametrize("seconds", [0, 400], ids=["within the window", "after the window"])
@pytest.mark.parametrize("effect", ["kill_before", "kill_after", "kill_answered", "cut_after"])
def test_a_credit_note_is_allocated_once_whatever_is_killed(
    tmp_path: Path, effect: Effect, seconds: int
) -> None:
    with drill(tmp_path, invoices=1, customers=1) as harness:
        add_credit_note(harness, Decimal("-50"))
        harness.xero.faults.append(Fault(effect, method="PUT", path="*/Allocations"))
        ended = harness.run()
        assert killed(ended) or ended.code != 0 or effect == "cut_after"
        harness.age(seconds)
        last = harness.recover()
        assert last.code == 0, last.out
        assert allocations(harness) == [Decimal("60.5")]
        assert harness.ledger("SELECT state FROM actions WHERE verb = 'allocate'") == [("done",)]
        assert harness.run("--output", "json").code == 0
        assert allocations(harness) == [Decimal("60.5")]
