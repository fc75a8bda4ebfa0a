"""Writing back: what an answer says counts, not its status alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.sdk import Address, Batch, InDoubtError, Part, Receipt, SignInError
from tests.connectors.psohub.psohub_kit import Company, records, served

PAID = {"external_id": "INV-0001", "status": "paid"}


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with served(tmp_path / "psohub.db", invoices=1) as made:
        yield made


def first_key(company: Company) -> str:
    system = company.open()
    first = records(system.source.read("invoices"))[0]
    system.source.close()
    return first.address.key


def written(company: Company, body: dict[str, Any] | None = None) -> Receipt:
    part = Part(Address("xero", "invoices", "x"), body or {"external_id": "INV-0001"}, first_key(company))
    system = company.open()
    try:
        (receipt,) = system.target.write(Batch("invoices", "update", "key", (part,), datetime.now(UTC)))
    finally:
        system.source.close()
    return receipt


def answered(company: Company, body: Any, status: int = 200) -> None:
    company.fault("status", "/invoice", status=status, body=body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"success": False, "message": "Invoice is locked by another user"}, "locked by another user"),
        ({"Success": "false"}, "gives no reason"),
        ({"error": "No such field"}, "No such field"),
        ({"error": {"message": "No such field"}}, "No such field"),
        ({"error": True, "message": "Not now"}, "Not now"),
        ({"errors": [{"message": "A"}, {"message": "B"}]}, "A; B"),
        ({"status": "error", "message": "Closed"}, "Closed"),
        ([{"success": False, "message": "In a list"}], "In a list"),
        ({"ok": False, "reason": "Locked"}, "Locked"),
        ({"code": 403, "message": "Forbidden"}, "Forbidden"),
        ({"StatusCode": "400", "Message": "Bad"}, "Bad"),
        ({"data": {"error": "Wrapped"}}, "Wrapped"),
        ("ERROR: locked", "ERROR: locked"),
        (False, "gives no reason"),
        ("<!doctype html><title>Sign in</title>", "web page"),
    ],
)
def test_a_body_that_says_no_is_a_refusal_with_its_words(company: Company, body: Any, words: str) -> None:
    answered(company, body)
    receipt = written(company)
    assert (receipt.outcome, receipt.code) == ("refused", "psohub.refused")
    assert words in receipt.reason
    assert "PATCH invoice" in receipt.reason
    assert "calls.write" in receipt.reason


@pytest.mark.parametrize("shown", [None, "", "-", "INV-0002"])
def test_an_answered_row_without_what_was_written_is_a_refusal(company: Company, shown: str | None) -> None:
    answered(company, {"InvoiceID": int(first_key(company)), "ExternalID": shown})
    assert written(company).outcome == "refused"


@pytest.mark.parametrize("wrapper", ["data", "Invoice", "results"])
def test_a_wrapped_row_without_what_was_written_is_a_refusal(company: Company, wrapper: str) -> None:
    row = {"InvoiceID": int(first_key(company)), "ExternalID": ""}
    answered(company, {wrapper: [row] if wrapper == "results" else row})
    assert written(company).outcome == "refused"
    answered(company, {wrapper: {**row, "ExternalID": "INV-0001"}})
    assert written(company).outcome == "done"


def test_an_answered_row_with_another_status_is_a_refusal(company: Company) -> None:
    row = {"InvoiceID": first_key(company), "ExternalID": "INV-0001", "InvoiceStatus": "Sent"}
    answered(company, [row])
    receipt = written(company, PAID)
    assert "shows status sent instead of paid" in receipt.reason


@pytest.mark.parametrize(
    "body",
    [
        {"success": True},
        {},
        [],
        "",
        {"message": "Updated"},
        {"ok": "true", "error": None},
        "Noted",
        {"code": 200},
    ],
)
def test_a_body_that_says_yes_or_nothing_is_done(company: Company, body: Any) -> None:
    answered(company, body)
    assert written(company).outcome == "done"


def test_the_sandbox_answers_with_what_was_written(company: Company) -> None:
    receipt = written(company)
    assert receipt.outcome == "done"
    assert receipt.observed["external_id"] == "INV-0001"


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_refused_call_names_the_call_and_its_setting(company: Company, status: int) -> None:
    answered(company, {"message": "no"}, status)
    receipt = written(company)
    assert (receipt.outcome, receipt.code) == ("refused", "psohub.request")
    assert f"status {status}" in receipt.reason
    assert "PATCH invoice" in receipt.reason
    assert "calls.write" in receipt.reason


def test_an_error_inside_names_the_call_and_its_setting(company: Company) -> None:
    answered(company, {"message": "no"}, 500)
    with pytest.raises(InDoubtError, match=r"PATCH invoice.*calls\.write") as raised:
        written(company)
    assert "calls.write" in raised.value.words


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_write_is_told_with_the_call(company: Company, status: int) -> None:
    answered(company, {"message": "no"}, status)
    with pytest.raises(SignInError, match=r"PATCH invoice.*calls\.write"):
        written(company)
