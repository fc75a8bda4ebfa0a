"""The sandbox as an ASGI app: PSOhub's API, which takes its token only, and the control requests."""

from contextlib import closing
from pathlib import Path
from secrets import compare_digest

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.psohub.sandbox.api import Api, answer
from connectors.psohub.sandbox.control import Control
from connectors.psohub.sandbox.options import PsohubSandboxOptions
from connectors.psohub.sandbox.records import Records
from engine.sdk.sandbox import Clock, SandboxApp

BASE_PATH = "/rest/psohubapi/v1"


def create_app(state: Path, options: PsohubSandboxOptions) -> SandboxApp:
    """The app that serves the company in the state file, made from `options` if the file is new.

    Raises ValueError if the file holds another company that was worked on.
    """
    records = Records(state)
    with closing(records.file):  # the first request opens it again
        records.prepare(options)
        clock = Clock(records.file)
    token = Middleware(_Token, token=options.access_token)
    system = Starlette(
        routes=[Mount(BASE_PATH, routes=Api(records, options).routes(), middleware=[token])],
        exception_handlers={HTTPException: _message},
    )
    return SandboxApp(
        system,
        state=records.file,
        clock=clock,
        base=BASE_PATH,
        controls=Control(records).routes(),
        unavailable={"message": "Service unavailable"},
    )


class _Token:
    """Refuses requests without the bearer token.

    The header's form is cut off in the documentation (connectors/psohub/API.md, 3: Auth).
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Request(scope).headers.get("authorization", "").encode()
        if not compare_digest(given, self.expected):
            raise HTTPException(401, "The access token is missing or not valid")
        await self.app(scope, receive, send)


async def _message(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = answer({"message": error.detail}, error.status_code)
    response.headers.update(error.headers or {})
    return response
