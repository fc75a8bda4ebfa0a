"""SQLite's errors as errors of this program, in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.model.errors import BusyError, ConfigError, SyncError, UnavailableError


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Raise what the file or the disk caused as a SyncError of one sentence; our own mistakes pass as is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        translated = _translated(path, error)
        if translated is None:
            raise
        raise translated from error
    except OSError as error:
        raise ConfigError(f"cannot create the ledger {path}: {error.strerror}; {_CHECK_PATH}") from error


_CHECK_PATH = "check the path under `ledger:` and the permissions of the file and its folder"


def _translated(path: Path, error: sqlite3.DatabaseError) -> SyncError | None:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # the low byte is the cause, the rest its detail
        case sqlite3.SQLITE_NOTADB:
            return ConfigError(f"{path} is not a ledger or any other SQLite database; {_CHECK_PATH}")
        case sqlite3.SQLITE_CORRUPT:
            return ConfigError(f"the ledger {path} is damaged ({error}); restore its last good backup")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return ConfigError(f"cannot write the ledger {path} ({error}); {_CHECK_PATH}")
        case sqlite3.SQLITE_FULL:
            return UnavailableError(f"no disk space left for the ledger {path}; free some, then run again")
        case sqlite3.SQLITE_IOERR:
            return UnavailableError(
                f"disk error in the ledger {path} ({error}); check the disk, then run again"
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyError(f"another program has locked the ledger {path}; stop it, then run again")
    return None
