"""State files of earlier versions are carried on."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from connectors.xero.sandbox.server.schema import MIGRATIONS
from engine.sdk.sandbox import StateFile
from tests.connectors.xero.sandbox.xero_sandbox_kit import OpenXero, Xero


def test_file_from_before_credit_notes_keeps_its_payments(
    tmp_path: Path, xero: Xero, open_xero: OpenXero
) -> None:
    invoice = xero.invoice()["InvoiceID"]
    payment = xero.pay(invoice, 21).json()["Payments"][0]["PaymentID"]
    path = tmp_path / "a folder" / "xero.db"
    turned_back(path)
    again = open_xero()
    assert [one["PaymentID"] for one in again.read(invoice)["Payments"]] == [payment]
    note = again.credit_note()["CreditNoteID"]
    again.allocate(note, invoice, 100)
    assert again.read(invoice)["Status"] == "PAID"
    again.post(f"/Payments/{payment}", {"Status": "DELETED"})
    assert again.read(invoice)["AmountDue"] == 21


def turned_back(path: Any) -> None:
    """Make the file one of the first version: without what later ones added."""
    with sqlite3.connect(path) as old:
        for table in ("credit_notes", "allocations", "prepayments", "overpayments"):
            old.execute(f"DROP TABLE {table}")
        old.execute("ALTER TABLE payments RENAME COLUMN document_id TO invoice_id")
        old.execute("PRAGMA user_version = 1")
    old.close()


def test_every_version_leads_to_the_same_tables(tmp_path: Path) -> None:
    shapes = []
    for version in range(len(MIGRATIONS) + 1):
        path = tmp_path / f"from-{version}.db"
        with sqlite3.connect(path) as old:
            for script in MIGRATIONS[:version]:
                old.executescript(script)
            old.execute(f"PRAGMA user_version = {version}")
        old.close()
        with closing(StateFile(path, MIGRATIONS)) as state, state.reading():
            pass
        with sqlite3.connect(path) as now:
            shapes.append(now.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
        now.close()
    assert all(shape == shapes[0] for shape in shapes)
