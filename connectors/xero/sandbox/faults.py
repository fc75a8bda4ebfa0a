"""Faults on request, and what the sandbox saw (drills only; API-FACTS has nothing of this).

Works around the application from the outside: it may cut the line before or after the application has acted.
"""

import asyncio
import fnmatch
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.xero.sandbox.clock import Clock
from connectors.xero.sandbox.wire import Json

BASE = "/api.xro/2.0"
CONTROL = "/_sandbox/"
MOST_REMEMBERED = 200_000


class FaultMatch(BaseModel):
    """Which requests: an exact method, and a path with `*` in it; the accounting base may be left out."""

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path: str | None = None

    def meets(self, method: str, path: str) -> bool:
        short = path.removeprefix(BASE)
        right_path = self.path is None or any(fnmatch.fnmatchcase(one, self.path) for one in (path, short))
        return right_path and self.method in (None, method)


class Fault(BaseModel):
    """What befalls the next `times` matching requests, after `skip` of them have passed unharmed.

    drop_before: the line is cut and nothing is done. drop_after: the effect is kept and the line is cut.
    status: another answer and no effect. status_after: the effect, and another answer. delay: only a wait.
    """

    model_config = ConfigDict(extra="forbid")

    on: FaultMatch = FaultMatch()
    times: int = Field(1, ge=1)
    skip: int = Field(0, ge=0)
    do: Literal["drop_before", "drop_after", "status", "status_after", "delay"]
    status: int = 503
    body: str = "The Xero API is temporarily unavailable"
    headers: dict[str, str] = Field(default_factory=dict)
    delay: float = Field(0, ge=0)


FAULTS = TypeAdapter(list[Fault])


class Seen(BaseModel):
    """One request in the log. `status` is what was sent; null for a cut line."""

    method: str
    path: str
    query: str
    status: int | None = None
    idempotency_key: str | None = None
    when: datetime
    fault: str | None = None


class Outside:
    """Wraps the application: log first, then the fault if one is due, then the call itself."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app, self._clock = app, clock
        self.faults: list[Fault] = []
        self.requests: deque[Seen] = deque(maxlen=MOST_REMEMBERED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        key = dict(scope["headers"]).get(b"idempotency-key")
        seen = Seen(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            idempotency_key=None if key is None else key.decode("latin-1"),
            when=self._clock.now(),
        )
        self.requests.append(seen)
        fault = self._due(seen)
        if fault is None:
            await self._app(scope, receive, _watch(send, seen))
        else:
            seen.fault = fault.do
            await self._befall(fault, seen, scope, receive, send)

    def _due(self, seen: Seen) -> Fault | None:
        for fault in self.faults:
            if not fault.on.meets(seen.method, seen.path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
            return fault
        return None

    async def _befall(self, fault: Fault, seen: Seen, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.do == "delay":
            # The gate waits, so that the call is held at once with others while it does.
            await self._app({**scope, "sandbox.delay": fault.delay}, receive, _watch(send, seen))
            return
        if fault.do in {"drop_after", "status_after"}:
            await self._app(scope, receive, _swallow)
        else:
            await _drain(receive)
        await asyncio.sleep(fault.delay)
        if fault.do in {"drop_before", "drop_after"}:
            await _cut(receive, send)
            return
        headers = {
            "content-type": "text/plain; charset=utf-8",
            **{k.lower(): v for k, v in fault.headers.items()},
        }
        await _send(_watch(send, seen), fault.status, headers, fault.body.encode())


def _watch(send: Send, seen: Seen) -> Send:
    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
        await send(message)

    return watched


async def _swallow(_: Message) -> None:
    return None


async def _drain(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass


def _transport(send: Send) -> Any:
    """The connection under the server: uvicorn's `send` belongs to the object that holds it."""
    return getattr(getattr(send, "__self__", None), "transport", None)


async def _cut(receive: Receive, send: Send) -> None:
    """Close the socket under the server, without an answer."""
    transport = _transport(send)
    if transport is None:
        raise ConnectionAbortedError("this server shows no transport; the line cannot be cut")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def as_json(seen: Seen) -> Json:
    return seen.model_dump(mode="json")
