"""Durable memory: links, begun batches, held records, actions, cursors, runs.

It remembers and refuses to forget; it does not decide, map or talk to a system.
"""

from __future__ import annotations

from pathlib import Path

from engine.ledger.errors import AlreadyBegunError, TargetTakenError
from engine.ledger.interface import Ledger, RunRow
from engine.model.errors import ConfigError

__all__ = ["AlreadyBegunError", "Ledger", "RunRow", "TargetTakenError", "open_ledger"]


def open_ledger(url: str, *, looking: bool = False) -> Ledger:
    """Open the ledger at `sqlite:////absolute/path.db`, making its folder and bringing it up to date.

    `looking`: only to be read, once it is up to date. One that does not exist yet is not made, and answers
    as an empty one. Raises ConfigError, BusyError, UnavailableError.
    """
    scheme, colon, rest = url.partition("://")
    if not colon or scheme != "sqlite":
        # The rest of the url stays unsaid: it may hold a password.
        named = f'"{scheme}://" is no ledger that this sync can keep' if colon else "the ledger has no scheme"
        raise ConfigError(f"{named}; write it as sqlite:///../.sync/acme.db")
    path = Path(rest.removeprefix("/"))
    if not path.is_absolute():
        raise ConfigError(
            f"the ledger {url} names no absolute path; it looks like sqlite:////var/sync/acme.db"
        )
    from engine.ledger.sqlite import SqliteLedger  # what needs no ledger pays for no database

    return SqliteLedger(path, looking=looking)
