"""A sandbox's records: one SQLite file, so that a second start finds what the first one left.

Knows tables and transactions, nothing of the simulated system.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from engine.model.private_files import private_file

# The kit's own tables, in every state file: named values, and the stored answers of `perform_once`.
_KIT_TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS answers (
        key TEXT PRIMARY KEY, request TEXT NOT NULL, at_ms INTEGER NOT NULL,
        status INTEGER NOT NULL, content_type TEXT, body BLOB NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS answers_at ON answers (at_ms)",
)


class StateFile:
    """The state file, opened when it is first used, with its folder made if it is missing.

    `migrations` are SQL scripts, one per version of the sandbox's tables; the statements of a script are
    separated by `;`, which may not occur within one. A file of an earlier version is brought up to date when
    it is opened. The tables `meta` and `answers` belong to the kit.

    Safe to use from several threads: there is one writer at a time, and rows are `sqlite3.Row`.
    """

    def __init__(self, path: Path, migrations: Sequence[str]) -> None:
        self.path = path
        self._migrations = migrations
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that changes something: committed when the block ends, undone if it raises.

        Raises OSError or sqlite3.Error if the file cannot be opened, ValueError if a newer version wrote it.
        """
        with self._lock, _transaction(self._opened()) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, while there is no other writer. Raises what `writing` raises."""
        with self._lock:
            yield self._opened()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for a long read: writers go on, and one statement sees one moment."""
        with self._lock:
            self._opened()
            connection = self._connect()
        with closing(connection):
            yield connection

    def close(self) -> None:
        """Close the file. Safe to call twice; using it again opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            private_file(self.path)  # it may hold a copy of a customer's books
            connection = self._connect()
            try:
                self._migrate(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        # Autocommit, as transactions are written out here. The server decides which thread a request runs in.
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL survives a killed process, which is what drills do; only a power cut could lose a commit.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        with _transaction(connection) as tx:
            version = int(tx.execute("PRAGMA user_version").fetchone()[0])
            if version > len(self._migrations):
                raise ValueError(f"{self.path} was written by a newer version of this sandbox")
            for statement in _KIT_TABLES:
                tx.execute(statement)
            for number, script in enumerate(self._migrations[version:], version + 1):
                for statement in script.split(";"):
                    tx.execute(statement)
                tx.execute(f"PRAGMA user_version = {number}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def read_meta(tx: sqlite3.Connection, name: str) -> str | None:
    """A named value of the state file; None if it was never written."""
    row = tx.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def write_meta(tx: sqlite3.Connection, name: str, value: str) -> None:
    """Write a named value, within a transaction of `StateFile.writing`."""
    tx.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
