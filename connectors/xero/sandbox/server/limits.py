"""Limits on calls: at once, per minute, per day (connectors/xero/API.md, 3).

Counted in memory: the first minute begins with the process.

Not thread-safe: the gate calls it from the event loop only.
"""

import math
from dataclasses import dataclass

from connectors.xero.sandbox.options import XeroSandboxOptions
from engine.sdk.sandbox import Clock

DAY_SECONDS = 86_400.0


class Window:
    """A fixed window, not a sliding one."""

    def __init__(self, clock: Clock, limit: int, seconds: float) -> None:
        self._clock, self.limit, self._seconds = clock, limit, seconds
        self._started = clock.now()
        self._index, self._count = 0, 0

    def _elapsed(self) -> float:
        elapsed = (self._clock.now() - self._started).total_seconds()
        index = int(elapsed // self._seconds)
        if index != self._index:
            self._index, self._count = index, 0
        return elapsed

    @property
    def remaining(self) -> int:
        self._elapsed()
        return max(0, self.limit - self._count)

    @property
    def retry_after(self) -> int:
        elapsed = self._elapsed()
        return max(1, math.ceil((self._index + 1) * self._seconds - elapsed))

    def count(self) -> None:
        self._elapsed()
        self._count += 1


@dataclass(frozen=True, slots=True)
class Limited:
    """Which limit was reached, and the seconds to wait if Xero gives them."""

    problem: str
    retry_after: int | None = None


class Limits:
    def __init__(self, options: XeroSandboxOptions, clock: Clock) -> None:
        self.minute = Window(clock, options.minute_limit, options.minute_seconds)
        self.day = Window(clock, options.day_limit, DAY_SECONDS)
        self.app_minute = Window(clock, options.app_minute_limit, options.minute_seconds)
        self._at_once, self._most_at_once = 0, options.concurrent_limit

    def enter(self) -> Limited | None:
        """Count a call, or give the limit that refuses it. A counted call must `leave` when it is done."""
        if self._at_once >= self._most_at_once:
            # No Retry-After: Xero sends it for minute and day only.
            return Limited("concurrent")
        for problem, window in (("day", self.day), ("minute", self.minute), ("appminute", self.app_minute)):
            if not window.remaining:
                return Limited(problem, window.retry_after)
        self._at_once += 1
        for window in (self.day, self.minute, self.app_minute):
            window.count()
        return None

    def leave(self) -> None:
        self._at_once -= 1

    def headers(self) -> dict[str, str]:
        return {
            "X-MinLimit-Remaining": str(self.minute.remaining),
            "X-DayLimit-Remaining": str(self.day.remaining),
            **self.app_headers(),
        }

    def app_headers(self) -> dict[str, str]:
        return {"X-AppMinLimit-Remaining": str(self.app_minute.remaining)}
