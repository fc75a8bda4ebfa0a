"""Documents in the state file: invoices and credit notes, each kind in its own table."""

import sqlite3

from connectors.xero.sandbox.documents.kinds import Kind
from connectors.xero.sandbox.protocol.wire import Json, dumps
from engine.sdk import loads
from engine.sdk.sandbox import read_meta, write_meta

COLUMNS = {
    "type": "Type",
    "reference": "Reference",
    "contact_id": "ContactID",
    "status": "Status",
    "date": "Date",
}


def by_id(tx: sqlite3.Connection, kind: Kind, key: str) -> Json | None:
    return _first_where(tx, kind, "id = ?", key.lower())


def by_number(tx: sqlite3.Connection, kind: Kind, number: str) -> Json | None:
    """The one of that number among sales, voided and deleted ones included: a number is given once."""
    return _first_where(tx, kind, f"number_key = ? AND type = '{kind.sales}'", number.casefold())


def find(tx: sqlite3.Connection, kind: Kind, key: str) -> Json | None:
    """By id, or by number in its place."""
    return by_id(tx, kind, key) or by_number(tx, kind, key)


def _first_where(tx: sqlite3.Connection, kind: Kind, condition: str, value: str) -> Json | None:
    row = tx.execute(f"SELECT document FROM {kind.table} WHERE {condition}", (value,)).fetchone()
    return None if row is None else loads(row["document"])


def next_number(tx: sqlite3.Connection, kind: Kind) -> str:
    """The next free number of the organisation's sequence."""
    name = f"next_{kind.noun.replace(' ', '_')}_number"
    position = int(read_meta(tx, name) or "1")
    while by_number(tx, kind, f"{kind.prefix}-{position:04d}") is not None:
        position += 1
    write_meta(tx, name, str(position + 1))
    return f"{kind.prefix}-{position:04d}"


def save(tx: sqlite3.Connection, kind: Kind, record: Json) -> None:
    number = record.get(kind.number)
    row = {
        "id": record[kind.id],
        "number": number,
        "number_key": number and number.casefold(),
        **{column: record.get(name) for column, name in COLUMNS.items()},
        **{column: _plain(record.get(name)) for column, name in kind.columns.items()},
        "client_id": record["client_id"],
        "updated_ms": record["updated_ms"],
        "document": dumps(record),
    }
    sql = f"INSERT OR REPLACE INTO {kind.table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
    tx.execute(sql, tuple(row.values()))


def _plain(value: object) -> str | None:
    return None if value is None else str(value)
