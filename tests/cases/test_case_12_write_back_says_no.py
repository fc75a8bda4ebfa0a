"""A body that says no is a refusal, whatever its status: held with its words, and tried again by each run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.harness import Case, opened


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with opened("12-write-back-says-no", tmp_path, settings={"auto_send": True}) as opened_case:
        yield opened_case


def test_what_the_body_refuses_is_held_with_its_words(case: Case) -> None:
    case.answer("psohub", "psohub/PATCH-invoice.http", method="PATCH")
    ran = case.run()
    assert ran.code == 1
    (held,) = ran.json["held"]
    assert "Invoice is locked by another user" in held["reason"]
    assert "calls.write" in held["reason"]
    assert len(case.systems.pushed()) == 1


def test_it_is_written_again_by_the_next_run_and_nothing_is_created_twice(case: Case) -> None:
    fault = case.answer("psohub", "psohub/PATCH-invoice.http", method="PATCH")
    case.run()
    case.proxies["psohub"].faults.remove(fault)
    assert case.run().json["held"] == []
    (pushed,) = case.systems.pushed()
    (row,) = case.psohub_invoices()
    assert row["ExternalID"] == pushed["InvoiceNumber"]
    assert case.held() == []
