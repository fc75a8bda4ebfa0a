"""What the ledger refuses to write down, for the sake of doing things once."""

from __future__ import annotations

from engine.model.errors import SyncError


class AlreadyBegunError(SyncError):
    """The record is in an open batch, or its action was asked for: nothing was begun. Settle that first."""


class TargetTakenError(SyncError):
    """Another source record already stands for this target record: nothing was written. Hold the newcomer."""

    exit_code = 1
