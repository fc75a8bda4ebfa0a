"""What a person does in Xero itself, for sandboxes: a customer's payment is booked.

By the API, but with the rights of another app: the connector's own sign-in may not book payments.
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
    """Book the payment of all that is due on an invoice; says what was paid.

    Raises ActRefusedError in Xero's own words, e.g. where nothing is due any more.
    """
    client = Client(settings.model_copy(update={"scopes": SCOPES}), Context("xero"))
    try:
        rows = client.one(f"Invoices/{invoice_id}").get("Invoices") or ()
        if not rows:
            raise ActRefusedError(f"Xero has no invoice {invoice_id}")
        return _booked(client, rows[0])
    finally:
        client.http.close()


def _booked(client: Client, invoice: Mapping[str, Any]) -> str:
    number, due = invoice.get("InvoiceNumber"), Decimal(invoice.get("AmountDue") or 0)
    if due <= 0:
        raise ActRefusedError(f"nothing is due on {number}; it is {invoice.get('Status')}")
    body = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": _bank(client)},
        "Date": datetime.now(UTC).date().isoformat(),
        "Amount": due,
    }
    answer = client.post("PUT", "Payments", {"Payments": [body]}, secrets.token_hex(16), {}, None)
    if not answer.ok:
        raise ActRefusedError(f"Xero refuses PUT Payments: {client.http.words(answer)}")
    client.http.json(answer, "PUT Payments")
    return f"{number}: {due:,.2f} {invoice.get('CurrencyCode')} paid; `sync run` brings it back"


def _bank(client: Client) -> str:
    """The first bank account that has a code."""
    accounts = client.list("Accounts").get("Accounts") or ()
    banks = [one for one in accounts if one.get("Type") == "BANK" and one.get("Code")]
    if not banks:
        raise ActRefusedError("Xero has no bank account with a code to book the payment on")
    return str(banks[0]["Code"])
