"""What people can do in Xero's sandbox: book a payment, set a prepayment, an overpayment or a credit note
against an invoice, refund a credit note.

It goes through the API, but with the scopes of another app: the connector's own sign-in may not book
payments.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.xero.client import Client
from connectors.xero.settings import XeroSettings
from engine.sdk import ActRefusedError, Context

SCOPES = (
    "accounting.payments",
    "accounting.invoices",
    "accounting.banktransactions",
    "accounting.settings.read",
)
Row = Mapping[str, Any]


def pay(settings: XeroSettings, invoice_id: str) -> str:
    """Book a payment of everything due on an invoice; returns a sentence that says what was paid.

    Like everything here it raises ActRefusedError, with Xero's own message if Xero refused it.
    """
    with _client(settings) as client:
        invoice, due = _due(client, invoice_id)
        _book(client, {"Invoice": {"InvoiceID": invoice["InvoiceID"]}}, due)
        return f"{_amount(invoice, due)} paid; `sync run` brings the payment back"


def prepay(settings: XeroSettings, invoice_id: str) -> str:
    """Set a prepayment of everything due against an invoice."""
    return _advance(settings, invoice_id, "Prepayment")


def overpay(settings: XeroSettings, invoice_id: str) -> str:
    """Set what the customer paid too much elsewhere against an invoice: everything due."""
    return _advance(settings, invoice_id, "Overpayment")


def credit(settings: XeroSettings, invoice_id: str) -> str:
    """Make a credit note over everything due on an invoice, and set it against the invoice."""
    with _client(settings) as client:
        invoice, due = _due(client, invoice_id)
        body = {
            "Type": "ACCRECCREDIT",
            "Contact": {"ContactID": invoice["Contact"]["ContactID"]},
            "CurrencyCode": invoice.get("CurrencyCode"),
            "Date": _today(),
            "LineAmountTypes": "NoTax",
            "LineItems": [
                {"Description": "Credit", "UnitAmount": due, "AccountCode": _account(client, "REVENUE")}
            ],
            "Status": "AUTHORISED",
        }
        note = _put(client, "CreditNotes", body)
        _allocate(client, f"CreditNotes/{note['CreditNoteID']}", invoice, due)
        return f"{_amount(invoice, due)} credited by {note.get('CreditNoteNumber')}"


def refund(settings: XeroSettings, credit_note_id: str) -> str:
    """Pay what is left of a credit note back to the customer."""
    with _client(settings) as client:
        note = _one(client, "CreditNotes", credit_note_id)
        left = Decimal(note.get("RemainingCredit") or 0)
        if left <= 0:
            raise ActRefusedError(f"nothing is left of {note.get('CreditNoteNumber')}")
        _book(client, {"CreditNote": {"CreditNoteID": note["CreditNoteID"]}}, left)
        return f"{note.get('CreditNoteNumber')}: {left:,.2f} {note.get('CurrencyCode')} refunded"


PLAYS: Mapping[str, Callable[[XeroSettings, str], str]] = {
    "pay": pay,
    "prepay": prepay,
    "overpay": overpay,
    "credit": credit,
    "refund": refund,
}


@contextmanager
def _client(settings: XeroSettings) -> Iterator[Client]:
    client = Client(settings.model_copy(update={"scopes": SCOPES}), Context("xero"))
    try:
        yield client
    finally:
        client.http.close()


def _advance(settings: XeroSettings, invoice_id: str, of: str) -> str:
    with _client(settings) as client:
        invoice, due = _due(client, invoice_id)
        body = {
            "Type": f"RECEIVE-{of.upper()}",
            "Contact": {"ContactID": invoice["Contact"]["ContactID"]},
            "BankAccount": {"Code": _account(client, "BANK")},
            "CurrencyCode": invoice.get("CurrencyCode"),
            "Date": _today(),
            "LineItems": [{"Description": of, "Quantity": 1, "UnitAmount": due}],
        }
        made = _put(client, "BankTransactions", body)
        _allocate(client, f"{of}s/{made[f'{of}ID']}", invoice, due)
        return f"{_amount(invoice, due)} settled by {of.lower()}; `sync run` brings it back"


def _due(client: Client, invoice_id: str) -> tuple[Row, Decimal]:
    invoice = _one(client, "Invoices", invoice_id)
    due = Decimal(invoice.get("AmountDue") or 0)
    if due <= 0:
        raise ActRefusedError(
            f"nothing is due on {invoice.get('InvoiceNumber')}; it is {invoice.get('Status')}"
        )
    return invoice, due


def _one(client: Client, path: str, key: str) -> Row:
    rows = client.one(f"{path}/{key}").get(path) or ()
    if not rows:
        raise ActRefusedError(f"Xero has no {'invoice' if path == 'Invoices' else 'credit note'} {key}")
    return dict(rows[0])


def _book(client: Client, document: Row, amount: Decimal) -> None:
    account = {"Code": _account(client, "BANK")}
    _put(client, "Payments", {**document, "Account": account, "Date": _today(), "Amount": amount})


def _allocate(client: Client, path: str, invoice: Row, amount: Decimal) -> None:
    body = {"Amount": amount, "Date": _today(), "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    _put(client, f"{path}/Allocations", body, "Allocations")


def _put(client: Client, path: str, body: Row, collection: str = "") -> Row:
    collection = collection or path
    answer = client.post("PUT", path, {collection: [body]}, secrets.token_hex(16), {}, None)
    if not answer.ok:
        raise ActRefusedError(f"Xero refuses PUT {path}: {client.http.words(answer)}")
    rows = (client.http.json(answer, f"PUT {path}") or {}).get(collection) or [{}]
    return dict(rows[0])


def _account(client: Client, type_: str) -> str:
    """The first active account of that type that has a code."""
    for account in client.list("Accounts").get("Accounts") or ():
        if account.get("Type") == type_ and account.get("Code") and account.get("Status") == "ACTIVE":
            return str(account["Code"])
    raise ActRefusedError(f"Xero has no {type_.lower()} account with a code, so nothing can be booked")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _amount(invoice: Row, due: Decimal) -> str:
    return f"{invoice.get('InvoiceNumber')}: {due:,.2f} {invoice.get('CurrencyCode')}"
