from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from engine.sdk.sandbox import serving
from tests.engine.sdk.sdk_kit import Played


@pytest.fixture(scope="session")
def served() -> Iterator[Played]:
    """Served once: taking a server down costs more than a test."""
    stage = Played()
    methods = ["GET", "POST", "PUT", "PATCH"]
    app = Starlette(routes=[Route("/{path:path}", stage.answer, methods=methods)])

    async def wired(scope: Any, receive: Any, send: Any) -> None:
        line = getattr(getattr(send, "__self__", None), "transport", None)
        await app({**scope, "line": line}, receive, send)

    with serving(wired) as origin:
        stage.origin = origin
        yield stage


@pytest.fixture
def played(served: Played) -> Played:
    served.reset()
    return served
