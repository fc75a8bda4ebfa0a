"""Mailing invoices and showing them online (connectors/xero/API.md, 8)."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, OpenXero, Xero


def email(xero: Xero, invoice: Any, **more: Any) -> httpx.Response:
    return xero.post(f"/Invoices/{invoice['InvoiceID']}/Email", {}, **more)


def test_email_is_204_and_sets_sent_to_contact(xero: Xero) -> None:
    contact = xero.contact(
        EmailAddress="books@acme.example",
        ContactPersons=[
            {"FirstName": "Ann", "EmailAddress": "ann@acme.example", "IncludeInEmails": True},
            {"FirstName": "Bob", "EmailAddress": "bob@acme.example"},
        ],
    )
    invoice = xero.invoice(Contact={"ContactID": contact})
    answer = email(xero, invoice)
    assert (answer.status_code, answer.content) == (204, b"")
    assert xero.read(invoice["InvoiceID"])["SentToContact"] is True
    (sent,) = xero.emails()
    assert sent["invoice_id"] == invoice["InvoiceID"]
    assert sent["invoice_number"] == "INV-0001"
    assert sent["to"] == ["books@acme.example", "ann@acme.example"]


def test_email_under_one_key_is_sent_once_and_without_a_key_twice(xero: Xero) -> None:
    invoice = xero.invoice()
    assert [email(xero, invoice, key="k").status_code for _ in range(2)] == [204, 204]
    assert len(xero.emails()) == 1
    email(xero, invoice)
    assert len(xero.emails()) == 2


@pytest.mark.parametrize("status", ["DRAFT", "VOIDED", "DELETED"])
def test_email_of_other_states_is_refused(xero: Xero, said: Messages, status: str) -> None:
    invoice = xero.invoice(Status="AUTHORISED" if status == "VOIDED" else "DRAFT")
    if status != "DRAFT":
        assert xero.change(invoice["InvoiceID"], Status=status).status_code == 200
    answer = email(xero, invoice)
    assert (answer.status_code, said(answer)) == (400, [f"An invoice of status {status} cannot be emailed."])
    assert xero.emails() == []


def test_email_goes_out_for_submitted_and_paid_invoices(xero: Xero) -> None:
    assert email(xero, xero.invoice(Status="SUBMITTED")).status_code == 204
    paid = xero.invoice()
    xero.pay(paid["InvoiceID"], 121)
    assert email(xero, paid).status_code == 204


def test_contact_without_address_gets_no_email(xero: Xero, said: Messages) -> None:
    answer = email(xero, xero.invoice(Contact={"ContactID": xero.contact("Silent")}))
    assert (answer.status_code, said(answer)) == (400, ["The contact has no email address."])


def test_bills_are_not_emailed(xero: Xero, line: MakeLine) -> None:
    bill = xero.invoice(Type="ACCPAY", LineItems=[line(AccountCode="463")])
    assert email(xero, bill).status_code == 400


def test_daily_limit_of_emails_is_400_and_ends_with_the_day(open_xero: OpenXero, said: Messages) -> None:
    xero = open_xero(email_limit=1, token_seconds=1_000_000)
    invoice = xero.invoice()
    assert email(xero, invoice).status_code == 204
    answer = email(xero, invoice)
    assert (answer.status_code, said(answer)) == (400, ["The daily limit of emails has been reached."])
    xero.advance(86_401)
    assert email(xero, invoice).status_code == 204


def test_email_of_an_unknown_invoice_is_404(xero: Xero) -> None:
    assert xero.post("/Invoices/INV-0404/Email", {}).status_code == 404


def test_online_invoice_is_there_but_not_for_drafts(xero: Xero) -> None:
    invoice, draft = xero.invoice(), xero.invoice(Status="DRAFT")
    shown = xero.get(f"/Invoices/{invoice['InvoiceID']}/OnlineInvoice").json()["OnlineInvoices"]
    assert shown[0]["OnlineInvoiceUrl"].startswith("https://in.xero.com/")
    assert xero.get(f"/Invoices/{draft['InvoiceID']}/OnlineInvoice").status_code == 404
