"""The sandbox's own time: the machine's, moved forward when a test asks for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def machine_time() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Aware UTC time. `advance` moves it for everything at once: expiry, replay, limits and dates."""

    def __init__(self, source: Callable[[], datetime] = machine_time) -> None:
        self._source = source
        self.offset = timedelta()

    def now(self) -> datetime:
        return self._source() + self.offset

    def now_ms(self) -> int:
        return milliseconds(self.now())

    def advance(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, whole and exact: no detour over floats."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
