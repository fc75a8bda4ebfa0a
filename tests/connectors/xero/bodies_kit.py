"""Bodies of documents as tests send them, and documents that stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.sdk import Record, System
from tests.connectors.xero.xero_kit import Books, batch


def customer_of(books: Books) -> str:
    """The id of a new contact that can be mailed."""
    xero = books.open()
    body = {"Name": "Acme", "ContactNumber": "acme", "EmailAddress": "pay@acme.example"}
    (receipt,) = xero.target.write(batch("contacts", "create", [body]))
    xero.source.close()
    assert receipt.target_id
    return receipt.target_id


def invoice(customer: str, reference: str, **more: Any) -> dict[str, Any]:
    """A good, approved invoice of one line; `line` changes that line."""
    return _document(customer, reference, {"Type": "ACCREC", "DueDate": "2026-11-30", **more})


def credit(customer: str, reference: str, **more: Any) -> dict[str, Any]:
    """A good, approved credit note of one line; `line` changes that line."""
    return _document(customer, reference, {"Type": "ACCRECCREDIT", **more})


def _document(customer: str, reference: str, more: dict[str, Any]) -> dict[str, Any]:
    line = {
        "Description": f"work {reference}",
        "Quantity": Decimal("1.5"),
        "UnitAmount": Decimal("10.0025"),
        "AccountCode": "200",
        **more.pop("line", {}),
    }
    return {
        "Contact": {"ContactID": customer},
        "Date": "2026-11-02",
        "Reference": reference,
        "Status": "AUTHORISED",
        "LineItems": [line],
        **more,
    }


def written(xero: System, *bodies: Mapping[str, Any]) -> list[str]:
    """The ids of credit notes that surely stand."""
    receipts = xero.target.write(batch("credit_notes", "create", bodies))
    assert [one.outcome for one in receipts] == ["done"] * len(bodies), receipts
    return [one.target_id or "" for one in receipts]


def keys(records: Sequence[Any]) -> list[str]:
    return [one.address.key for one in records if isinstance(one, Record)]


def asked(books: Books) -> list[str]:
    """What was asked of the list since, sign-in left out: paths behind the base, with their queries."""
    return [
        f"{one['path'].removeprefix('/api.xro/2.0')}?{one['query']}"
        for one in books.requests()
        if "/api.xro/" in one["path"]
    ]
