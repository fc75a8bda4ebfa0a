"""The one door to SQLite: opening, transactions, reading.

Another database needs this class and `lock.py` once more, and its own migrations; the rest is plain SQL.
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
from engine.ledger.trouble import plainly

Transaction = sqlite3.Connection  # what `writing` yields: it has `execute`
Row = tuple[Any, ...]

PATIENCE = 30.0  # seconds to wait for another writer


class Database:
    """One connection, used by any thread, one at a time.

    `looking`: nothing is to be written, once the file is up to date. Where there is none yet none is made; an
    empty ledger in memory answers instead.
    """

    def __init__(self, path: Path, *, looking: bool = False) -> None:
        with plainly(path):
            # The true path: a lock beside a symbolic link would be a second lock.
            self.path = Path(os.path.realpath(path))  # unlike Path's, it raises nothing for a circle of links
            in_memory = looking and not (self.path.exists() or self.path.is_symlink())
            if not in_memory:
                self._make()
            self._turn = threading.RLock()
            self._connection = connect(":memory:" if in_memory else self.path, PATIENCE)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _make(self) -> None:
        """The file and its folder, readable by their owner only: business data is private."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.exists():
            self.path.touch(mode=0o600)

    def _prepare(self) -> None:
        # FULL: a commit is on the disk, not on its way there, before the wire is touched.
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        migrate(self._connection, self.path)  # first: another program's file is refused untouched
        self._connection.execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        with self._turn:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction: on the disk when the block ends, undone whole when it raises."""
        with self._turn, plainly(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has undone it already
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query, read at once so that no cursor outlives its turn."""
        with self._turn, plainly(self.path):
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None


def connect(path: Path | str, patience: float) -> sqlite3.Connection:
    """A connection without Python's own transactions, free to be used by a thread that did not open it."""
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
