"""The harness of the cases: what a case says stands in both systems, and an answer in a file is given."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.cases.harness import answer_of, opened
from tests.drills.proxy import Request


def test_what_a_case_says_stands_in_both_systems(tmp_path: Path) -> None:
    with opened("01-number-of-another-customer", tmp_path) as case:
        assert [row["InvoiceNumber"] for row in case.psohub_invoices()] == ["INV-2026-0001"]
        (standing,) = case.systems.pushed()
        assert (standing["InvoiceNumber"], standing["Total"]) == ("INV-2026-0001", Decimal("893.55"))
        assert standing["Contact"]["ContactID"] == case.ids["00000000-0000-4000-8000-000000000001"]
        assert case.plan().json["config"] == "live"


def test_an_answer_in_a_file_is_given_to_what_matches(tmp_path: Path) -> None:
    file = tmp_path / "answer.http"
    file.write_bytes(b'HTTP/1.1 500 Internal Server Error\nContent-Type: text/plain\n\n{"a": 1}\n')
    fault = answer_of(file, method="PUT", path="/Invoices", holds="POISON")
    assert (fault.status, fault.body) == (500, b'{"a": 1}')
    poisoned = Request("PUT", "/Invoices", "summarizeErrors=false", '{"Reference": "POISON"}')
    assert fault.matches(poisoned, 1)
    assert not fault.matches(Request("PUT", "/Invoices", "", "harmless"), 1)
    assert not fault.matches(Request("POST", "/Invoices", "", "POISON"), 1)
