"""A pushed invoice that was voided or deleted in Xero: a person lets it be created again, or accepts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.harness import Case, opened

NUMBER, NEIGHBOUR = "INV-2026-0001", "INV-2026-0002"
LOST = {"AUTHORISED": "VOIDED", "DRAFT": "DELETED"}  # how an invoice leaves the books, by its status


@pytest.fixture(params=LOST)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """Two invoices pushed; then the case's own is voided, or deleted while it is a draft."""
    status = str(request.param)
    with opened("24-voided-by-mistake", tmp_path, settings={"invoice_status": status}) as case:
        (row,) = case.read("psohub/invoices.json")
        other = {**row, "InvoiceID": row["InvoiceID"] + 1, "InvoiceNumber": NEIGHBOUR}
        case.systems.load({"invoices": [other]})
        assert case.run().code == 0
        case.systems.change(booked(case, NUMBER)["InvoiceID"], Status=LOST[status])
        yield case


def booked(case: Case, reference: str) -> Any:
    """The invoice in Xero that is in its books."""
    (found,) = [one for one in case.systems.pushed() if one["Reference"] == reference and is_booked(one)]
    return found


def is_booked(invoice: Any) -> bool:
    return invoice["Status"] not in LOST.values()


def reported(report: Any) -> Any:
    (row,) = [row for row in report["reconcile"]["rows"] if row["kind"] in ("voided", "deleted")]
    return row


def test_the_row_names_both_ways_and_nothing_is_created_by_itself(case: Case) -> None:
    for _ in range(2):
        ran = case.run()
        assert ran.code == 1
        row = reported(ran.json)
        assert row["source_title"] == NUMBER
        assert f"`sync unlink {case.config} {row['source']}`" in row["advice"]
        assert f"`sync accept {case.config} {row['source']} --why TEXT`" in row["advice"]
        assert len([one for one in case.systems.pushed() if is_booked(one)]) == 1
    told = case.text("reconcile").out
    assert f"      {NUMBER} (xero " in told
    assert f"`sync unlink {case.config} {row['source']}`" in told


def test_let_go_it_is_created_again_under_a_new_number(case: Case) -> None:
    row, neighbour = reported(case.run().json), booked(case, NEIGHBOUR)
    before = case.psohub_invoice(NUMBER)["ExternalID"]
    assert case.command("unlink", row["source"]).code == 0
    ran = case.run()
    assert ran.code == 0
    made = booked(case, NUMBER)
    assert made["InvoiceID"] not in row["target"]
    if made["Status"] == "AUTHORISED":
        assert made["InvoiceNumber"] != before
    assert case.psohub_invoice(NUMBER)["ExternalID"] == made["InvoiceNumber"]
    assert made["Total"] == case.psohub_invoice(NUMBER)["TotalAmountIncVAT"]
    assert booked(case, NEIGHBOUR) == neighbour
    assert all(book["difference"] == 0 for book in ran.json["reconcile"]["totals"])
    assert case.run().json["flows"]["invoices"]["unchanged"] == 2


def test_accepted_it_is_quiet_and_stays_in_the_books_as_a_row(case: Case) -> None:
    row = reported(case.run().json)
    assert case.command("accept", row["source_title"], "--why", "cancelled").code == 0
    for verb in ("run", "reconcile"):
        ran = case.command(verb)
        assert ran.code == 0
        assert reported(ran.json)["accepted"]["why"] == "cancelled"
        (book,) = ran.json["reconcile"]["totals"]
        assert book["difference"] == reported(ran.json)["amount"] < 0
    assert len([one for one in case.systems.pushed() if is_booked(one)]) == 1
    assert case.command("accept", row["target"], "--undo").code == 0
    assert case.run().code == 1
