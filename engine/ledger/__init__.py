"""Durable memory: links, begun batches and their actions, held records, documents, runs.

It remembers and refuses to forget; it does not decide, map or talk to a system. All SQL is plain; what is
SQLite's is in `database.py` (connection, transactions), `lock.py`, `sqlite_errors.py` and `migrations/`.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.ledger.actions import EARLIER
from engine.ledger.database import Database
from engine.ledger.errors import AlreadyBegunError, TargetTakenError
from engine.ledger.ledger import Ledger
from engine.ledger.links import CHUNK, chunks
from engine.ledger.runs import RunRow
from engine.ledger.verify import Damage
from engine.model.errors import ConfigError

__all__ = [
    "CHUNK",
    "EARLIER",
    "AlreadyBegunError",
    "Damage",
    "Ledger",
    "RunRow",
    "TargetTakenError",
    "chunks",
    "open_ledger",
]


def open_ledger(url: str, *, read_only: bool = False) -> Ledger:
    """Open the ledger at `sqlite:////absolute/path.db`, creating its folder and migrating it if necessary.

    `read_only`: a ledger that does not exist is not created, and reads as an empty one; one that does is
    migrated, then only read. Raises ConfigError, BusyError, UnavailableError.
    """
    return Ledger(Database(_path(url), read_only=read_only))


def ledger_exists(url: str) -> bool:
    return os.path.lexists(_path(url))


def _path(url: str) -> Path:
    scheme, colon, rest = url.partition("://")
    if not colon or scheme != "sqlite":
        # The rest of the url is not shown: it may hold a password.
        problem = f'unsupported ledger "{scheme}://"' if colon else "the ledger has no scheme"
        raise ConfigError(f"{problem}; use sqlite:///../.sync/acme.db")
    path = Path(rest.removeprefix("/"))
    if not path.is_absolute():
        raise ConfigError(f"the path of the ledger {url} is not absolute; use sqlite:////var/sync/acme.db")
    return path
