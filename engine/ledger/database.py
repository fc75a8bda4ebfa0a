"""The connection to SQLite: opening, transactions, reading.

Another database needs its own version of this class, of `lock.py` and of the migrations; the stores are
plain SQL.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from engine.ledger.migrate import migrate
from engine.ledger.schema import check_schema
from engine.ledger.sqlite_errors import damaged, translated_errors
from engine.ledger.values import text, texts
from engine.ledger.verify import Damage, find_damage
from engine.model.errors import ConfigError
from engine.model.private_files import private_file

Transaction = sqlite3.Connection  # what `writing` yields: it has `execute`
Row = tuple[Any, ...]
T = TypeVar("T")

PATIENCE = 30.0  # seconds to wait for another writer


class Database:
    """One connection, used by any thread, one at a time.

    `read_only`: nothing is written once the file has been migrated. A missing file is not created; an empty
    ledger in memory takes its place.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        with translated_errors(path, lambda: "SQLite cannot read its tables"):
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
        try:
            migrate(self._connection, self.path)  # first: another program's file is refused untouched
        except sqlite3.OperationalError as error:
            if (
                error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR
            ):  # a step met other tables than it expects
                raise damaged(self.path, str(error)) from error
            raise
        check_schema(self._connection, self.path)
        self._write_ahead()

    def _write_ahead(self) -> None:
        """Switch to WAL. SQLite waits for no other process here, so that several may open a new ledger."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                return

    def close(self) -> None:
        with self._turn:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction: on the disk when the block ends, rolled back if it raises."""
        with self._turn, translated_errors(self.path, self.find_damage):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query, read at once so that no cursor stays open. Nothing is known of their cells."""
        with self._turn, translated_errors(self.path, self.find_damage):
            return self._connection.execute(sql, values).fetchall()

    def read(self, reader: Callable[[Row], T], sql: str, *values: Any) -> list[T]:
        """What `reader` makes of each row; a row that it cannot read is reported as damage."""
        with self._turn, translated_errors(self.path, self.find_damage):
            return [reader(row) for row in self._connection.execute(sql, values).fetchall()]

    def pairs(self, sql: str, *values: Any) -> dict[str, str]:
        """The rows of a query for two texts."""
        return dict(self.read(_pair, sql, *values))

    def column(self, sql: str, *values: Any) -> list[str]:
        """The rows of a query for one text."""
        return self.read(lambda row: text(row[0]), sql, *values)

    def checked(self, make: Callable[[], T]) -> T:
        """What `make` makes of rows that belong together; if it cannot read them, that is damage."""
        with self._turn, translated_errors(self.path, self.find_damage):
            return make()

    def find_damage(self) -> str:
        """The first damage of the file: table, record and what is wrong; empty if there is none."""
        with self._turn:
            return next((str(damage) for damage in find_damage(self._connection)), "")

    def damage(self) -> list[Damage]:
        with self._turn:
            return list(find_damage(self._connection))

    def back_up(self, copy: Path) -> None:
        """A complete copy in a new file, readable by its owner only."""
        with translated_errors(copy):
            try:
                copy.touch(mode=0o600, exist_ok=False)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise ConfigError(f"cannot write the copy {copy}: {reason}; name a new file") from error
            try:
                with self._turn, closing(sqlite3.connect(copy)) as target:
                    self._connection.backup(target)
            except BaseException:
                copy.unlink()
                raise

    def row(self, sql: str, *values: Any) -> Row | None:
        rows = self.rows(sql, *values)
        return rows[0] if rows else None


def _pair(row: Row) -> tuple[str, str]:
    one, other = texts(row)
    return one, other


def connect(path: Path | str, patience: float) -> sqlite3.Connection:
    """A connection without Python's own transactions, free to be used by a thread that did not open it."""
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
