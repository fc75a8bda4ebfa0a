"""The sandbox's memory: one SQLite file, so that a second run finds what the first one made.

Knows tables and transactions, nothing of Xero. A record is a JSON document; the columns beside it are there
to be searched and carry no truth of their own.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE tokens (
        token TEXT PRIMARY KEY, client_id TEXT NOT NULL, scope TEXT NOT NULL, expires_ms INTEGER NOT NULL
    );
    CREATE TABLE answers (
        key TEXT PRIMARY KEY, request TEXT NOT NULL, at_ms INTEGER NOT NULL,
        status INTEGER NOT NULL, content_type TEXT, body BLOB NOT NULL
    );
    CREATE INDEX answers_at ON answers (at_ms);
    CREATE TABLE reference (
        kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    );
    CREATE TABLE contacts (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, number TEXT, number_key TEXT,
        account_number TEXT, account_key TEXT, email TEXT, status TEXT NOT NULL,
        updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX contacts_name ON contacts (name_key);
    CREATE INDEX contacts_number ON contacts (number_key);
    CREATE INDEX contacts_account ON contacts (account_key);
    CREATE INDEX contacts_updated ON contacts (updated_ms, id);
    CREATE TABLE invoices (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, number TEXT, number_key TEXT, reference TEXT,
        contact_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL, due_date TEXT,
        amount_due TEXT NOT NULL, amount_paid TEXT NOT NULL,
        client_id TEXT NOT NULL, updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX invoices_number ON invoices (number_key);
    CREATE INDEX invoices_contact ON invoices (contact_id, type);
    CREATE INDEX invoices_updated ON invoices (updated_ms, id);
    CREATE TABLE payments (
        id TEXT PRIMARY KEY, invoice_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL,
        reference TEXT,         updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX payments_invoice ON payments (invoice_id);
    CREATE TABLE history (
        position INTEGER PRIMARY KEY, record_id TEXT NOT NULL, at_ms INTEGER NOT NULL, changes TEXT NOT NULL,
        details TEXT NOT NULL
    );
    CREATE INDEX history_record ON history (record_id);
    CREATE TABLE emails (
        position INTEGER PRIMARY KEY, invoice_id TEXT NOT NULL, number TEXT, at_ms INTEGER NOT NULL,
        recipients TEXT NOT NULL
    );
    """,
    """
    ALTER TABLE payments RENAME COLUMN invoice_id TO document_id;
    CREATE TABLE credit_notes (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, number TEXT, number_key TEXT, reference TEXT,
        contact_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL,
        remaining_credit TEXT NOT NULL,
        client_id TEXT NOT NULL, updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX credit_notes_number ON credit_notes (number_key);
    CREATE INDEX credit_notes_contact ON credit_notes (contact_id, type);
    CREATE INDEX credit_notes_updated ON credit_notes (updated_ms, id);
    CREATE TABLE allocations (
        position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, credit_note_id TEXT NOT NULL,
        invoice_id TEXT NOT NULL, amount TEXT NOT NULL, date TEXT NOT NULL
    );
    CREATE INDEX allocations_credit_note ON allocations (credit_note_id);
    CREATE INDEX allocations_invoice ON allocations (invoice_id);
    """,
)


class State:
    """One connection and one lock: handlers run in threads, and a sandbox needs one writer at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL outlives a killed process, which is what drills do; only a power cut could lose a commit.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._migrate()

    def _migrate(self) -> None:
        with self.writing() as tx:
            known = int(tx.execute("PRAGMA user_version").fetchone()[0])
            for version, script in enumerate(MIGRATIONS[known:], known + 1):
                for statement in script.split(";"):
                    tx.execute(statement)
                tx.execute(f"PRAGMA user_version = {version}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: everything inside is kept, or nothing is."""
        with self._lock:
            db = self._connection
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._connection

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def remembered(tx: sqlite3.Connection, name: str) -> str | None:
    row = tx.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def remember(tx: sqlite3.Connection, name: str, value: str) -> None:
    tx.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
