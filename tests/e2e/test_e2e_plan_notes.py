"""What is in order and worth a person's look: drafts that are linked, documents that look entered twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.credit_notes import add_credit_note, add_invoice, original
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 1, "customers": 1}, xero={}) as opened:
        yield opened


@pytest.fixture
def harness(systems: Systems, tmp_path: Path) -> Harness:
    return Harness(systems, systems.config(tmp_path), Program(tmp_path))


def both(harness: Harness, code: int = 0) -> tuple[list[str], Any]:
    """The notices of the plan that the run has too, and the run's report."""
    planned = harness.sync("plan", harness.config, "--output", "json").json
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == code, ran.out
    return [notice for notice in planned["notices"] if notice in ran.json["notices"]], ran.json


def drafts(report: Any) -> list[tuple[str, str]]:
    assert report["reconcile"]["unapproved"] == sum(
        row["kind"] == "unapproved" for row in report["reconcile"]["rows"]
    )
    found = [row for row in report["reconcile"]["rows"] if row["kind"] == "unapproved"]
    return [(row["source_title"], row["note"]) for row in found]


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
@pytest.mark.parametrize("amount", ["50", "-50"])
def test_a_draft_that_is_adopted_is_told_until_it_is_approved(
    harness: Harness, tmp_path: Path, status: str, amount: str
) -> None:
    systems = harness.systems
    add_invoice(systems, amount, "DOC-2026-0001")
    other = systems.config(tmp_path, name="other", settings={"invoice_status": status, "auto_send": False})
    Harness(systems, other, harness.sync).sync("run", other)
    told, report = both(harness)
    (document,) = [row for row in in_xero(systems) if row["Reference"] == "DOC-2026-0001"]
    name = document.get("InvoiceNumber") or document["CreditNoteNumber"]
    assert document["Status"] == status
    notice = f"DOC-2026-0001 (xero {name}) is {status} in xero: linked as it is, until a person approves it"
    assert notice in told
    row = ("DOC-2026-0001", f"{status}; waits until a person approves it")
    assert row in drafts(report)
    assert row in drafts(both(harness)[1])
    path, key = ("CreditNotes", "CreditNoteID") if amount < "0" else ("Invoices", "InvoiceID")
    systems.post(path, [{key: document[key], "Status": "AUTHORISED"}])
    assert row not in drafts(both(harness)[1])


def in_xero(systems: Systems) -> list[Row]:
    return [*systems.pushed(), *systems.credited()]


def test_documents_that_are_pushed_as_drafts_are_no_news(systems: Systems, tmp_path: Path) -> None:
    config = systems.config(tmp_path, settings={"invoice_status": "DRAFT", "auto_send": False})
    harness = Harness(systems, config, Program(tmp_path))
    assert drafts(both(harness)[1]) == drafts(both(harness)[1]) == []


def add_copy(systems: Systems, first: Row) -> Row:
    """The same invoice, entered again."""
    same = {name: first[name] for name in ("TotalAmountIncVAT", "InvoiceLines")}
    return add_invoice(systems, first["TotalAmountExVAT"], first["InvoiceNumber"], **same)


def twice(told: list[str]) -> list[str]:
    return [notice for notice in told if "entered twice" in notice]


@pytest.mark.parametrize("amount", ["50", "-50"])
def test_two_that_are_new_and_alike_are_told(harness: Harness, amount: str) -> None:
    keys = [add_invoice(harness.systems, amount, "DOC-2026-0001")["InvoiceID"] for _ in range(2)]
    add_invoice(harness.systems, "51" if amount > "0" else "-51", "DOC-2026-0001")
    told, report = both(harness)
    (notice,) = twice(told)
    assert all(f"psohub.invoices/{key}" in notice for key in keys)
    assert "agree in Contact, CurrencyCode, Total" in notice
    assert report["held"] == []
    assert twice(both(harness)[0]) == []


def test_one_that_is_like_a_linked_one_is_told(harness: Harness) -> None:
    both(harness)
    first = original(harness.systems)
    second = add_copy(harness.systems, first)
    (notice,) = twice(both(harness)[0])
    assert f"psohub.invoices/{second['InvoiceID']} agrees in Contact, CurrencyCode, Total with" in notice
    assert f"which is psohub.invoices/{first['InvoiceID']}" in notice


def test_one_that_is_created_while_its_like_is_adopted_is_told(harness: Harness, tmp_path: Path) -> None:
    both(harness)
    first = original(harness.systems)
    add_copy(harness.systems, first)
    fresh = Harness(harness.systems, harness.systems.config(tmp_path, name="fresh"), harness.sync)
    told, report = both(fresh)
    assert (report["flows"]["invoices"]["adopted"], report["flows"]["invoices"]["created"]) == (1, 1)
    assert len(twice(told)) == 1


def test_the_same_number_for_another_amount_is_told_by_nobody(harness: Harness) -> None:
    add_credit_note(harness.systems, "-50")
    both(harness)
    add_credit_note(harness.systems, "-30")
    assert twice(both(harness)[0]) == []


def test_the_one_whose_number_was_written_back_keeps_its_document(harness: Harness, tmp_path: Path) -> None:
    both(harness)
    first = original(harness.systems)
    second = add_copy(harness.systems, first)
    fresh = Harness(harness.systems, harness.systems.config(tmp_path, name="fresh"), harness.sync)
    changes = fresh.sync("plan", fresh.config, "--output", "json").json["changes"]
    kinds = {change["address"]: change["change"] for change in changes if change["mapping"] == "invoices"}
    assert kinds == {
        f"psohub.invoices/{first['InvoiceID']}": "adopt",
        f"psohub.invoices/{second['InvoiceID']}": "create",
    }
