"""A sandbox's own time: the machine's, moved forward when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from engine.sdk.sandbox.state import StateFile, read_meta, write_meta

_OFFSET = "clock_offset"  # seconds, in the state file's meta table


def machine_time() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Aware UTC time. `advance` moves it for everything at once: expiry, replay, limits and dates.

    How far it was moved is kept in the state file, so a restart does not turn time back. `source` gives the
    time to move. Raises ValueError if the state file holds something that is not a number of seconds.
    """

    def __init__(self, state: StateFile, source: Callable[[], datetime] = machine_time) -> None:
        self._state, self._source = state, source
        with state.reading() as tx:
            self._offset = timedelta(seconds=float(read_meta(tx, _OFFSET) or "0"))

    def now(self) -> datetime:
        return self._source() + self._offset

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return milliseconds(self.now())

    def advance(self, seconds: float) -> None:
        """Move the clock forward. Raises ValueError for a negative number or a time beyond the year 9999."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        try:
            offset = self._offset + timedelta(seconds=seconds)
            self._source() + offset
        except OverflowError:
            raise ValueError(f"{seconds} seconds from now is beyond the year 9999") from None
        with self._state.writing() as tx:
            write_meta(tx, _OFFSET, str(offset.total_seconds()))
        self._offset = offset


def milliseconds(moment: datetime) -> int:
    """Milliseconds between 1970 and an aware moment, exact: no detour through floats."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
