"""Faults on request, and the log of requests: how tests and drills see outages, lost answers and needless
calls.

Wraps the simulated system from the outside, so that it can close the connection before or after the system
has acted. In memory only: a restarted sandbox has no faults and an empty log.
"""

from __future__ import annotations

import asyncio
import fnmatch
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.sdk.sandbox.clock import Clock
from engine.sdk.sandbox.exact_json import ExactJson

LONGEST_LOG = 200_000  # requests; older ones are dropped
_DELAY = "sandbox.delay"  # in the ASGI scope: seconds that the system waits itself


class FaultMatch(BaseModel):
    """Which requests: a method in any case; a path, with or without the base path, `*` in it or not; a text
    that the body has in it, as it is on the wire.
    """

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path: str | None = None
    body: str | None = None

    def meets(self, method: str, path: str, base: str, body: bytes) -> bool:
        if self.body is not None and self.body.encode() not in body:
            return False
        if self.method is not None and self.method.upper() != method:
            return False
        if self.path is None:
            return True
        pattern = f"/{self.path.lstrip('/')}"
        return any(fnmatch.fnmatchcase(name, pattern) for name in (path, path.removeprefix(base)))


class Fault(BaseModel):
    """What happens to the next `times` matching requests, after `skip` of them have passed unharmed.

    drop_before: the connection is closed and nothing is done. drop_after: the request is carried out and the
    connection closed without an answer. status: the given answer, and nothing is done. status_after: the
    request is carried out and the given answer sent. delay: only a wait of `delay` seconds; the others wait
    as well. `body` is text, or any other value to be sent as JSON; without one the system's usual words are
    sent.
    """

    model_config = ConfigDict(extra="forbid")

    on: FaultMatch = FaultMatch()
    times: int = Field(1, ge=1)
    skip: int = Field(0, ge=0)
    do: Literal["drop_before", "drop_after", "status", "status_after", "delay"]
    status: int = Field(503, ge=200, le=599)
    body: Any = None
    headers: dict[str, str] = Field(default_factory=dict)
    delay: Decimal = Field(Decimal(0), ge=0, le=600)


FAULTS = TypeAdapter(list[Fault])


class LoggedRequest(BaseModel):
    """One request in the log. `status` is what was sent; None if the connection was closed instead."""

    method: str
    path: str
    query: str
    status: int | None = None
    idempotency_key: str | None = None
    when: datetime
    fault: str | None = None


class FaultInjector:
    """Logs every request to `app`, and injects the faults that are due.

    `base` is the API's base path, `unavailable` the default body of an answer by fault: text, or a JSON
    value. `app_waits`: for `delay` the app waits itself, by calling `wait_for_fault` at the place where it
    matters.
    """

    def __init__(self, app: ASGIApp, clock: Clock, *, base: str, unavailable: Any, app_waits: bool) -> None:
        self._app, self._clock = app, clock
        self._base, self._unavailable, self._app_waits = base, unavailable, app_waits
        self.faults: list[Fault] = []
        self.requests: deque[LoggedRequest] = deque(maxlen=LONGEST_LOG)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = dict(scope["headers"]).get(b"idempotency-key")
        logged = LoggedRequest(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            idempotency_key=None if key is None else key.decode("latin-1"),
            when=self._clock.now(),
        )
        self.requests.append(logged)
        body = b""
        if any(fault.on.body is not None for fault in self.faults):
            body = await _drain(receive)
            receive = _again(body, receive)
        fault = self._due(logged, body)
        if fault is None:
            await self._app(scope, receive, _recording(send, logged))
        else:
            logged.fault = fault.do
            await self._play(fault, logged, scope, receive, send)

    def _due(self, logged: LoggedRequest, body: bytes) -> Fault | None:
        """The first fault that matches and has nothing left to skip; it has one time fewer left."""
        for fault in self.faults:
            if not fault.on.meets(logged.method, logged.path, self._base, body):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
            return fault
        return None

    async def _play(
        self, fault: Fault, logged: LoggedRequest, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if fault.do == "delay" and self._app_waits:
            await self._app({**scope, _DELAY: float(fault.delay)}, receive, _recording(send, logged))
            return
        if fault.do in {"drop_after", "status_after"}:
            await self._app(scope, receive, _discard)
        elif fault.do != "delay":
            await _drain(receive)
        await asyncio.sleep(float(fault.delay))
        if fault.do == "delay":
            await self._app(scope, receive, _recording(send, logged))
        elif fault.do in {"drop_before", "drop_after"}:
            await _hang_up(receive, send)
        else:
            body = self._unavailable if fault.body is None else fault.body
            await _response(fault.status, body, fault.headers)(scope, receive, _recording(send, logged))


async def wait_for_fault(scope: Mapping[str, Any]) -> None:
    """Wait as long as a `delay` fault asks of the request with this ASGI scope; usually not at all.

    For a system that counts the calls it has in hand: it waits while this one is counted.
    """
    await asyncio.sleep(scope.get(_DELAY, 0))


def _response(status: int, body: Any, headers: Mapping[str, str]) -> Response:
    given = {name.lower(): value for name, value in headers.items()}
    if isinstance(body, str):
        # As a system would: in the charset that the answer's own headers name.
        charset = given.get("content-type", "").partition("charset=")[2] or "utf-8"
        content, kind = body.encode(charset, "replace"), "text/plain; charset=utf-8"
    else:
        content, kind = ExactJson().to_bytes(body), "application/json"
    return Response(content, status, {"content-type": kind, **given})


def _recording(send: Send, logged: LoggedRequest) -> Send:
    async def send_and_record(message: Message) -> None:
        if message["type"] == "http.response.start":
            logged.status = message["status"]
        await send(message)

    return send_and_record


async def _discard(_: Message) -> None:
    return None


async def _drain(receive: Receive) -> bytes:
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """A request whose body was read, to be read once more."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again


async def _hang_up(receive: Receive, send: Send) -> None:
    """Close the connection without an answer.

    ASGI has no message for this. uvicorn's `send` is a method of the object that holds the transport.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError(
            "this server does not expose its transport; the connection cannot be dropped"
        )
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
