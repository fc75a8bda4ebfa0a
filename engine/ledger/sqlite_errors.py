"""SQLite's errors as errors of this program, in plain words; so are cells that cannot be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.ledger.values import UnreadableValue
from engine.model.errors import BusyError, ConfigError, SyncError, UnavailableError

_CHECK_PATH = "check the path under `ledger:` and the permissions of the file and its folder"


def _unknown() -> str:
    return ""


@contextmanager
def translated_errors(path: Path, find_damage: Callable[[], str] = _unknown) -> Iterator[None]:
    """Raise what the file or the disk caused as a SyncError of one sentence; our own mistakes pass as is.

    `find_damage` names the table and the record that are damaged, if any are.
    """
    try:
        yield
    except sqlite3.Error as error:
        translated = _translated(path, error, find_damage)
        if translated is None:
            raise
        raise translated from error
    except (UnreadableValue, UnicodeDecodeError) as error:  # SQLite's own message may quote damaged bytes
        raise damaged(path, find_damage() or str(error)) from error
    except OSError as error:
        raise ConfigError(f"cannot create the ledger {path}: {error.strerror}; {_CHECK_PATH}") from error


def damaged(path: Path, problem: str) -> ConfigError:
    return ConfigError(
        f"the ledger {path} is damaged ({problem}): restore its last good backup; "
        "`sync ledger verify CONFIG` lists all the damage"
    )


def _translated(path: Path, error: sqlite3.Error, find_damage: Callable[[], str]) -> SyncError | None:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # the low byte is the cause, the rest its detail
        case sqlite3.SQLITE_NOTADB:
            return ConfigError(
                f"{path} is not a ledger or any other SQLite database, or it is encrypted; {_CHECK_PATH}"
            )
        case sqlite3.SQLITE_CORRUPT:
            return damaged(path, str(error))
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
        case sqlite3.SQLITE_NOMEM:
            return UnavailableError(f"no memory left for the ledger {path}; free some, then run again")
    # Text that is not UTF-8, a constraint that rows break already, a table that is gone since it was opened.
    problem = find_damage()
    return damaged(path, problem) if problem else None
