"""Credit notes: negative PSOhub invoices become credit notes in Xero, allocated to what they credit; and
invoices that total zero (connectors/psohub/API.md, 8.16)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.credit_notes import add_credit_note, add_crediting, add_invoice, invoice_of, note_of, original
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Systems, served


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero={}) as opened:
        yield opened


@pytest.fixture
def harness(systems: Systems, tmp_path: Path) -> Harness:
    return Harness(systems, systems.config(tmp_path), Program(tmp_path))


def test_a_negative_invoice_becomes_a_credit_note_with_positive_amounts(harness: Harness) -> None:
    add_credit_note(harness.systems, "-50")
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
    add_credit_note(harness.systems, "50", CreditedInvoiceID=harness.systems.offered()[0]["InvoiceID"])
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == 1
    (held,) = ran.json["held"]
    assert (held["mapping"], held["code"]) == ("credit-notes", "totals")
    assert harness.systems.credited() == []


# ---- allocation


def run(harness: Harness, code: int = 0) -> Any:
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == code, ran.out
    return ran.json


def test_one_run_pushes_both_and_allocates_what_is_credited(harness: Harness) -> None:
    add_crediting(harness.systems, "-50")
    planned = harness.sync("plan", harness.config, "--output", "json").json
    (change,) = [row for row in planned["changes"] if row["mapping"] == "credit-notes"]
    assert change["actions"] == ["allocate"]
    report = run(harness)
    assert (report["actions"]["allocate"]["done"], report["actions_not_done"]) == (1, [])
    note, invoice = note_of(harness.systems), invoice_of(harness.systems)
    assert (note["Status"], note["RemainingCredit"]) == ("PAID", 0)
    assert invoice["AmountCredited"] == Decimal("60.5")
    again = run(harness)
    assert "allocate" not in again["actions"]
    assert len(note_of(harness.systems)["Allocations"]) == 1


def test_no_more_than_is_due_is_allocated_and_the_rest_is_reported(harness: Harness) -> None:
    total = original(harness.systems)["TotalAmountExVAT"]
    add_crediting(harness.systems, str(-(Decimal(total) + 10).quantize(Decimal("0.01"))))
    report = run(harness)
    note, invoice = note_of(harness.systems), invoice_of(harness.systems)
    assert (invoice["AmountDue"], invoice["AmountCredited"]) == (0, invoice["Total"])
    left = note["Total"] - invoice["Total"]
    assert note["RemainingCredit"] == left > 0
    sentence = f"{left:,.2f} of {note['Total']:,.2f} is left on {note['CreditNoteNumber']}"
    assert any(sentence in notice for notice in report["notices"])
    row = next(row for row in report["reconcile"]["rows"] if row["kind"] == "unallocated")
    assert row["note"].endswith(f"{left:,.2f} of {note['Total']:,.2f} EUR is left")


def test_a_credit_note_that_names_no_invoice_stays_unallocated_and_is_reported(harness: Harness) -> None:
    add_credit_note(harness.systems, "-50")
    report = run(harness)
    assert report["actions"]["allocate"]["skipped"] == 1
    (row,) = report["actions_not_done"]
    assert row["reason"] == ("psohub does not name the invoice that it credits; 60.50 of 60.50 EUR is left")
    assert note_of(harness.systems)["RemainingCredit"] == Decimal("60.5")


@pytest.mark.parametrize("status", ["VOIDED", "PAID"])
def test_an_original_that_was_voided_or_paid_in_the_meantime(harness: Harness, status: str) -> None:
    run(harness)
    invoice = invoice_of(harness.systems)
    if status == "VOIDED":
        harness.systems.change(invoice["InvoiceID"], Status="VOIDED")
    else:
        (made,) = harness.systems.put(
            "Payments",
            [
                {
                    "Invoice": {"InvoiceID": invoice["InvoiceID"]},
                    "Account": {"Code": "090"},
                    "Date": "2026-11-20",
                    "Amount": invoice["AmountDue"],
                }
            ],
        )
        assert made["Status"] == "AUTHORISED"
    add_crediting(harness.systems, "-50")
    report = run(harness, 1 if status == "VOIDED" else 0)
    (reason,) = [row["reason"] for row in report["actions_not_done"] if row["verb"] == "allocate"]
    number = invoice["InvoiceNumber"]
    assert reason == f"{number} is {status.lower()} in xero; 60.50 of 60.50 EUR is left"
    assert note_of(harness.systems)["Allocations"] == []


def test_an_original_from_before_the_cut_off_or_unknown_is_named(harness: Harness) -> None:
    old = original(harness.systems)
    harness.systems.edit(old["InvoiceID"], InvoiceDate="2025-06-01T00:00:00.000Z")
    add_crediting(harness.systems, "-50")
    add_credit_note(harness.systems, "-30", number="CR-2026-0002", CreditedInvoiceID=4711)
    report = run(harness)
    notices = "\n".join(report["notices"])
    assert "INV-2026-0001" in notices
    assert "before the cut-off date 2026-01-01" in notices
    reasons = [row["reason"] for row in report["actions_not_done"] if row["outcome"] == "skipped"]
    assert "psohub does not have psohub.invoices/4711; 36.30 of 36.30 EUR is left" in reasons
    assert [note["Allocations"] for note in harness.systems.credited()] == [[], []]


def test_an_original_that_is_held_is_waited_for(harness: Harness) -> None:
    row = original(harness.systems)
    harness.systems.edit_lines(row, GLAccount="nonsense")
    add_crediting(harness.systems, "-50")
    report = run(harness, 1)
    (waiting,) = report["actions_not_done"]
    assert (waiting["verb"], waiting["outcome"]) == ("allocate", "waiting")
    assert waiting["reason"].startswith("waits for psohub.invoices/")
    assert note_of(harness.systems)["RemainingCredit"] == Decimal("60.5")
    harness.systems.edit_lines(row, GLAccount="200")
    assert run(harness)["actions"]["allocate"]["done"] == 1
    assert note_of(harness.systems)["RemainingCredit"] == 0


def test_another_contact_is_held_with_the_reason(harness: Harness) -> None:
    (contact,) = harness.systems.put("Contacts", [{"Name": "Somebody else"}])
    run(harness)
    invoice = invoice_of(harness.systems)
    harness.systems.change(invoice["InvoiceID"], Contact={"ContactID": contact["ContactID"]})
    add_crediting(harness.systems, "-50")
    report = run(harness, 1)
    (held,) = [held for held in report["held"] if held["mapping"] == "credit-notes"]
    assert "has another contact than CN-" in held["reason"]
    assert note_of(harness.systems)["Allocations"] == []


# ---- on_unallocated: hold


@pytest.fixture
def holding(systems: Systems, tmp_path: Path) -> Harness:
    config = systems.config(tmp_path, name="holding", settings={"on_unallocated": "hold"})
    return Harness(systems, config, Program(tmp_path))


def held_reason(harness: Harness) -> str:
    planned = harness.sync("plan", harness.config, "--output", "json").json
    report = run(harness, 1)
    assert harness.systems.credited() == []
    (reason,) = [held["reason"] for held in report["held"] if held["mapping"] == "credit-notes"]
    assert [held["reason"] for held in planned["held"] if held["mapping"] == "credit-notes"] == [reason]
    return str(reason)


def test_one_that_names_no_invoice_is_held(holding: Harness) -> None:
    add_credit_note(holding.systems, "-50")
    assert held_reason(holding) == "allocate: psohub does not name the invoice that it credits"


def test_one_whose_original_is_paid_is_held_until_it_is_not(holding: Harness) -> None:
    run(holding)
    invoice = invoice_of(holding.systems)
    (payment,) = holding.systems.put(
        "Payments",
        [
            {
                "Invoice": {"InvoiceID": invoice["InvoiceID"]},
                "Account": {"Code": "090"},
                "Date": "2026-11-20",
                "Amount": invoice["AmountDue"],
            }
        ],
    )
    add_crediting(holding.systems, "-50")
    assert held_reason(holding) == f"allocate: {invoice['InvoiceNumber']} is paid in xero"
    holding.systems.delete_payment(payment["PaymentID"])
    assert run(holding)["actions"]["allocate"]["done"] == 1


def test_one_whose_original_is_older_than_the_cut_off_is_held(holding: Harness) -> None:
    old = original(holding.systems)
    holding.systems.edit(old["InvoiceID"], InvoiceDate="2025-06-01T00:00:00.000Z")
    add_crediting(holding.systems, "-50")
    assert "older than" in held_reason(holding) or "before" in held_reason(holding)


def test_those_for_which_nothing_would_be_left_are_held(holding: Harness) -> None:
    invoice = add_invoice(holding.systems, "100", "INV-2026-0900")
    for number, amount in enumerate(("-80", "-120", "-10")):
        add_crediting(holding.systems, amount, f"CR-2026-000{number}", of=invoice)
    report = run(holding, 1)
    assert [(row["title"], row["code"]) for row in report["held"]] == [("CR-2026-0002", "action")]
    left = {note["Reference"]: note["RemainingCredit"] for note in holding.systems.credited()}
    assert left == {"CR-2026-0000": 0, "CR-2026-0001": Decimal("121.0")}
    assert report["moved"] == {"allocate": {"EUR": 121}}


def test_one_with_an_open_original_is_not_held(holding: Harness) -> None:
    add_crediting(holding.systems, "-50")
    assert run(holding)["actions"]["allocate"]["done"] == 1


# ---- in the books


def test_what_becomes_of_it_in_xero_is_reported_as_for_invoices(harness: Harness) -> None:
    add_credit_note(harness.systems, "-50")
    add_credit_note(harness.systems, "-30", number="CR-2026-0002")
    run(harness)
    voided, edited = note_of(harness.systems), note_of(harness.systems, "CR-2026-0002")
    harness.systems.post("CreditNotes", [{"CreditNoteID": voided["CreditNoteID"], "Status": "VOIDED"}])
    harness.systems.post("CreditNotes", [{"CreditNoteID": edited["CreditNoteID"], "Reference": "by hand"}])
    report = run(harness, 1)
    rows = {(row["kind"], row["title"]): row for row in report["reconcile"]["rows"]}
    assert {kind for kind, _ in rows} == {"voided", "edited", "unallocated"}
    assert rows["voided", voided["CreditNoteNumber"]]["amount"] == Decimal("60.5")
    assert rows["unallocated", edited["CreditNoteNumber"]]["note"] == "36.30 of 36.30 EUR is left"
    (book,) = report["reconcile"]["totals"]
    assert book["difference"] == Decimal("60.5")


def test_one_that_was_refunded_says_so(harness: Harness) -> None:
    add_credit_note(harness.systems, "-50")
    run(harness)
    note = note_of(harness.systems)
    refund = {"CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Account": {"Code": "090"}}
    harness.systems.put("Payments", [{**refund, "Date": "2026-11-20", "Amount": 20}])
    row = next(row for row in run(harness)["reconcile"]["rows"] if row["kind"] == "unallocated")
    assert row["note"] == "20.00 refunded, 40.50 of 60.50 EUR is left"


@pytest.mark.parametrize(("policy", "created"), [("push", 3), ("skip", 2)])
def test_an_invoice_that_totals_zero_is_pushed_or_skipped(
    systems: Systems, tmp_path: Path, policy: str, created: int
) -> None:
    add_credit_note(systems, "0", number="INV-2026-0900")
    config = systems.config(tmp_path, settings={"on_zero_total": policy})
    report = run(Harness(systems, config, Program(tmp_path)))
    assert report["flows"]["invoices"]["created"] == created
    assert report["held"] == []
    left_out = [row["note"] for row in report["reconcile"]["rows"] if row["kind"] == "source_only"]
    assert ["`where` leaves it out" in note for note in left_out] == [True] * (policy == "skip")


def test_explain_takes_the_mapping_that_takes_the_record(harness: Harness) -> None:
    added = add_credit_note(harness.systems, "-50")
    for row, mapping in ((added, "credit-notes"), (original(harness.systems), "invoices")):
        address = f"psohub.invoices/{row['InvoiceID']}"
        explained = harness.sync("explain", harness.config, address, "--output", "json")
        assert (explained.code, explained.json["mapping"]) == (0, mapping)


def test_an_original_that_a_fresh_ledger_adopts_is_allocated_to(harness: Harness, tmp_path: Path) -> None:
    run(harness)
    add_crediting(harness.systems, "-50")
    fresh = Harness(harness.systems, harness.systems.config(tmp_path, name="fresh"), harness.sync)
    report = run(fresh)
    assert report["flows"]["invoices"]["adopted"] == 2
    assert report["actions"]["allocate"]["done"] == 1
    assert note_of(fresh.systems)["RemainingCredit"] == 0


def test_one_that_is_created_again_is_allocated_again(harness: Harness) -> None:
    add_crediting(harness.systems, "-50")
    run(harness)
    systems, (first,) = harness.systems, harness.systems.credited()
    (allocation,) = first["Allocations"]
    systems.deallocate(first["CreditNoteID"], allocation["AllocationID"])
    systems.post("CreditNotes", [{"CreditNoteID": first["CreditNoteID"], "Status": "VOIDED"}])
    run(harness, code=1)
    assert harness.sync("unlink", harness.config, "CR-2026-0001").code == 0
    assert run(harness)["actions"]["allocate"]["done"] == 1
    assert [len(one["Allocations"]) for one in systems.credited() if one["Status"] != "VOIDED"] == [1]
    assert run(harness)["actions"].get("allocate", {"done": 0})["done"] == 0
