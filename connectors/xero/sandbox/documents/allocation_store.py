"""Allocations in the state file: how much of a credit note or advance was set against which invoice.

Facts: connectors/xero/API.md, 8 and 9.
"""

import sqlite3
from decimal import Decimal

from connectors.xero.sandbox.books.money import ZERO
from connectors.xero.sandbox.documents import store
from connectors.xero.sandbox.documents.kinds import CREDIT_NOTES, INVOICES, Kind
from connectors.xero.sandbox.protocol.dates import wire_day, wire_day_text
from connectors.xero.sandbox.protocol.wire import Json

COLUMNS = ("id", "kind", "credit_id", "invoice_id", "amount", "date")


def save(tx: sqlite3.Connection, allocation: Json) -> None:
    values = tuple(str(allocation[name]) for name in COLUMNS)
    tx.execute(f"INSERT INTO allocations ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)", values)


def remove(tx: sqlite3.Connection, allocation_id: str) -> None:
    tx.execute("DELETE FROM allocations WHERE id = ?", (allocation_id,))


def find(tx: sqlite3.Connection, credit_id: str, allocation_id: str) -> Json | None:
    """One allocation of that credit note or advance."""
    rows = _rows(tx, "credit_id = ? AND id = ?", credit_id, allocation_id.lower())
    return rows[0] if rows else None


def of_credit(tx: sqlite3.Connection, credit_id: str) -> list[Json]:
    """The allocations of a credit note or advance, as it shows them."""
    return [shown(tx, row) for row in _rows(tx, "credit_id = ?", credit_id)]


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


def stubs(tx: sqlite3.Connection, kind: Kind, invoice_id: str) -> list[Json]:
    """What of that kind was set against an invoice, as it shows them: one for each document."""
    applied: dict[str, Decimal] = {}
    for row in _rows(tx, "invoice_id = ? AND kind = ?", invoice_id, kind.collection):
        applied[row["credit_id"]] = applied.get(row["credit_id"], ZERO) + row["amount"]
    return [_stub(kind, store.by_id(tx, kind, key) or {}, amount) for key, amount in applied.items()]


def _stub(kind: Kind, credit: Json, amount: Decimal) -> Json:
    number = credit.get(kind.number)
    return {
        kind.id: credit[kind.id],
        **({kind.number: number} if number else {}),
        "ID": credit[kind.id],
        **({"HasErrors": False} if kind is CREDIT_NOTES else {}),
        "AppliedAmount": amount,
        "DateString": wire_day_text(credit["Date"]),
        "Date": wire_day(credit["Date"]),
        "LineItems": [],
        "Total": credit["Total"],
    }


def _rows(tx: sqlite3.Connection, condition: str, *values: str) -> list[Json]:
    sql = f"SELECT * FROM allocations WHERE {condition} ORDER BY position"
    return [
        {**{name: row[name] for name in COLUMNS}, "amount": Decimal(row["amount"])}
        for row in tx.execute(sql, values)
    ]
