"""What one organisation lets us do: requests at once, in a minute, in a day.

The answers' own headers are believed before any arithmetic here: `Retry-After` closes the door for exactly
as long as it says, `X-MinLimit-Remaining` is counted down between answers, and where a system sends neither
nothing is held back but the number of requests at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.model.errors import UnavailableError
from engine.sdk.connector import silent

MINUTE = 60.0  # seconds
_READINGS = {
    "x-minlimit-remaining": "minute",
    "x-daylimit-remaining": "day",
    "x-appminlimit-remaining": "app minute",
}


@dataclass(slots=True)
class Budget:
    """The budget of one organisation, shared by all threads that call it.

    `say` is told of waits of a second and more, once per wait. Windows are fixed: they are noticed by the
    remaining count rising, so a spent minute is waited out for at most a minute from then
    (connectors/xero/API.md, 3).
    """

    name: str  # the system's, for people: "Xero"
    in_flight: int = 5  # requests at once
    say: Callable[[str], None] = silent
    minute: float = MINUTE  # seconds that the window of the minute limit lasts
    _slots: threading.BoundedSemaphore = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _closing: threading.Event = field(init=False, default_factory=threading.Event)
    _left: int | None = field(init=False, default=None)  # of this minute, those under way taken off
    _window: float = field(init=False, default=0.0)  # when the count was last seen to rise
    _under_way: int = field(init=False, default=0)
    _shut_until: float = field(init=False, default=0.0)
    _told_until: float = field(init=False, default=0.0)
    _parked: datetime | None = field(init=False, default=None)
    _why: str = field(init=False, default="")
    _readings: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(self.in_flight)

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Hold one of the requests at once, after the minute allows it; yields the seconds that it waited.

        Raises UnavailableError where the budget is parked, or is closed while it waits.
        """
        asked = time.monotonic()
        with self._slots:
            self._wait()
            try:
                yield time.monotonic() - asked
            finally:
                with self._lock:
                    self._under_way -= 1

    def _wait(self) -> None:
        while True:
            with self._lock:
                self._refuse_if_parked()
                now = time.monotonic()
                shut, spent = self._shut_until - now, self._left is not None and self._left <= 0
                wait = max(shut, self._window + self.minute - now if spent else 0.0)
                if wait <= 0:
                    # A window that has run out is as good as unknown: the next answer tells.
                    self._left = None if spent or self._left is None else self._left - 1
                    self._under_way += 1
                    return
                tell = round(wait) >= 1 and now + wait > self._told_until + 1
                if tell:
                    self._told_until = now + wait
            if tell:
                self.say(f"{self.name}'s minute limit: waiting {round(wait)} s")
            if self._closing.wait(wait):
                raise UnavailableError(f"{self.name}: stopped while waiting for its minute limit")

    def heard(self, headers: Mapping[str, str], sent: float) -> None:
        """Take in what an answer's headers (names in lower case) say; `sent` is when its request went out, as
        time.monotonic tells it.
        """
        with self._lock:
            for header, reading in _READINGS.items():
                if header in headers:
                    self._readings[reading] = headers[header]
            left = _whole(headers.get("x-minlimit-remaining"))
            if left is None:
                return
            others = max(0, self._under_way - 1)
            if self._left is None or left > self._left + others:
                self._left, self._window = left, time.monotonic()
            elif sent >= self._window:  # what was sent in the last window says nothing of this one
                self._left = min(self._left, left)

    def shut(self, seconds: float) -> None:
        """Nobody goes for so many seconds: a 429 with its Retry-After."""
        with self._lock:
            self._shut_until = max(self._shut_until, time.monotonic() + seconds)
            self._left = None

    def park(self, why: str, seconds: float | None) -> UnavailableError:
        """Nobody goes for so many seconds (a day limit; None: for an hour). Gives the error to raise.

        `why` names the limit: "day limit".
        """
        with self._lock:
            self._parked = datetime.now(UTC) + timedelta(seconds=seconds if seconds is not None else 3600)
            until = f" until {self._parked:%Y-%m-%d %H:%M} UTC" if seconds is not None else ""
            self._why = f"{self.name}'s {why} is spent{until}; nothing was lost, run again then"
            return UnavailableError(self._why, retry_after=seconds)

    def _refuse_if_parked(self) -> None:
        if self._parked is None:
            return
        seconds = (self._parked - datetime.now(UTC)).total_seconds()
        if seconds > 0:
            raise UnavailableError(self._why, retry_after=seconds)
        self._parked = None

    def quotas(self) -> dict[str, str]:
        """What the headers last said was left, e.g. `{"minute": "41", "day": "812"}`."""
        with self._lock:
            parked = {"parked until": f"{self._parked:%Y-%m-%d %H:%M} UTC"} if self._parked else {}
            return {**self._readings, **parked}

    def close(self) -> None:
        """Wake whoever waits."""
        self._closing.set()


def _whole(text: str | None) -> int | None:
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None
