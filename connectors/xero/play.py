"""What a person can do in Xero's sandbox: book a customer's payment.

It goes through the API, but with the scopes of another app: the connector's own sign-in may not book
payments.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.xero.client import Client
from connectors.xero.settings import XeroSettings
from engine.sdk import ActRefusedError, Context

SCOPES = ("accounting.payments", "accounting.invoices.read", "accounting.settings.read")


def pay(settings: XeroSettings, invoice_id: str) -> str:
    """Book a payment of everything due on an invoice; returns a sentence that says what was paid.

    Raises ActRefusedError, with Xero's own message if Xero refused it.
    """
    client = Client(settings.model_copy(update={"scopes": SCOPES}), Context("xero"))
    try:
        rows = client.one(f"Invoices/{invoice_id}").get("Invoices") or ()
        if not rows:
            raise ActRefusedError(f"Xero has no invoice {invoice_id}")
        return _book_payment(client, rows[0])
    finally:
        client.http.close()


def _book_payment(client: Client, invoice: Mapping[str, Any]) -> str:
    number, due = invoice.get("InvoiceNumber"), Decimal(invoice.get("AmountDue") or 0)
    if due <= 0:
        raise ActRefusedError(f"nothing is due on {number}; it is {invoice.get('Status')}")
    body = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": _bank_account_code(client)},
        "Date": datetime.now(UTC).date().isoformat(),
        "Amount": due,
    }
    answer = client.post("PUT", "Payments", {"Payments": [body]}, secrets.token_hex(16), {}, None)
    if not answer.ok:
        raise ActRefusedError(f"Xero refuses PUT Payments: {client.http.words(answer)}")
    client.http.json(answer, "PUT Payments")
    return f"{number}: {due:,.2f} {invoice.get('CurrencyCode')} paid; `sync run` brings the payment back"


def _bank_account_code(client: Client) -> str:
    """The first bank account that has a code."""
    accounts = client.list("Accounts").get("Accounts") or ()
    banks = [account for account in accounts if account.get("Type") == "BANK" and account.get("Code")]
    if not banks:
        raise ActRefusedError("Xero has no bank account with a code, so the payment cannot be recorded")
    return str(banks[0]["Code"])
