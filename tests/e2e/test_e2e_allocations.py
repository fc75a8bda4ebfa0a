"""Allocations that found nothing to do: each run says why, and takes them up once that is possible."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.credit_notes import (
    add_credit_note,
    add_crediting,
    add_invoice,
    allocated,
    invoice_of,
    note_of,
    original,
)
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Systems, served

LEFT = "60.50 of 60.50 EUR is left"


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero={}) as opened:
        yield opened


@pytest.fixture
def harness(systems: Systems, tmp_path: Path) -> Harness:
    return Harness(systems, systems.config(tmp_path), Program(tmp_path))


def run(harness: Harness, code: int = 0) -> Any:
    """The report of a run, whose plan has the same rows about allocations."""
    planned = harness.sync("plan", harness.config, "--output", "json").json
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == code, ran.out
    assert rows(planned) == rows(ran.json)
    return ran.json


def rows(report: Any) -> list[tuple[str, str]]:
    found = [row for row in report["actions_not_done"] if row["verb"] == "allocate"]
    return [(row["outcome"], row["reason"]) for row in found]


def quiet(harness: Harness, code: int = 0) -> Any:
    """The report of a run that writes nothing, and reads little."""
    harness.systems.reset()
    report = run(harness, code)
    assert harness.systems.writes("xero") == harness.systems.writes("psohub") == []
    return report


def pay(systems: Systems) -> str:
    invoice = invoice_of(systems)
    body = {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"}}
    (payment,) = systems.put("Payments", [{**body, "Date": "2026-10-20", "Amount": invoice["AmountDue"]}])
    return str(payment["PaymentID"])


def test_an_original_whose_payment_is_taken_back_is_allocated_to(harness: Harness) -> None:
    run(harness)
    payment, paid = pay(harness.systems), invoice_of(harness.systems)["InvoiceNumber"]
    add_crediting(harness.systems, "-50")
    told = [("skipped", f"{paid} is paid in xero; {LEFT}")]
    assert rows(run(harness)) == told
    assert rows(quiet(harness)) == told
    harness.systems.delete_payment(payment)
    assert run(harness)["actions"]["allocate"]["done"] == 1
    assert allocated(harness.systems) == [Decimal("60.5")]
    assert "allocate" not in quiet(harness)["actions"]


def test_an_original_that_is_created_again_is_allocated_to(harness: Harness) -> None:
    run(harness)
    voided = invoice_of(harness.systems)
    harness.systems.change(voided["InvoiceID"], Status="VOIDED")
    add_crediting(harness.systems, "-50")
    told = [("skipped", f"{voided['InvoiceNumber']} is voided in xero; {LEFT}")]
    assert rows(run(harness, code=1)) == told
    assert rows(quiet(harness, code=1)) == told
    assert harness.sync("unlink", harness.config, "INV-2026-0001").code == 0
    report = harness.sync("run", harness.config, "--output", "json").json
    assert report["actions"]["allocate"]["done"] == 1
    (allocation,) = note_of(harness.systems)["Allocations"]
    assert allocation["Invoice"]["InvoiceID"] == invoice_of(harness.systems)["InvoiceID"]


def test_an_original_that_is_named_later_is_allocated_to(harness: Harness) -> None:
    note = add_credit_note(harness.systems, "-50")
    told = [("skipped", f"psohub does not name the invoice that it credits; {LEFT}")]
    assert rows(run(harness)) == told
    assert rows(quiet(harness)) == told
    harness.systems.edit(note["InvoiceID"], CreditedInvoiceID=original(harness.systems)["InvoiceID"])
    assert run(harness)["actions"]["allocate"]["done"] == 1
    assert allocated(harness.systems) == [Decimal("60.5")]


def test_an_original_from_before_the_cut_off_is_told_in_each_run_with_few_requests(harness: Harness) -> None:
    old = original(harness.systems)
    harness.systems.edit(old["InvoiceID"], InvoiceDate="2025-06-01T00:00:00.000Z")
    for number in range(5):
        add_crediting(harness.systems, str(-10 - number), f"CR-2026-000{number}")
    assert len(rows(run(harness))) == 5
    report = quiet(harness)
    assert {outcome for outcome, _ in rows(report)} == {"skipped"}
    assert all("before the cut-off date 2026-01-01" in reason for _, reason in rows(report))
    assert len(rows(report)) == 5
    assert sum(report["requests"].values()) <= 24


@pytest.mark.parametrize("how", ["refunded", "allocated", "voided"])
def test_one_that_a_person_has_settled_is_told_no_longer(harness: Harness, how: str) -> None:
    add_credit_note(harness.systems, "-50")
    assert len(rows(run(harness))) == 1
    note = note_of(harness.systems)
    key = note["CreditNoteID"]
    if how == "refunded":
        refund = {"CreditNote": {"CreditNoteID": key}, "Account": {"Code": "090"}, "Date": "2026-10-20"}
        harness.systems.put("Payments", [{**refund, "Amount": note["Total"]}])
    elif how == "allocated":
        harness.systems.allocate(
            f"CreditNotes/{key}", invoice_of(harness.systems)["InvoiceID"], note["Total"]
        )
    else:
        harness.systems.post("CreditNotes", [{"CreditNoteID": key, "Status": "VOIDED"}])
    code = 1 if how == "voided" else 0
    gone = [("skipped", f"{note['CreditNoteNumber']} is voided in xero")] if how == "voided" else []
    assert rows(run(harness, code)) == gone
    assert rows(quiet(harness, code)) == []


def test_a_person_who_allocates_a_part_leaves_the_rest_on_purpose(harness: Harness) -> None:
    add_invoice(harness.systems, "100", "INV-2026-0900")
    run(harness)
    pay(harness.systems)
    add_crediting(harness.systems, "-50")
    run(harness)
    key, other = note_of(harness.systems)["CreditNoteID"], invoice_of(harness.systems, "INV-2026-0900")
    harness.systems.allocate(f"CreditNotes/{key}", other["InvoiceID"], Decimal(20))
    assert rows(run(harness)) == []
    assert allocated(harness.systems) == [Decimal(20)]


def test_several_for_one_invoice_share_what_is_due(harness: Harness) -> None:
    invoice = add_invoice(harness.systems, "100", "INV-2026-0900")
    for number in range(6):
        add_crediting(harness.systems, "-30", f"CR-2026-000{number}", of=invoice)
    report = run_only(harness)
    assert report["held"] == []
    assert invoice_of(harness.systems, "INV-2026-0900")["AmountCredited"] == 121
    amounts = [amount for number in range(6) for amount in allocated(harness.systems, f"CR-2026-000{number}")]
    assert sorted(amounts) == [Decimal("12.1"), Decimal("36.3"), Decimal("36.3"), Decimal("36.3")]
    left = [row for row in report["reconcile"]["rows"] if row["kind"] == "unallocated"]
    assert len(left) == 3
    again = quiet(harness)
    assert [outcome for outcome, _ in rows(again)] == ["skipped", "skipped"]


@pytest.mark.parametrize("paid", ["0.01", "60.50", "90.00", "120.99"])
def test_of_one_that_is_partly_paid_only_what_is_due_is_allocated(harness: Harness, paid: str) -> None:
    invoice = add_invoice(harness.systems, "100", "INV-2026-0900")
    run(harness)
    in_xero = invoice_of(harness.systems, "INV-2026-0900")
    harness.systems.pay(in_xero["InvoiceID"], Decimal(paid))
    add_crediting(harness.systems, "-50", of=invoice)
    amount = min(Decimal(121) - Decimal(paid), Decimal("60.5"))
    planned = harness.sync("plan", harness.config, "--output", "json").json
    report = run_only(harness)
    assert report["moved"] == planned["moved"] == {"allocate": {"EUR": amount}}
    assert allocated(harness.systems) == [amount]
    assert note_of(harness.systems)["RemainingCredit"] == Decimal("60.5") - amount
    told = [notice for notice in report["notices"] if " allocated to " in notice]
    left = Decimal("60.5") - amount
    assert [
        f"{amount:.2f} EUR allocated to {in_xero['InvoiceNumber']}; {left:.2f} of 60.50" in one
        for one in told
    ] == ([True] if left else [])
    assert rows(quiet(harness)) == []


def test_one_that_is_partly_credited_takes_more(harness: Harness) -> None:
    invoice = add_invoice(harness.systems, "100", "INV-2026-0900")
    add_crediting(harness.systems, "-50", of=invoice)
    run(harness)
    add_crediting(harness.systems, "-30", "CR-2026-0002", of=invoice)
    add_crediting(harness.systems, "-40", "CR-2026-0003", of=invoice)
    report = run(harness)
    assert report["moved"] == {"allocate": {"EUR": Decimal("60.5")}}
    assert allocated(harness.systems, "CR-2026-0002") == [Decimal("36.3")]
    assert allocated(harness.systems, "CR-2026-0003") == [Decimal("24.2")]
    assert invoice_of(harness.systems, "INV-2026-0900")["Status"] == "PAID"


def run_only(harness: Harness) -> Any:
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == 0, ran.out
    return ran.json


# ---- adopted


def test_an_adopted_one_that_is_not_allocated_is_told_with_what_is_left(
    harness: Harness, tmp_path: Path
) -> None:
    add_credit_note(harness.systems, "-50")
    add_crediting(harness.systems, "-30", "CR-2026-0002")
    run_only(harness)
    note = harness.systems.offered()
    (first,) = [row for row in note if row["InvoiceNumber"] == "CR-2026-0001"]
    harness.systems.edit(first["InvoiceID"], CreditedInvoiceID=original(harness.systems)["InvoiceID"])
    fresh = Harness(harness.systems, harness.systems.config(tmp_path, name="fresh"), harness.sync)
    report = run(fresh)
    assert report["flows"]["credit-notes"]["adopted"] == 2
    assert rows(report) == [("skipped", f"the record exists in xero already; it is only linked; {LEFT}")]
    assert allocated(harness.systems) == []
