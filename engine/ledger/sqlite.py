"""The ledger in one SQLite file, put together from its shelves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from engine.ledger import lock
from engine.ledger.batches import Batches
from engine.ledger.chronicle import Chronicle
from engine.ledger.database import Database
from engine.ledger.links import Links
from engine.ledger.waiting import Waiting


class SqliteLedger(Links, Batches, Waiting, Chronicle):
    """See `engine.ledger.interface.Ledger` for what each call promises."""

    def __init__(self, path: Path, *, looking: bool = False) -> None:
        self._database = Database(path, looking=looking)

    def close(self) -> None:
        self._database.close()

    def hold_lock(self, holder: str) -> AbstractContextManager[None]:
        return lock.hold_lock(self._database, holder)
