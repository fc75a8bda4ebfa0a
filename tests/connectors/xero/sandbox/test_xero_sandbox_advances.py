"""Prepayments and overpayments, received by bank transactions and set against invoices
(connectors/xero/API.md, 12)."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import Messages, Xero

KINDS = ("Prepayment", "Overpayment")


def receive(xero: Xero, of: str, amount: Any, contact: str, **fields: Any) -> httpx.Response:
    body = {
        "Type": f"RECEIVE-{of.upper()}",
        "Contact": {"ContactID": contact},
        "BankAccount": {"Code": "090"},
        "LineItems": [{"Description": of, "Quantity": 1, "UnitAmount": amount}],
        **fields,
    }
    return xero.put("/BankTransactions", body)


@pytest.mark.parametrize("of", KINDS)
def test_what_was_paid_in_advance_settles_an_invoice(xero: Xero, of: str) -> None:
    invoice = xero.invoice()
    made = receive(xero, of, 200, invoice["Contact"]["ContactID"]).json()["BankTransactions"][0]
    key = made[f"{of}ID"]
    body = {"Amount": 121, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    assert xero.put(f"/{of}s/{key}/Allocations", body).status_code == 200
    read = xero.read(invoice["InvoiceID"])
    assert (read["Status"], read["AmountPaid"], read["AmountCredited"]) == ("PAID", 0, 121)
    (stub,) = read[f"{of}s"]
    assert (stub[f"{of}ID"], stub["AppliedAmount"]) == (key, 121)
    assert "CreditNotes" not in read
    (left,) = xero.get(f"/{of}s/{key}").json()[f"{of}s"]
    assert (left["RemainingCredit"], left["Status"], len(left["Allocations"])) == (79, "AUTHORISED", 1)
    (listed,) = xero.get(f"/{of}s", page=1).json()[f"{of}s"]
    assert listed[f"{of}ID"] == key
    refund = {f"{of}": {f"{of}ID": key}, "Account": {"Code": "090"}, "Amount": 79, "Date": "2026-11-20"}
    (paid,) = xero.put("/Payments", refund).json()["Payments"]
    assert paid["PaymentType"] == f"AR{of.upper()}PAYMENT"
    assert xero.get(f"/{of}s/{key}").json()[f"{of}s"][0]["Status"] == "PAID"
    allocation = left["Allocations"][0]["AllocationID"]
    assert xero.call("DELETE", f"/{of}s/{key}/Allocations/{allocation}").json()["IsDeleted"] is True
    assert xero.read(invoice["InvoiceID"])["AmountDue"] == 121


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Type": "SPEND"}, "Only RECEIVE-PREPAYMENT and RECEIVE-OVERPAYMENT are taken here."),
        ({"Contact": {}}, "A Contact must be specified for this type of transaction"),
        ({"BankAccount": {"Code": "200"}}, "Bank account could not be found"),
        ({"LineItems": []}, "The total of a bank transaction must be greater than zero."),
    ],
)
def test_what_is_not_received_is_refused(
    xero: Xero, said: Messages, fields: dict[str, Any], message: str
) -> None:
    assert said(receive(xero, "Prepayment", 10, xero.contact(), **fields)) == [message]


def test_more_than_is_due_or_left_is_refused(xero: Xero, said: Messages) -> None:
    invoice = xero.invoice()
    made = receive(xero, "Prepayment", 100, invoice["Contact"]["ContactID"]).json()
    key = made["BankTransactions"][0]["PrepaymentID"]
    body = {"Amount": 101, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    assert said(xero.put(f"/Prepayments/{key}/Allocations", body)) == [
        "Prepayment cannot be allocated as amount is greater than amount outstanding"
    ]
