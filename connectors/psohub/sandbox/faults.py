"""Faults on request, and the log of what was asked: how drills see lost answers, outages and needless
requests.

In memory only: a restarted sandbox has no faults and an empty log. `/_sandbox/` itself is neither logged nor
disturbed.
"""

import asyncio
from collections import deque
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.psohub.sandbox.wire import Row, dumps

MOST_REMEMBERED = 200_000


class FaultMatch(BaseModel):
    """Which requests: a method in any case, and the whole path or its last parts, as in `invoices`."""

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path: str | None = None

    def meets(self, method: str, path: str) -> bool:
        if self.method and self.method.upper() != method:
            return False
        return not self.path or path == self.path or path.endswith(f"/{self.path.strip('/')}")


class Fault(BaseModel):
    """What is to happen to the next `times` requests that fit.

    `drop_before` closes the connection before anything is done, `drop_after` when all is done but the answer,
    `status` answers `status` with `body` and does nothing, `delay` only waits; the others wait `delay`
    seconds first, if given.
    """

    model_config = ConfigDict(extra="forbid")

    on: FaultMatch = FaultMatch()
    times: int = Field(1, ge=1)
    do: Literal["drop_before", "drop_after", "status", "delay"]
    delay: Decimal = Field(Decimal(0), ge=0, le=600)
    status: int = Field(503, ge=200, le=599)
    body: Any = None


FAULTS = TypeAdapter(list[Fault])


class Stage:
    """Stands between the wire and the API: logs every request and plays the faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.requests: deque[Row] = deque(maxlen=MOST_REMEMBERED)

    async def play(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the API answer, unless a fault has a word in it."""
        request = Request(scope)
        entry: Row = {
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query,
            "status": None,
        }
        self.requests.append(entry)
        fault = self._due(request.method, request.url.path)
        if fault is not None:
            entry["fault"] = fault.do
            await asyncio.sleep(float(fault.delay))
        await self._befall(fault, entry, app, scope, receive, send)

    def _due(self, method: str, path: str) -> Fault | None:
        """The first fault that fits, one time fewer left of it."""
        fault = next((one for one in self.faults if one.on.meets(method, path)), None)
        if fault is not None:
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
        return fault

    async def _befall(
        self, fault: Fault | None, entry: Row, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
            await send(message)

        match fault:
            case Fault(do="drop_before"):
                await _hang_up(receive, send)
            case Fault(do="drop_after"):
                await app(scope, receive, _unheard)
                await _hang_up(receive, send)
            case Fault(do="status"):
                await _answer(fault)(scope, receive, noted)
            case _:
                await app(scope, receive, noted)


async def _unheard(_: Message) -> None:
    return None


def _answer(fault: Fault) -> Response:
    if isinstance(fault.body, str):
        return Response(fault.body, fault.status)
    body = {"message": f"Fault on request: {fault.status}"} if fault.body is None else fault.body
    return Response(dumps(body), fault.status, media_type="application/json")


async def _hang_up(receive: Receive, send: Send) -> None:
    """Close the connection without an answer.

    ASGI has no word for this. uvicorn's `send` is a method of the object that holds the transport; under
    another server an answer that stays short of its announced length comes nearest.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"1")]})
        return
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
