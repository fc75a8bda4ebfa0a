"""What an allocation forbids afterwards, and that it outlives a restart
(connectors/xero/API.md, 6, 9 and 11)."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import Messages, OpenXero, Xero

EDITED = "This document cannot be edited as it has a payment or credit note allocated to it."


@pytest.fixture
def note(xero: Xero) -> str:
    return str(xero.credit_note()["CreditNoteID"])


@pytest.fixture
def invoice(xero: Xero) -> str:
    return str(xero.invoice()["InvoiceID"])


def allocated(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (made,) = answer.json()["Allocations"]
    return dict(made)


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_document_with_an_allocation_is_not_voided(
    xero: Xero, said: Messages, note: str, invoice: str, status: str
) -> None:
    allocated(xero.allocate(note, invoice, 1))
    for answer, noun in (
        (xero.change(invoice, Status=status), "invoice"),
        (xero.change_credit_note(note, Status=status), "credit note"),
    ):
        assert said(answer) == [
            f"The status {status} cannot be applied to the {noun}"
            " because it has payments or credit notes allocated to it."
        ]


def test_document_with_an_allocation_takes_words_and_no_money(
    xero: Xero, said: Messages, note: str, invoice: str
) -> None:
    allocated(xero.allocate(note, invoice, 1))
    (standing,) = xero.read_credit_note(note)["LineItems"]
    own = {"LineItemID": standing["LineItemID"]}
    fine = xero.change_credit_note(note, Reference="PO", LineItems=[{**own, "Description": "New"}])
    assert fine.json()["CreditNotes"][0]["LineItems"][0]["Description"] == "New"
    assert said(xero.change_credit_note(note, LineItems=[{**own, "UnitAmount": 99}])) == [EDITED]
    assert said(xero.change_credit_note(note, CurrencyCode="GBP")) == [EDITED]
    (message,) = said(xero.change_credit_note(note, Date="2026-01-01"))
    assert message.startswith("Date cannot be changed on a credit note")


def test_contact_is_fixed_once_credit_was_allocated_but_not_by_a_payment(
    xero: Xero, said: Messages, note: str, invoice: str
) -> None:
    other = {"ContactID": xero.contact("Other")}
    paid = xero.invoice()["InvoiceID"]
    xero.pay(paid, 1)
    assert xero.change(paid, Contact=other).status_code == 200
    allocated(xero.allocate(note, invoice, 1))
    assert said(xero.change(invoice, Contact=other)) == [EDITED]
    assert said(xero.change_credit_note(note, Contact=other)) == [EDITED]


def test_locked_period_keeps_its_allocations(open_xero: OpenXero, said: Messages) -> None:
    xero = open_xero()
    note, invoice = xero.credit_note(Date="2026-06-20"), xero.invoice(Date="2026-06-30")
    ids = note["CreditNoteID"], invoice["InvoiceID"]
    made = allocated(xero.allocate(*ids, 1))["AllocationID"]
    xero = open_xero(period_lock_date="2026-06-30")
    words = ["The document date cannot be before the period lock date, currently set at 30-Jun-2026"]
    assert said(xero.allocate(*ids, 1)) == words
    refused = xero.deallocate(ids[0], made)
    assert (refused.status_code, said(refused)) == (400, words)
    assert xero.read(ids[1])["AmountCredited"] == 1


def test_allocations_outlive_a_restart(open_xero: OpenXero) -> None:
    xero = open_xero()
    note, invoice = xero.credit_note()["CreditNoteID"], xero.invoice()["InvoiceID"]
    made = allocated(xero.allocate(note, invoice, 1))["AllocationID"]
    again = open_xero()
    assert [one["AllocationID"] for one in again.read_credit_note(note)["Allocations"]] == [made]
    assert again.credit_note()["CreditNoteNumber"] == "CN-0002"
