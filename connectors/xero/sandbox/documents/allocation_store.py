"""Allocations in the state file: how much of a credit note was set against which invoice.

Facts: connectors/xero/API.md, 8 and 9.
"""

import sqlite3
from decimal import Decimal

from connectors.xero.sandbox.books.money import ZERO
from connectors.xero.sandbox.documents import store
from connectors.xero.sandbox.documents.kinds import CREDIT_NOTES, INVOICES
from connectors.xero.sandbox.protocol.dates import wire_day, wire_day_text
from connectors.xero.sandbox.protocol.wire import Json

COLUMNS = ("id", "credit_note_id", "invoice_id", "amount", "date")


def save(tx: sqlite3.Connection, allocation: Json) -> None:
    values = (*(allocation[name] for name in COLUMNS[:3]), str(allocation["amount"]), allocation["date"])
    tx.execute(f"INSERT INTO allocations ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?)", values)


def remove(tx: sqlite3.Connection, allocation_id: str) -> None:
    tx.execute("DELETE FROM allocations WHERE id = ?", (allocation_id,))


def find(tx: sqlite3.Connection, credit_note_id: str, allocation_id: str) -> Json | None:
    """One allocation of that credit note."""
    rows = _rows(tx, "credit_note_id = ? AND id = ?", credit_note_id, allocation_id.lower())
    return rows[0] if rows else None


def of_credit_note(tx: sqlite3.Connection, credit_note_id: str) -> list[Json]:
    """The allocations of a credit note, as it shows them."""
    return [shown(tx, row) for row in _rows(tx, "credit_note_id = ?", credit_note_id)]


def shown(tx: sqlite3.Connection, row: Json) -> Json:
    invoice = store.by_id(tx, INVOICES, row["invoice_id"]) or {}
    return {
        "AllocationID": row["id"],
        "Amount": row["amount"],
        "Date": wire_day(row["date"]),
        "Invoice": invoice_stub(invoice),
    }


def invoice_stub(invoice: Json) -> Json:
    """An invoice inside an allocation. Its empty lists do not mean "none" (connectors/xero/API.md, 5)."""
    number = {"InvoiceNumber": invoice["InvoiceNumber"]} if "InvoiceNumber" in invoice else {}
    empty: Json = {name: [] for name in ("Payments", "CreditNotes", "Prepayments", "Overpayments")}
    return {
        "InvoiceID": invoice["InvoiceID"],
        **number,
        **empty,
        "HasErrors": False,
        "IsDiscounted": False,
        "LineItems": [],
        "ValidationErrors": [],
    }


def credit_stubs(tx: sqlite3.Connection, invoice_id: str) -> list[Json]:
    """The credit notes set against an invoice, as it shows them: one for each credit note."""
    applied: dict[str, Decimal] = {}
    for row in _rows(tx, "invoice_id = ?", invoice_id):
        applied[row["credit_note_id"]] = applied.get(row["credit_note_id"], ZERO) + row["amount"]
    return [_credit_stub(store.by_id(tx, CREDIT_NOTES, key) or {}, amount) for key, amount in applied.items()]


def _credit_stub(credit_note: Json, amount: Decimal) -> Json:
    number = credit_note.get("CreditNoteNumber")
    return {
        "CreditNoteID": credit_note["CreditNoteID"],
        **({"CreditNoteNumber": number} if number else {}),
        "ID": credit_note["CreditNoteID"],
        "HasErrors": False,
        "AppliedAmount": amount,
        "DateString": wire_day_text(credit_note["Date"]),
        "Date": wire_day(credit_note["Date"]),
        "LineItems": [],
        "Total": credit_note["Total"],
    }


def _rows(tx: sqlite3.Connection, condition: str, *values: str) -> list[Json]:
    sql = f"SELECT * FROM allocations WHERE {condition} ORDER BY position"
    return [
        {**{name: row[name] for name in COLUMNS}, "amount": Decimal(row["amount"])}
        for row in tx.execute(sql, values)
    ]
