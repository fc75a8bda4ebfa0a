"""Credit notes in PSOhub, and what becomes of them in Xero: shared by e2e tests, properties and drills."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.e2e.systems import Row, Systems

LINE = {"LineNumber": "10.001", "LineName": "Credit", "Quantity": 1, "GLAccount": "200"}
TAX = Decimal("1.21")


def original(systems: Systems, number: str = "INV-2026-0001") -> Row:
    """An invoice as PSOhub shows it; the first one, if it has none of that number."""
    offered = systems.offered()
    return next((row for row in offered if row["InvoiceNumber"] == number), offered[0])


def add_invoice(systems: Systems, amount: str | Decimal, number: str, **members: Any) -> Row:
    """An invoice of one line for the customer of PSOhub's first one, of `amount` without tax; negative for a
    credit note.
    """
    like, value = members.pop("like", None) or systems.offered()[0], Decimal(amount)
    return systems.add(
        **{
            "InvoiceNumber": number,
            "InvoiceDate": "2026-10-01T00:00:00.000Z",
            "CustomerID": like["CustomerID"],
            "CustomerName": like["CustomerName"],
            "InvoiceCurrencyCode": like["InvoiceCurrencyCode"],
            "TotalAmountExVAT": value,
            "TotalAmountIncVAT": value * TAX,
            "InvoiceLines": [{**LINE, "UnitPrice": value, "AmountExVAT": value}],
            **members,
        }
    )


def add_credit_note(
    systems: Systems, amount: str | Decimal, number: str = "CR-2026-0001", **members: Any
) -> Row:
    """A credit note that names no invoice."""
    return add_invoice(systems, amount, number, **members)


def add_crediting(
    systems: Systems, amount: str | Decimal, number: str = "CR-2026-0001", **members: Any
) -> Row:
    """A credit note that names the first invoice, or `of`."""
    named = members.pop("of", None) or original(systems)
    return add_invoice(systems, amount, number, **{"CreditedInvoiceID": named["InvoiceID"], **members})


def invoice_of(systems: Systems, number: str = "INV-2026-0001") -> Row:
    """What an invoice became in Xero: the last one with its number."""
    return [row for row in systems.pushed() if row.get("Reference") == number][-1]


def note_of(systems: Systems, number: str = "CR-2026-0001") -> Row:
    """What a credit note became in Xero."""
    return [row for row in systems.credited() if row.get("Reference") == number][-1]


def allocated(systems: Systems, number: str = "CR-2026-0001") -> list[Decimal]:
    """The amounts that were allocated of a credit note."""
    return [row["Amount"] for row in note_of(systems, number)["Allocations"]]
