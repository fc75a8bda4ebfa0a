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
    with served(tmp_path / "psohub.db", invoices=8) as made:
        yield made


def first_key(company: Company) -> str:
    system = company.open()
    first = records(system.source.read("invoices"))[0]
    system.source.close()
    return first.address.key


def sent_key(company: Company) -> str:
    """Of an invoice that may become paid."""
    system = company.open()
    sent = [one for one in records(system.source.read("invoices")) if one.values["status"] == "sent"]
    system.source.close()
    return sent[0].address.key


def written(company: Company, body: dict[str, Any] | None = None, key: str = "") -> Receipt:
    key = key or first_key(company)
    part = Part(Address("xero", "invoices", "x"), body or {"external_id": "INV-0001"}, key)
    system = company.open()
    try:
        (receipt,) = system.target.write(Batch("invoices", "update", "key", (part,), datetime.now(UTC)))
    finally:
        system.source.close()
    return receipt


def answered(company: Company, body: Any, status: int = 200, *, times: int = 1) -> None:
    """PSOhub answers the next writes so, and does nothing."""
    company.fault("status", "/invoice", status=status, body=body, times=times)


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
        ({"isSuccess": False, "Message": "Locked"}, "Locked"),
        ({"hasErrors": True}, "gives no reason"),
        ({"failed": 1, "message": "One failed"}, "One failed"),
        ({"error_code": 12, "Detail": "Closed"}, "Closed"),
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


SILENT: list[Any] = [
    {"success": True},
    {},
    [],
    "",
    "null",
    1,
    {"message": "Updated"},
    {"ok": "true", "error": None, "errors": "0"},
    "Noted",
    "No errors",
    {"code": 200},
    {"updated": 1},
    {"InvoiceNumber": "INV-9", "InvoiceName": "Another"},
]


@pytest.mark.parametrize("body", SILENT)
def test_an_answer_that_shows_nothing_is_done_if_psohub_shows_it(company: Company, body: Any) -> None:
    company.fault("status_after", "/invoice", status=200, body=body)
    assert written(company).outcome == "done"


@pytest.mark.parametrize("body", SILENT)
def test_an_answer_that_shows_nothing_is_a_refusal_if_psohub_does_not_show_it(
    company: Company, body: Any
) -> None:
    answered(company, body)
    receipt = written(company)
    assert (receipt.outcome, receipt.code) == ("refused", "psohub.refused")
    assert "still lists the invoice as one without an external id" in receipt.reason
    assert "GET invoices?noexternalid=true" in receipt.reason
    assert "calls.write" in receipt.reason


def test_an_echo_of_the_request_proves_nothing(company: Company) -> None:
    answered(company, {"InvoiceID": int(first_key(company)), "ExternalID": "INV-0001"})
    assert written(company).outcome == "refused"


def test_a_status_that_psohub_does_not_show_was_not_written(company: Company) -> None:
    key = sent_key(company)
    answered(company, {"success": True})
    receipt = written(company, {"status": "paid"}, key)
    assert "does not list the invoice as paid (GET invoices?invoicestatus=paid)" in receipt.reason
    company.fault("status_after", "/invoice", status=200, body={"success": True})
    assert written(company, {"status": "paid"}, key).outcome == "done"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"updated": 0}, "updated 0"),
        ({"affected": 0}, "affected 0"),
        ({"rowsAffected": "0"}, "rowsAffected 0"),
        ({"modified_count": 0}, "modified_count 0"),
        ({"data": {"updated": False}}, "updated false"),
        ({"updated": []}, "updated []"),
        ({"message": "Invoice not found"}, "Invoice not found"),
        ("0 rows affected", "0 rows affected"),
        (0, "answers 0"),
    ],
)
def test_what_changed_nothing_is_a_refusal_unless_it_was_there_before(
    company: Company, body: Any, words: str
) -> None:
    key = first_key(company)
    answered(company, body)
    receipt = written(company, key=key)
    assert (receipt.outcome, receipt.code) == ("refused", "psohub.refused")
    assert words in receipt.reason
    written(company, key=key)
    answered(company, body)
    assert written(company, key=key).outcome == "done"


def test_a_form_of_answer_is_checked_once_while_the_system_is_open(company: Company) -> None:
    key = first_key(company)
    written(company, key=key)
    answered(company, {"success": True}, times=3)
    part = Part(Address("xero", "invoices", "x"), {"external_id": "INV-0001"}, key)
    system = company.open()
    company.requests()
    for _ in range(3):
        system.target.write(Batch("invoices", "update", "key", (part,), datetime.now(UTC)))
    system.source.close()
    assert [one["method"] for one in company.requests()] == ["PATCH", "GET", "PATCH", "PATCH"]


def test_what_cannot_be_checked_is_in_doubt(company: Company) -> None:
    answered(company, {"success": True})
    company.fault("status", "/invoices", status=400, body="no")
    part = Part(Address("xero", "invoices", "x"), {"external_id": "INV-0001"}, "1")
    system = company.open()
    with pytest.raises(InDoubtError, match=r"could not be read.*calls\.write"):
        system.target.write(Batch("invoices", "update", "key", (part,), datetime.now(UTC)))
    system.source.close()


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
