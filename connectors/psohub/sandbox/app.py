"""The sandbox as an ASGI app: PSOhub's API behind its token, and the control calls beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
from connectors.psohub.sandbox.faults import Stage
from connectors.psohub.sandbox.options import PsohubSandboxOptions
from connectors.psohub.sandbox.state import State

BASE_PATH = "/rest/psohubapi/v1"
CONTROL_PATH = "/_sandbox"


def create_app(state: Path, options: PsohubSandboxOptions) -> Starlette:
    """The app that serves the company in `state`, made from `options` if the file is new.

    A file that holds another company, with work done on it, is a ValueError.
    """
    store, stage = State(state), Stage()
    try:
        store.prepare(options)
    finally:
        store.close()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    token = Middleware(_Token, token=options.access_token)
    return _Sandbox(
        stage,
        routes=[
            Mount(BASE_PATH, routes=Api(store, options).routes(), middleware=[token]),
            Mount(CONTROL_PATH, routes=Control(store, stage).routes()),
        ],
        exception_handlers={HTTPException: _message},
        lifespan=lifespan,
    )


class _Sandbox(Starlette):
    """Starlette with the stage in front of all else, where it can still hang up on the caller."""

    def __init__(self, stage: Stage, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.stage = stage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(f"{CONTROL_PATH}/"):
            await self.stage.play(super().__call__, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class _Token:
    """Lets nobody in without the bearer token. The header's form is cut off in the documentation (FACTS 3,
    Auth)."""

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
