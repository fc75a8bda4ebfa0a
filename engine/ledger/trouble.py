"""What the machine can do to a ledger's file, in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.model.errors import BusyError, ConfigError, SyncError, UnavailableError


@contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Turn what the machine did to the file into one sentence; our own mistakes pass as they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        plain = _plain(path, error)
        if plain is None:
            raise
        raise plain from error
    except OSError as error:
        raise ConfigError(f"the ledger {path} cannot be made: {error.strerror}; {_PATH}") from error


_PATH = "check the path under `ledger:` and the rights on the file and its folder"


def _plain(path: Path, error: sqlite3.DatabaseError) -> SyncError | None:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # the low byte is the cause, the rest its detail
        case sqlite3.SQLITE_NOTADB:
            return ConfigError(f"{path} is no ledger, nor any SQLite database; {_PATH}")
        case sqlite3.SQLITE_CORRUPT:
            return ConfigError(f"the ledger {path} is damaged ({error}); put back its last good copy")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return ConfigError(f"the ledger {path} cannot be written ({error}); {_PATH}")
        case sqlite3.SQLITE_FULL:
            return UnavailableError(f"no room is left for the ledger {path}; make room, then run again")
        case sqlite3.SQLITE_IOERR:
            return UnavailableError(f"the disk fails the ledger {path} ({error}); mend that, then run again")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyError(f"another program keeps the ledger {path} locked; end it, then run again")
    return None
