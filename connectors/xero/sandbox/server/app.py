"""The sandbox as one ASGI app: identity, connections and accounting on one origin."""

from contextlib import closing
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.xero.sandbox.books.seed import seed
from connectors.xero.sandbox.options import XeroSandboxOptions
from connectors.xero.sandbox.server.auth import Auth, connect
from connectors.xero.sandbox.server.control import Control
from connectors.xero.sandbox.server.gate import Gate
from connectors.xero.sandbox.server.limits import Limits
from connectors.xero.sandbox.server.schema import MIGRATIONS
from engine.sdk.sandbox import Answer, Clock, Refused, SandboxApp, StateFile

BASE = "/api.xro/2.0"
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


def create_app(state: Path, options: XeroSandboxOptions) -> SandboxApp:
    """The app that serves the organisation in the state file, seeded if the file is new."""
    file = StateFile(state, MIGRATIONS)
    with closing(file):  # the first request opens it again
        clock = Clock(file)
        with file.writing() as tx:
            connect(tx, clock.now_ms())
            seed(tx, options, clock.now_ms())
    auth, limits = Auth(file, options, clock), Limits(options, clock)
    identity, gate = Identity(auth, limits), Gate(file, options, clock, auth, limits)
    system = Starlette(
        routes=[
            *identity.routes(),
            Route(f"{BASE}/{{path:path}}", gate.__call__, methods=METHODS),
        ]
    )
    return SandboxApp(
        system,
        state=file,
        clock=clock,
        base=BASE,
        controls=Control(file, clock).routes(),
        unavailable="The Xero API is temporarily unavailable",
        app_waits=True,
    )


class Identity:
    """What is outside the accounting API: tokens and connections."""

    def __init__(self, auth: Auth, limits: Limits) -> None:
        self._auth, self._limits = auth, limits

    def routes(self) -> list[Route]:
        return [
            Route("/connect/token", self.token, methods=["POST"]),
            Route("/connect/revocation", self.revocation, methods=["POST"]),
            Route("/connections/{connection_id}", self.disconnect, methods=["DELETE"]),
            Route("/connections", self.connections, methods=["GET"]),
            # Xero's own client libraries spell it so.
            Route("/Connections", self.connections, methods=["GET"]),
        ]

    async def token(self, request: Request) -> Response:
        authorization = request.headers.get("authorization")
        answer = await run_in_threadpool(self._auth.token, authorization, await request.body())
        return _response(answer)

    async def revocation(self, request: Request) -> Response:
        authorization = request.headers.get("authorization")
        return _response(await run_in_threadpool(self._auth.revocation, authorization, await request.body()))

    async def disconnect(self, request: Request) -> Response:
        """DELETE /connections/{id}: the organisation is not connected any more."""
        authorization, connection_id = (
            request.headers.get("authorization"),
            request.path_params["connection_id"],
        )
        return _response(await run_in_threadpool(self._auth.disconnect, authorization, connection_id))

    async def connections(self, request: Request) -> Response:
        """Of the limits, this call carries the app's alone (connectors/xero/API.md, 2)."""
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
