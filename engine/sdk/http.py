"""The transport under every connector: one `Http` for each opened system.

It retries what may be repeated, waits if the system asks for it, counts, keeps secrets out of every
message, and says in one error what the caller can do. It does not know what a body means.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import stamina
import stamina.instrumentation

from engine.model.errors import (
    ConfigError,
    InDoubtError,
    RequestRefusedError,
    SignInError,
    SyncError,
    UnavailableError,
    UnreadableError,
)
from engine.model.redact import redacted, shortened
from engine.sdk import wire
from engine.sdk.answer import Answer, EncodingError, message_of, retry_after
from engine.sdk.effort import Effort, Failed, Request, in_doubt, outcome, spent_key
from engine.sdk.limits import Budget
from engine.sdk.settings import not_in_a_header
from engine.sdk.transport import MEGABYTE, ClosedError, Transport

if TYPE_CHECKING:
    from engine.sdk.auth import Auth

log = logging.getLogger(__name__)
stamina.instrumentation.set_on_retry_hooks(())  # retries are logged here, in the system's own name

LONG_WAIT = 120.0  # seconds: a longer Retry-After ends the run instead of being waited out
# Answered in the system's place, by a gateway or while it is closed: the request may still be under way, and
# only its key protects it from being carried out twice. Every other 5xx is an answer to the request.
UNANSWERED = (502, 503, 504, *range(520, 600))
DENIED = (401, 403, 412)  # a person must act: the sign-in, a right or a precondition is missing
_CORRELATION = re.compile(r"[\w.:/+=-]{1,80}", re.ASCII)
MANY_WAITS = 10  # for a limit, by one request; after so many it is given up


@dataclass(slots=True)
class Http:
    """Requests to one system: `name` is for people ("Ledgerly"), `base` is put before every path.

    Reads are repeated after a broken connection, a 429 or a 5xx, for at most `patience` seconds and
    `attempts` attempts. So are writes under an idempotency key, with exactly the same bytes, unless the
    system itself answered with an error, which it would repeat under the key. Other writes are repeated only
    if they certainly were not processed. Raises UnavailableError, InDoubtError (a write that may or may not
    have been processed), SpentKeyError (the same, answered with an error), SignInError; every other answer,
    including 4xx, is returned. Safe to use from many threads.
    """

    name: str
    base: str  # without a slash at the end
    auth: Auth | None = None  # None: requests go out unsigned
    headers: Mapping[str, str] = field(default_factory=dict)  # with every request
    budget: Budget | None = None  # None: ten requests at once
    timeout: float = 30.0  # seconds for one exchange, from connecting to the last byte of the answer
    largest_answer: float = 64.0  # MB, as they arrive and unpacked
    attempts: int = 5  # for one request
    patience: float = 60.0  # seconds for one request; waits for a limit are not counted
    key_header: str = "Idempotency-Key"  # carries the key of a write
    correlation: str = ""  # the header of an answer that the system's support asks for; shown with its errors
    advise: Callable[[Answer, str], str] = lambda answer, call: ""  # what to do about an answer of DENIED
    requests: int = field(init=False, default=0)  # sent so far, including retries and sign-in
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _budget: Budget = field(init=False)
    _transport: Transport = field(init=False)

    def __post_init__(self) -> None:
        self._budget = self.budget or Budget(self.name, in_flight=10)
        self._transport = Transport(self.timeout, int(self.largest_answer * MEGABYTE))

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A read; repeated while patience lasts. `path` is relative to `base`, or a complete address."""
        return self._exchange(self._request("GET", path, params, headers or {}))

    def send(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        not_after: float | None = None,
    ) -> Answer:
        """A write; `body` becomes JSON by `dumps`. With a `key` (sent as `key_header`) it may be repeated.

        After `not_after` (of time.monotonic) the system no longer remembers the key: InDoubtError is raised
        before anything is sent.
        """
        sent = {"Content-Type": "application/json", **(headers or {})}
        if key is not None:
            sent[self.key_header] = key
        request = self._request(method, path, params, sent)
        return self._exchange(
            replace(
                request,
                content=wire.dumps(body).encode(),
                writes=True,
                repeatable=key is not None,
                not_after=not_after,
            )
        )

    def post_form(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """A token request: unsigned, repeatable, and not counted against the budget."""
        request = self._request("POST", url, None, headers)
        return self._exchange(replace(request, content=body.encode(), signed=False))

    def quotas(self) -> dict[str, str]:
        """What the answers' headers last reported as left: for `Source.quotas`."""
        return self._budget.quotas()

    def words(self, answer: Answer) -> str:
        """The message in an answer, unedited but without secrets, and the id that support asks for."""
        return message_of(answer) + self._reference(answer)

    def _reference(self, answer: Answer) -> str:
        value = redacted(answer.headers.get(self.correlation.lower(), "")) if self.correlation else ""
        return f" [{self.correlation}: {value}]" if _CORRELATION.fullmatch(value) else ""

    def json(self, answer: Answer, call: str) -> Any:
        """The body of a 2xx answer, decimals exact. `call` names it to people: "GET Invoices".

        Raises RequestRefusedError with the system's own message for any other answer, UnreadableError for a
        body that is not JSON.
        """
        if not answer.ok:
            where = f" at {self.base}" if answer.status == 404 else ""  # mostly the address is wrong
            message = f"{self.name} refused {call}{where}: {self.words(answer)}"
            raise RequestRefusedError(message, answer.status)
        try:
            return answer.json()
        except EncodingError as error:
            raise UnreadableError(f"{self.name}'s answer to {call} cannot be read: {error}") from None
        except ValueError as error:
            raise self.unreadable(answer, call, str(error)) from None

    def unreadable(self, answer: Answer, call: str, why: str = "") -> UnreadableError:
        """The error for an answer that is not what was requested, such as a gateway's page."""
        shown = shortened(answer.text, 80)
        reason = f": {why}" if why else ""
        return UnreadableError(
            f"{self.name}'s answer to {call} cannot be read{reason}; it begins {shown!r}"
            f"{self._reference(answer)}"
        )

    def close(self) -> None:
        """Release the sockets and wake all threads that wait for a limit. May be called twice."""
        self._budget.close()
        self._transport.close()

    # -- one request ---------------------------------------------------------------------------------------

    def _request(
        self, method: str, path: str, params: Mapping[str, str | int] | None, headers: Mapping[str, str]
    ) -> Request:
        url = path if "://" in path else f"{self.base}/{path}"
        query = f"?{urlencode(params, safe=',', quote_via=quote)}" if params else ""
        common = {"Accept": "application/json", **self.headers}
        return Request(method, url + query, f"{method} {urlsplit(url).path}", {**common, **headers})

    def _exchange(self, request: Request) -> Answer:
        effort = Effort(request, time.monotonic() + self.patience)
        rounds = stamina.retry_context(
            on=effort.again,
            attempts=self.attempts,
            timeout=None,  # the effort has its own deadline, which waits for a limit extend
            wait_initial=0.2,
            wait_max=15.0,
            wait_jitter=0.1,
        )
        try:
            for attempt in rounds:
                with attempt:
                    return self._attempt(effort)
        except Failed as failed:
            raise outcome(self.name, effort, failed) from None
        except SyncError as error:
            if effort.doubt and request.writes and not isinstance(error, InDoubtError):
                raise in_doubt(self.name, request, f"{effort.doubt}; then: {error}") from error
            raise
        raise AssertionError("stamina gave no attempt")  # pragma: no cover

    def _attempt(self, effort: Effort) -> Answer:
        request, renewed = effort.request, False
        while True:
            signed = self.auth.headers(self.post_form) if self.auth and request.signed else {}
            answer = self._send_in_turn(effort, signed)
            if answer.status == 429:
                self._limited(effort, answer)
            elif answer.status in DENIED and request.signed:
                if renewed or self.auth is None or not self.auth.renew(answer, signed, self.post_form):
                    raise self._denied(answer, request)
                renewed = True
            elif answer.status >= 500 and answer.status != 501:
                words = f"{answer.status}: {self.words(answer)}"
                if request.writes and answer.status not in UNANSWERED:
                    raise spent_key(self.name, request, words)
                effort.doubt = effort.doubt or words
                raise Failed(words, reached=True, after=retry_after(answer))
            else:
                return answer

    def _denied(self, answer: Answer, request: Request) -> SignInError:
        advice = self.advise(answer, request.shown)
        message = f"{self.name} answered {answer.status}: {self.words(answer)}"
        return SignInError(f"{message}; {advice}" if advice else message)

    def _send_in_turn(self, effort: Effort, signed: Mapping[str, str]) -> Answer:
        request = effort.request
        if not request.signed:
            return self._wire(effort, signed)[0]
        with self._budget.slot() as waited:
            if not effort.doubt:  # what is in doubt must be settled while its key is kept
                effort.deadline += waited
            answer, sent = self._wire(effort, signed)
            self._budget.observe(answer.headers, sent)
            return answer

    def _wire(self, effort: Effort, signed: Mapping[str, str]) -> tuple[Answer, float]:
        request, sent = effort.request, time.monotonic()
        if request.not_after is not None and sent > request.not_after:
            raise in_doubt(self.name, request, "its idempotency key has expired")
        headers = {**request.headers, **signed}
        for header, value in headers.items():
            if problem := not_in_a_header(value):
                raise ConfigError(f"{self.name}: the header {header}: {problem}")
        try:
            answer = self._transport.exchange(request, headers)
        except ClosedError:
            raise UnavailableError(f"{self.name} was closed during a request") from None
        except Failed as failed:
            if failed.reached:
                self._count()
                effort.doubt = effort.doubt or failed.why
            raise
        self._count()
        log.info("%s %s: %d", self.name, request.shown, answer.status)
        return answer, sent

    def _count(self) -> None:
        with self._lock:
            self.requests += 1

    def _limited(self, effort: Effort, answer: Answer) -> None:
        """Wait out a 429, or raise if waiting does not help or its length is unknown."""
        limits, after = self._budget.headers, retry_after(answer)
        problem = limits.problem_of(answer.headers)
        if problem in limits.final or (after or 0) > LONG_WAIT:
            raise self._budget.exhaust(f"{problem} limit".strip(), after)
        effort.waits += 1
        if after is None or effort.waits > MANY_WAITS or not effort.request.signed:
            why = f"429: too many requests ({problem or 'no reason given'})"
            raise Failed(why, reached=False, after=after)
        if effort.doubt and time.monotonic() + after > effort.deadline + self._budget.window:
            raise Failed(f"429: {problem or 'limit'}", reached=False)
        self._budget.pause(after)
