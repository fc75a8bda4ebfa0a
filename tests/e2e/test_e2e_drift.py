"""What a bookkeeper changes in Xero is told, never copied back and never overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """Four invoices pushed; then one is voided in Xero, one gets other lines, one another reference."""
    folder = tmp_path_factory.mktemp("drift")
    with served(folder, psohub={"invoices": 4, "customers": 2}, xero={}) as systems:
        harness = Harness(systems, systems.config(folder), Program(folder))
        assert harness.sync("run", harness.config).code == 0
        first, second, third, _ = numbered(harness)
        systems.change(first["InvoiceID"], Status="VOIDED")
        line = {"Description": "by hand", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}
        systems.change(second["InvoiceID"], LineItems=[line])
        systems.change(third["InvoiceID"], Reference="by hand")
        yield harness


def numbered(harness: Harness) -> list[dict[str, Any]]:
    return sorted(harness.systems.pushed(), key=lambda one: str(one["InvoiceNumber"]))


def test_edits_are_reported_field_by_field_and_stay(harness: Harness) -> None:
    """In Xero as in PSOhub; with a link to each (connectors/psohub/API.md, 8.6 and 8.7)"""
    before, offered = numbered(harness), harness.systems.psohub_rows("invoices")
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == 1
    found = ran.json["reconcile"]
    rows = {(row["kind"], row["title"]): row for row in found["rows"]}
    assert set(rows) == {
        ("voided", "INV-0001"), ("edited", "INV-0002"), ("cents", "INV-0002"), ("edited", "INV-0003"),
    }  # fmt: skip
    (edit,) = rows["edited", "INV-0003"]["diff"]
    assert (edit["path"], edit["after"]) == ("Reference", "by hand")
    assert rows["voided", "INV-0001"]["link"].startswith("https://go.xero.com/")
    assert numbered(harness) == before
    assert harness.systems.psohub_rows("invoices") == offered


def test_books_that_differ_show_by_how_much(harness: Harness) -> None:
    found = harness.sync("reconcile", harness.config, "--output", "json").json["reconcile"]
    offered = {row["ExternalID"]: row for row in harness.systems.offered()}
    gone = offered["INV-0001"]["TotalAmountIncVAT"]
    changed = offered["INV-0002"]["TotalAmountIncVAT"] - numbered(harness)[1]["Total"]
    assert sum(book["difference"] for book in found["totals"]) == -(gone + changed)
    for book in found["totals"]:
        shares = [row["amount"] for row in found["rows"] if row["currency"] == book["currency"]]
        assert sum(shares) == book["difference"]


def test_report_names_both_books_as_people_know_them(harness: Harness) -> None:
    told = harness.sync("reconcile", harness.config).out
    assert "\n  reconciled 4 documents: 4 differences\n" in told
    (head,) = [line.split() for line in told.splitlines() if line.endswith("  difference")]
    assert head == ["documents", "psohub", "xero", "difference"]
    assert re.search(
        r"\n    voided in xero: 1 \(-[\d,.]+ [A-Z]{3}\)\n"
        r"      INV-2026-\d{4} \(xero INV-0001\)  psohub.invoices/\d+  -[\d,.]+ [A-Z]{3}\n",
        told,
    )
    assert '\n        Reference: "INV-2026-' in told
    assert '" -> "by hand"\n' in told
