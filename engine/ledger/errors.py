"""What the ledger refuses to record, so that nothing is done twice."""

from __future__ import annotations

from engine.model.errors import SyncError


class AlreadyBegunError(SyncError):
    """The record is in an open batch, or its action was requested before: nothing was begun."""


class TargetTakenError(SyncError):
    """Another source record is linked to this target record: nothing was written. Hold the new one."""

    exit_code = 1
