"""One run at a time, even if the last one was killed.

The lock is an open transaction on an empty SQLite file next to the ledger. The kernel ends it with the
process, so no stale lock is ever left to clear by hand, and it works wherever SQLite does.

The file is never removed: two runs could then each hold a lock on a file of the same name. Only SQLite may
open it: on POSIX, closing any handle of a file drops the locks that the process has on it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from engine.ledger.database import Database, connect
from engine.ledger.sqlite_errors import translated_errors
from engine.ledger.values import UnreadableValue, now, to_moment, to_text
from engine.model.errors import BusyError, SyncError
from engine.model.private_files import private_file

# Seconds that a second run waits: by then the holder has written its name, so the name read is not that of an
# earlier run that was killed.
GRACE = 0.5


@contextmanager
def hold_lock(database: Database, holder: str) -> Iterator[None]:
    path = database.path.with_name(database.path.name + ".lock")
    with translated_errors(path):
        connection = connect(private_file(path), GRACE)
    with closing(connection):  # closing ends the transaction, and with it the lock
        with translated_errors(path):
            if not _acquire(connection):
                raise BusyError(_busy_message(database))
        _write_holder(database, holder)
        try:
            yield
        finally:
            with suppress(SyncError):  # the name only serves the message; what the run did is already saved
                _write_holder(database, None)


def _acquire(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True


def _write_holder(database: Database, holder: str | None) -> None:
    with database.writing() as tx:
        tx.execute("DELETE FROM lock_holder")
        if holder is not None:
            tx.execute(
                "INSERT INTO lock_holder (one, name, pid, since) VALUES (1, ?, ?, ?)",
                (holder, os.getpid(), to_text(now())),
            )


def _busy_message(database: Database) -> str:
    row = database.row("SELECT name, pid, since FROM lock_holder")
    if row is None:
        return f"another run is using the ledger {database.path}; wait for it to finish, then run again"
    name, pid, since = row
    try:
        moment = f"{to_moment(since):%Y-%m-%d %H:%M:%S} UTC"
    except UnreadableValue:  # damage of what is only shown
        moment = "an unknown time"
    return (
        f"{name} (process {pid}) has been using the ledger {database.path} "
        f"since {moment}; wait for it to finish, then run again"
    )
