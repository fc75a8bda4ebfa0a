"""A sandbox as one ASGI app: the simulated system, with faults around it, and the control requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.sdk.sandbox.clock import Clock
from engine.sdk.sandbox.control import Control, control_answer
from engine.sdk.sandbox.faults import FaultInjector
from engine.sdk.sandbox.state import StateFile

CONTROL = "/_sandbox"


class SandboxApp:
    """The app that `engine.sdk.Sandbox(app=…)` returns. Serve it with its lifespan on, which closes the state
    file.

    `system` is the simulated API, any ASGI app; it is not sent lifespan events. `base` is its base path, for
    instance `/api/v2`, which faults may leave out of their paths. `controls` are routes of the sandbox's own
    under `/_sandbox`, given without it: `Route("/invoices", …)`; one may raise ControlError. `unavailable` is
    the body of an answer by fault that names none: text, or a JSON value in the system's error format.
    `app_waits`: the system calls `wait_for_fault` itself, so that a delayed request is in hand while it
    waits.
    """

    def __init__(
        self,
        system: ASGIApp,
        *,
        state: StateFile,
        clock: Clock,
        base: str = "",
        controls: Sequence[BaseRoute] = (),
        unavailable: Any = "Service unavailable",
        app_waits: bool = False,
    ) -> None:
        self._state = state
        self._injector = FaultInjector(system, clock, base=base, unavailable=unavailable, app_waits=app_waits)
        self._control = Starlette(
            routes=[Mount(CONTROL, routes=[*Control(self._injector, clock).routes(), *controls])],
            exception_handlers={HTTPException: _message},
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_system = scope["type"] == "http" and not scope["path"].startswith(f"{CONTROL}/")
        await (self._injector if is_system else self._control)(scope, receive, send)

    def close(self) -> None:
        """Close the state file; the server's lifespan does it too. Safe to call twice."""
        self._state.close()

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self.close()


async def _message(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return control_answer({"message": error.detail}, error.status_code)
