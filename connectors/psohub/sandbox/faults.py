"""Faults on request, and the log of what was asked: how drills see lost answers, outages and needless
requests.

In memory only: a restarted sandbox has no faults and an empty log. `/_sandbox/` itself is neither logged nor
disturbed.
"""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.psohub.sandbox.wire import Row, dumps

DEEDS = ("drop_before", "drop_after", "status", "delay")


@dataclass(slots=True)
class Fault:
    """What is to happen to the next `times` requests that fit.

    `drop_before` closes the connection before anything is done, `drop_after` when all is done but the answer,
    `status` answers `status` with `body` and does nothing, `delay` only waits; the others wait `delay`
    seconds first, if given.
    """

    do: str
    times: int = 1
    method: str | None = None
    path: str | None = None  # the whole path, or its last parts: "invoices"
    status: int = 503
    body: object = None
    delay: Decimal = Decimal(0)

    @classmethod
    def read(cls, row: object) -> Self:
        """Read `{"on": {"method", "path"}, "times", "do", "status", "body", "delay"}`; a ValueError says what
        is wrong."""
        if not isinstance(row, dict) or row.keys() - {"on", "times", "do", "status", "body", "delay"}:
            raise ValueError(
                f"a fault is an object with on, times, do, status, body, delay; not {dumps(row)}"
            )
        on = row.get("on", {})
        if not isinstance(on, dict) or on.keys() - {"method", "path"}:
            raise ValueError(f"on has method and path; not {dumps(on)}")
        if row.get("do") not in DEEDS:
            raise ValueError(f"do is one of {', '.join(DEEDS)}; not {dumps(row.get('do'))}")
        return cls(
            do=str(row["do"]),
            times=int(row.get("times", 1)),
            method=on.get("method"),
            path=on.get("path"),
            status=int(row.get("status", 503)),
            body=row.get("body"),
            delay=Decimal(row.get("delay", 0)),
        )

    def fits(self, method: str, path: str) -> bool:
        if self.times < 1 or (self.method and self.method.upper() != method):
            return False
        return not self.path or path == self.path or path.endswith(f"/{self.path.strip('/')}")

    def row(self) -> Row:
        """The fault as it is shown, with the times that are left."""
        on = {"method": self.method, "path": self.path}
        shown: Row = {"on": on, "times": self.times, "do": self.do, "delay": self.delay}
        return shown | {"status": self.status, "body": self.body}


class Stage:
    """Stands between the wire and the API: logs every request and plays the faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.requests: list[Row] = []

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
        fault = next((fault for fault in self.faults if fault.fits(request.method, request.url.path)), None)
        if fault is not None:
            fault.times -= 1
            entry["fault"] = fault.do
            await asyncio.sleep(float(fault.delay))

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
            await send(message)

        async def unheard(message: Message) -> None:
            pass

        match fault.do if fault else None:
            case "drop_before":
                await _hang_up(receive, send)
            case "drop_after":
                await app(scope, receive, unheard)
                await _hang_up(receive, send)
            case "status":
                assert fault is not None
                await _answer(fault)(scope, receive, noted)
            case _:
                await app(scope, receive, noted)


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
