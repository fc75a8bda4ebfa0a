"""How many requests one account may send: at once, in the current window, in a day.

What the answers' headers report counts for more than any arithmetic: `Retry-After` stops all requests for as
long as it says, and the number of requests left is counted down between answers. A system that sends neither
is limited by the number of requests at once only. The names of the headers are the connector's to declare.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.model.errors import UnavailableError
from engine.sdk.connector import silent

_WHOLE = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The headers in which a system reports its limits. Names in any case; empty: there is no such header."""

    remaining: str = ""  # requests left in the current window
    quotas: Mapping[str, str] = field(default_factory=dict)  # header -> its name in `sync status`: "day"
    problem: str = ""  # with a 429: which limit was hit
    problems: tuple[str, ...] = ()  # what that header may say, in lower case; anything else is left out
    final: tuple[str, ...] = ()  # those of `problems` that waiting a minute does not help

    @property
    def window(self) -> str:
        """What people call the window: `minute`."""
        return self.quotas.get(self.remaining, "rate")

    def problem_of(self, headers: Mapping[str, str]) -> str:
        """Which limit a 429 reports, in lower case; empty if it does not say, or says an unknown word."""
        word = headers.get(self.problem.lower(), "").strip().lower()
        return word if word in (*self.problems, *self.final) else ""


@dataclass(slots=True)
class Budget:
    """The requests of one account, shared by all threads that call it.

    `notify` gets a sentence for each wait of a second or more. A window has a fixed length and starts where
    the remaining count rises, so a spent window is waited out for at most its length from then.
    """

    name: str  # the system's, for people: "Ledgerly"
    in_flight: int = 5  # requests at once
    notify: Callable[[str], None] = silent
    window: float = 60.0  # seconds for which `RateHeaders.remaining` counts
    headers: RateHeaders = RateHeaders()
    _slots: threading.BoundedSemaphore = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _closing: threading.Event = field(init=False, default_factory=threading.Event)
    _left: int | None = field(init=False, default=None)  # in this window, without those under way
    _window_start: float = field(init=False, default=0.0)  # when the count was last seen to rise
    _under_way: int = field(init=False, default=0)
    _paused_until: float = field(init=False, default=0.0)
    _notified_until: float = field(init=False, default=0.0)
    _exhausted_until: datetime | None = field(init=False, default=None)
    _reason: str = field(init=False, default="")
    _quotas: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(self.in_flight)

    @contextmanager
    def slot(self) -> Iterator[float]:
        """Take one of the requests at once, when the window allows it; yields the seconds waited.

        Raises UnavailableError if the budget is exhausted, or closed during the wait.
        """
        started = time.monotonic()
        with self._slots:
            self._wait()
            try:
                yield time.monotonic() - started
            finally:
                with self._lock:
                    self._under_way -= 1

    def _wait(self) -> None:
        while True:
            with self._lock:
                self._refuse_if_exhausted()
                now = time.monotonic()
                pause, spent = self._paused_until - now, self._left is not None and self._left <= 0
                wait = max(pause, self._window_start + self.window - now if spent else 0.0)
                if wait <= 0:
                    # After a spent window the new count is unknown until the next answer.
                    self._left = None if spent or self._left is None else self._left - 1
                    self._under_way += 1
                    return
                notify = round(wait) >= 1 and now + wait > self._notified_until + 1
                if notify:
                    self._notified_until = now + wait
            if notify:
                self.notify(f"{self.name}'s {self.headers.window} limit: waiting {round(wait)} s")
            if self._closing.wait(wait):
                raise UnavailableError(
                    f"{self.name}: stopped while waiting for its {self.headers.window} limit"
                )

    def observe(self, headers: Mapping[str, str], sent: float) -> None:
        """Take in an answer's headers (names in lower case); `sent`: time.monotonic() of its request."""
        with self._lock:
            for header, quota in self.headers.quotas.items():
                if (number := _integer(headers.get(header.lower()))) is not None:
                    self._quotas[quota] = str(number)
            left = _integer(headers.get(self.headers.remaining.lower()))
            if left is None:
                return
            others = max(0, self._under_way - 1)
            if self._left is None or left > self._left + others:
                self._left, self._window_start = left, time.monotonic()
            elif sent >= self._window_start:  # a request of the last window says nothing about this one
                self._left = min(self._left, left)

    def pause(self, seconds: float) -> None:
        """Hold all requests back for so many seconds: a 429 with its Retry-After."""
        with self._lock:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)
            self._left = None

    def exhaust(self, limit: str, seconds: float | None) -> UnavailableError:
        """Refuse all requests for so many seconds (None: an hour). Returns the error to raise.

        `limit` names what is used up: "day limit".
        """
        with self._lock:
            end = datetime.now(UTC) + timedelta(seconds=seconds if seconds is not None else 3600)
            until = f" until {end:%Y-%m-%d %H:%M} UTC" if seconds is not None else ""
            self._exhausted_until = end
            self._reason = f"{self.name}'s {limit} is used up{until}; nothing was lost, run again then"
            return UnavailableError(self._reason, retry_after=seconds)

    def _refuse_if_exhausted(self) -> None:
        if self._exhausted_until is None:
            return
        seconds = (self._exhausted_until - datetime.now(UTC)).total_seconds()
        if seconds > 0:
            raise UnavailableError(self._reason, retry_after=seconds)
        self._exhausted_until = None

    def quotas(self) -> dict[str, str]:
        """What the headers last reported as left, e.g. `{"minute": "41", "day": "812"}`."""
        with self._lock:
            end = self._exhausted_until
            return {**self._quotas, **({"parked until": f"{end:%Y-%m-%d %H:%M} UTC"} if end else {})}

    def close(self) -> None:
        """Wake all threads that wait."""
        self._closing.set()


def _integer(text: str | None) -> int | None:
    """The whole number in a header; None for anything else, which is not shown or kept."""
    return int(text) if text is not None and _WHOLE.fullmatch(text.strip()) else None
