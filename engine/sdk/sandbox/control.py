"""The control requests under `/_sandbox/`, for tests and drills: the request log, faults, and the clock.

They ask for no credentials, are not logged and have no faults. A sandbox adds its own; what they do
is what a person would have done on the system's screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.sdk.sandbox.clock import Clock
from engine.sdk.sandbox.exact_json import ExactJson, loads_object
from engine.sdk.sandbox.faults import FAULTS, FaultInjector
from engine.sdk.wire import loads


class ControlError(HTTPException):
    """Raised by a control request: answered as `{"message": …}` with this status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(status, message)


def control_answer(value: Any, status: int = 200) -> Response:
    """An answer in exact JSON; see `ExactJson.dumps` for what `value` may be."""
    return Response(ExactJson().to_bytes(value), status, media_type="application/json")


async def control_object(request: Request, *needed: str) -> dict[str, Any]:
    """The JSON object in a control request's body. Raises ControlError if it is not one or lacks a member."""
    try:
        body = loads_object(await request.body())
    except ValueError as error:
        raise ControlError(f"cannot read the body: {error}") from None
    if missing := [name for name in needed if body.get(name) is None]:
        raise ControlError(f"missing: {', '.join(missing)}")
    return body


class Control:
    """The control requests that every sandbox has."""

    def __init__(self, injector: FaultInjector, clock: Clock) -> None:
        self._injector, self._clock = injector, clock

    def routes(self) -> list[Route]:
        return [
            Route("/requests", self.requests, methods=["GET", "DELETE"]),
            Route("/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/clock", self.clock, methods=["GET", "POST"]),
        ]

    async def requests(self, request: Request) -> Response:
        """GET: the requests since the start or the last DELETE, oldest first. DELETE: the same, then forget
        them.
        """
        logged = [entry.model_dump(mode="json") for entry in self._injector.requests]
        if request.method == "DELETE":
            self._injector.requests.clear()
        return control_answer(logged)

    async def faults(self, request: Request) -> Response:
        """GET: the faults still waiting. POST: add one, or a list of them. DELETE: remove all."""
        if request.method == "DELETE":
            self._injector.faults.clear()
        if request.method == "POST":
            try:
                body = loads(await request.body())
                self._injector.faults += FAULTS.validate_python(body if isinstance(body, list) else [body])
            except ValidationError as error:
                raise ControlError("; ".join(map(_in_words, error.errors()))) from None
            except ValueError as error:
                raise ControlError(f"cannot read the body: {error}") from None
        return control_answer([fault.model_dump() for fault in self._injector.faults])

    async def clock(self, request: Request) -> Response:
        """GET: the sandbox's time. POST {"advance_seconds": n}: move it forward; a restart does not turn it
        back.
        """
        if request.method == "POST":
            seconds = (await control_object(request, "advance_seconds"))["advance_seconds"]
            if isinstance(seconds, bool) or not isinstance(seconds, int | Decimal):
                raise ControlError("advance_seconds must be a number")
            try:
                self._clock.advance(float(seconds))
            except (ValueError, OverflowError) as error:
                raise ControlError(f"advance_seconds: {error}") from None
        return control_answer({"now": self._clock.now().isoformat()})


def _in_words(error: Mapping[str, Any]) -> str:
    """`0.do: Input should be …`: where in the list of faults, and what is wrong."""
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
