"""One request over all its attempts: when to try again, and which error it ends in."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.model.errors import InDoubtError, SpentKeyError, SyncError, UnavailableError, UnreadableError
from engine.model.redact import redacted

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    shown: str  # for messages: method and path, no query
    headers: Mapping[str, str]
    content: bytes | None = None
    writes: bool = False
    repeatable: bool = True
    signed: bool = True
    not_after: float | None = None  # of time.monotonic: not to be sent after it


class Failed(Exception):
    """One attempt without a usable answer.

    `reached`: the system may have acted on it. `final`: it would answer in the same way again.
    """

    def __init__(self, why: str, *, reached: bool, after: float | None = None, final: bool = False) -> None:
        why = redacted(why)
        super().__init__(why)
        self.why, self.reached, self.after, self.final = why, reached, after, final


@dataclass(slots=True)
class Effort:
    """The state of one request over its attempts."""

    request: Request
    deadline: float
    doubt: str = ""  # why an earlier attempt may have been acted on
    waits: int = 0

    def again(self, error: Exception) -> bool | float:
        """Called by stamina: whether to try again, or after how many seconds."""
        if not isinstance(error, Failed) or error.final:
            return False
        if error.reached and not self.request.repeatable:
            return False
        now = time.monotonic()
        if now + (error.after or 0) >= self.deadline:
            return False
        log.info("%s failed (%s), trying again", self.request.shown, error.why)
        return True if error.after is None else max(error.after, 0.05)


def outcome(name: str, effort: Effort, failed: Failed) -> SyncError:
    """The error for the last failed attempt. `name` is the system's, for people."""
    request = effort.request
    if request.writes and effort.doubt:
        return in_doubt(name, request, failed.why)
    if failed.final:
        return UnreadableError(f"{name}'s answer to {request.shown} {failed.why}; nothing was lost")
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(request.url))
    if failed.reached and failed.why[:3].isdigit():
        text = f"{name} is not available ({failed.why}); nothing was lost, run again"
    elif failed.why.startswith("429"):
        text = f"{name} accepts no more requests ({failed.why}); nothing was lost, run again"
    else:
        text = f"{name} does not answer at {origin}: {failed.why}; nothing was lost, run again"
    return UnavailableError(text, retry_after=failed.after)


def in_doubt(name: str, request: Request, why: str) -> InDoubtError:
    return InDoubtError(
        f"{name} gave no usable answer to {request.shown} ({why}): "
        "it may or may not have been processed; the next run checks it first",
        words=f"no usable answer: {why}",
    )


def spent_key(name: str, request: Request, why: str) -> SpentKeyError:
    return SpentKeyError(
        f"{name} answered {request.shown} with {why}: it may or may not have been processed; "
        "the next run checks it first",
        words=why,
    )
