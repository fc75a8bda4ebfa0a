"""The sandbox as one ASGI application: identity, connections and accounting on one origin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from connectors.xero.sandbox.auth import Auth, connect
from connectors.xero.sandbox.call import Answer, Refused
from connectors.xero.sandbox.clock import Clock
from connectors.xero.sandbox.control import Control
from connectors.xero.sandbox.faults import BASE, Outside
from connectors.xero.sandbox.gate import Gate
from connectors.xero.sandbox.limits import Limits
from connectors.xero.sandbox.options import XeroSandboxOptions
from connectors.xero.sandbox.seed import seed
from connectors.xero.sandbox.state import State, remembered

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


class SandboxApp(Starlette):
    """Starlette with faults around it: outermost, where the server's own `send` can still be seen."""

    def __init__(self, state: State, options: XeroSandboxOptions, clock: Clock) -> None:
        self._state, self._auth = state, Auth(state, options, clock)
        self._limits = Limits(options, clock)
        self.outside = Outside(super().__call__, clock)
        gate = Gate(state, options, clock, self._auth, self._limits)

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            yield
            self.close()

        routes: list[BaseRoute] = [
            Route("/connect/token", self._token, methods=["POST"]),
            Route("/connections", self._connections, methods=["GET"]),
            # Xero's own client libraries spell it so.
            Route("/Connections", self._connections, methods=["GET"]),
            Route(f"{BASE}/{{path:path}}", gate.__call__, methods=METHODS),
            *Control(state, clock, self.outside).routes(),
        ]
        super().__init__(routes=routes, lifespan=lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.outside(scope, receive, send)

    def close(self) -> None:
        """Close the state file; the server's lifespan does it too, and twice does no harm."""
        self._state.close()

    async def _token(self, request: Request) -> Response:
        authorization = request.headers.get("authorization")
        answer = await run_in_threadpool(self._auth.token, authorization, await request.body())
        return _response(answer)

    async def _connections(self, request: Request) -> Response:
        """Of the limits, this call carries the app's alone (API-FACTS 2)."""
        try:
            await run_in_threadpool(self._auth.client, request.headers.get("authorization"))
        except Refused as refusal:
            return _response(refusal.answer)
        window = self._limits.app_minute
        if not window.remaining:
            headers = {"X-Rate-Limit-Problem": "appminute", "Retry-After": str(window.retry_after)}
            return _response(Answer(429), {**headers, **self._limits.app_headers()})
        window.count()
        answer = await run_in_threadpool(self._auth.connections, request.query_params.get("authEventId"))
        return _response(answer, self._limits.app_headers())


def _response(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    return Response(answer.body, answer.status, headers, answer.content_type)


def create_app(state: Path, options: XeroSandboxOptions, clock: Clock | None = None) -> Starlette:
    """Open the state file (and its folder), seed it on the first start, and return the application.

    The file is closed when the server's lifespan ends.
    """
    clock = clock or Clock()
    store = State(state)
    try:
        with store.writing() as tx:
            clock.offset += timedelta(seconds=float(remembered(tx, "clock_offset") or "0"))
            now_ms = clock.now_ms()
            connect(tx, now_ms)
            seed(tx, options, now_ms)
    except BaseException:
        store.close()
        raise
    return SandboxApp(store, options, clock)
