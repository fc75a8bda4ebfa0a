"""An e-mail or an allocation of what is not approved yet waits as a row, and is done once it is approved. The
plan and the run say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.credit_notes import add_credit_note, add_crediting, invoice_of, note_of
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Systems, served

UNLOCKED = {"PeriodLockDate": "2020-12-31"}
Rows = list[tuple[str, str, str]]


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero={}) as opened:
        yield opened


def harness(systems: Systems, tmp_path: Path, **settings: Any) -> Harness:
    return Harness(systems, systems.config(tmp_path, settings=settings), Program(tmp_path))


def shown(report: Any, verb: str) -> Rows:
    rows = [row for row in report["actions_not_done"] if row["verb"] == verb]
    return sorted((row["address"], row["outcome"], row["code"]) for row in rows)


def both(harness: Harness, verb: str, code: int = 0) -> tuple[Rows, Any]:
    """The rows of a verb, which the plan and the run have alike; and the run's report."""
    planned = harness.sync("plan", harness.config, "--output", "json")
    ran = harness.sync("run", harness.config, "--output", "json")
    assert (planned.code, ran.code) == (code, code), ran.out
    assert shown(planned.json, verb) == shown(ran.json, verb)
    return shown(ran.json, verb), ran.json


@pytest.mark.parametrize("mail_to", ["invoice_contact", "xero_contact"])
@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_what_is_not_approved_is_mailed_once_it_is(
    systems: Systems, tmp_path: Path, status: str, mail_to: str
) -> None:
    verb = "email" if mail_to == "invoice_contact" else "email_contact"
    harness_ = harness(systems, tmp_path, invoice_status=status, mail_to=mail_to)
    rows, report = both(harness_, verb)
    assert [(outcome, code) for _, outcome, code in rows] == [("waiting", "not_yet")] * 2
    reasons = [row["reason"] for row in report["actions_not_done"]]
    assert all(f"is {status} in xero; waits until a person approves it" in reason for reason in reasons)
    assert both(harness_, verb)[0] == rows
    assert systems.emails() == []
    systems.change(invoice_of(systems)["InvoiceID"], Status="AUTHORISED")
    planned = harness_.sync("plan", harness_.config, "--output", "json").json
    assert planned["planned"]["emails"] == 1
    left, report = both(harness_, verb)
    assert (len(left), report["actions"][verb]["done"], len(systems.emails())) == (1, 1, 1)
    assert both(harness_, verb)[0] == left
    assert len(systems.emails()) == 1


def test_a_draft_in_a_locked_period_is_not_mailed_and_waits(tmp_path: Path) -> None:
    served_ = served(
        tmp_path, psohub={"invoices": 1, "customers": 1}, xero={"period_lock_date": "2099-12-31"}
    )
    with served_ as systems:
        harness_ = harness(systems, tmp_path, on_locked_period="draft")
        rows, _ = both(harness_, "email")
        assert [(outcome, code) for _, outcome, code in rows] == [("waiting", "not_yet")]
        systems.books("Organisation", "Sandbox Consulting B.V.", **UNLOCKED)
        (pushed,) = systems.pushed()
        systems.change(pushed["InvoiceID"], Status="AUTHORISED")
        assert both(harness_, "email")[0] == []
        assert len(systems.emails()) == 1


def test_mails_that_wait_do_not_count_against_the_limit(systems: Systems, tmp_path: Path) -> None:
    config = systems.config(
        tmp_path,
        settings={"invoice_status": "DRAFT"},
        limits={"first_run_since": "2026-01-01", "emails": 1},
    )
    harness_ = Harness(systems, config, Program(tmp_path))
    both(harness_, "email")
    assert len(both(harness_, "email")[0]) == 2


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_an_allocation_waits_for_both_documents(systems: Systems, tmp_path: Path, status: str) -> None:
    harness_ = harness(systems, tmp_path, invoice_status=status, auto_send=False)
    add_crediting(systems, "-50")
    rows, report = both(harness_, "allocate")
    assert [(outcome, code) for _, outcome, code in rows] == [("waiting", "not_yet")]
    note = note_of(systems)
    systems.post("CreditNotes", [{"CreditNoteID": note["CreditNoteID"], "Status": "AUTHORISED"}])
    rows, report = both(harness_, "allocate")  # the invoice is not approved yet
    assert [(outcome, code) for _, outcome, code in rows] == [("waiting", "not_yet")]
    assert "INV-" in report["actions_not_done"][0]["reason"]
    systems.change(invoice_of(systems)["InvoiceID"], Status="AUTHORISED")
    rows, report = both(harness_, "allocate")
    assert (rows, report["actions"]["allocate"]["done"]) == ([], 1)
    assert both(harness_, "allocate")[0] == []
    assert len(note_of(systems)["Allocations"]) == 1


def outcome_only(report: Any) -> list[tuple[str, str]]:
    return [(row["address"], row["outcome"]) for row in report["actions_not_done"]]


@pytest.mark.parametrize("why", ["VOIDED", "PAID", "unnamed", "old"])
def test_the_plan_foresees_that_nothing_is_allocated(systems: Systems, tmp_path: Path, why: str) -> None:
    harness_ = harness(systems, tmp_path, auto_send=False)
    if why == "old":
        invoice = next(row for row in systems.offered() if row["InvoiceNumber"] == "INV-2026-0001")
        systems.edit(invoice["InvoiceID"], InvoiceDate="2025-06-01T00:00:00.000Z")
    harness_.sync("run", harness_.config)
    if why == "VOIDED":
        systems.change(invoice_of(systems)["InvoiceID"], Status="VOIDED")
    elif why == "PAID":
        systems.pay(invoice_of(systems)["InvoiceID"], invoice_of(systems)["AmountDue"])
    if why == "unnamed":
        add_credit_note(systems, "-50")
    else:
        add_crediting(systems, "-50")
    planned = harness_.sync("plan", harness_.config, "--output", "json").json
    ran = harness_.sync("run", harness_.config, "--output", "json").json
    assert outcome_only(planned) == outcome_only(ran)
    assert [outcome for _, outcome in outcome_only(ran)] == ["skipped"]
    assert planned["actions_not_done"][0]["reason"]
    assert note_of(systems)["Allocations"] == []
