"""The ledger: stores over one database."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from engine.ledger import lock
from engine.ledger.accepted import AcceptedDrift
from engine.ledger.actions import ActionStates
from engine.ledger.batches import Batches
from engine.ledger.database import Database
from engine.ledger.dismissed import Dismissals
from engine.ledger.documents import Documents
from engine.ledger.failures import FailedBatches
from engine.ledger.held import HeldRows
from engine.ledger.links import Links
from engine.ledger.outdated import OutdatedRows
from engine.ledger.runs import Runs
from engine.ledger.verify import Damage


class Ledger:
    """Durable memory of one config.

    Every call that writes is on the disk when it returns. Calls may come from any thread; they take turns.
    `batches.begin` and `batches.settle` belong to the one run that holds the lock.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.links = Links(database)
        self.batches = Batches(database)
        self.actions = ActionStates(database)
        self.failures = FailedBatches(database)
        self.held = HeldRows(database)
        self.dismissed = Dismissals(database)
        self.documents = Documents(database)
        self.accepted = AcceptedDrift(database)
        self.runs = Runs(database)
        self.outdated = OutdatedRows(database)

    def close(self) -> None:
        self._database.close()

    def damage(self) -> list[Damage]:
        """Everything that is wrong with the file, its tables and its rows; empty if all of it can be read."""
        return self._database.damage()

    def back_up(self, copy: Path) -> None:
        """Write a complete copy to a new file, while runs may go on. Raises ConfigError."""
        self._database.back_up(copy)

    def hold_lock(self, holder: str) -> AbstractContextManager[None]:
        """One run at a time: BusyError names the holder. The lock ends with the process, however it ends."""
        return lock.hold_lock(self._database, holder)
