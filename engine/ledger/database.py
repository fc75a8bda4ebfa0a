"""The connection to SQLite: opening, transactions, reading.

Another database needs its own version of this class, of `lock.py` and of the migrations; the stores are
plain SQL.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from engine.ledger.migrate import migrate
from engine.ledger.sqlite_errors import translated_errors
from engine.model.private_files import private_file

Transaction = sqlite3.Connection  # what `writing` yields: it has `execute`
Row = tuple[Any, ...]

PATIENCE = 30.0  # seconds to wait for another writer


class Database:
    """One connection, used by any thread, one at a time.

    `read_only`: nothing is written once the file has been migrated. A missing file is not created; an empty
    ledger in memory takes its place.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        with translated_errors(path):
            # Resolved: a lock next to a symbolic link would be a second lock. Unlike Path.resolve, realpath
            # raises nothing for links in a circle.
            self.path = Path(os.path.realpath(path))
            in_memory = read_only and not (self.path.exists() or self.path.is_symlink())
            if not in_memory and not self.path.exists():
                private_file(self.path)  # this is business data
            self._turn = threading.RLock()
            self._connection = connect(":memory:" if in_memory else self.path, PATIENCE)
            try:
                self._prepare()
                if not in_memory:
                    private_file(self.path)  # only now: another program's file is refused untouched
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        # FULL: a commit is on the disk, not on its way there, before anything is sent.
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        migrate(self._connection, self.path)  # first: another program's file is refused untouched
        self._connection.execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        with self._turn:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction: on the disk when the block ends, rolled back if it raises."""
        with self._turn, translated_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query, read at once so that no cursor stays open."""
        with self._turn, translated_errors(self.path):
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        rows = self.rows(sql, *values)
        return rows[0] if rows else None


def connect(path: Path | str, patience: float) -> sqlite3.Connection:
    """A connection without Python's own transactions, free to be used by a thread that did not open it."""
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
