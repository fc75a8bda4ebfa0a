"""What the tests of the sandbox share: a client of one that is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx

from connectors.psohub.sandbox import PsohubSandboxOptions, create_app
from connectors.psohub.sandbox.wire import dumps
from engine.sdk import loads
from engine.sdk.sandbox import serving

Row = dict[str, Any]


class Caller:
    """A client of one served sandbox, with exact numbers both ways."""

    def __init__(self, origin: str, token: str) -> None:
        self.http = httpx.Client(base_url=origin, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(f"/rest/psohubapi/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return loads(answer.content)

    def send(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """The status and the body of any answer; a path that begins with a slash is taken from the root."""
        url = path if path.startswith("/") else f"/rest/psohubapi/v1/{path}"
        answer = self.http.request(method, url, content=None if body is None else dumps(body))
        return answer.status_code, loads(answer.content)


@contextmanager
def served(state: Path, options: PsohubSandboxOptions) -> Iterator[Caller]:
    with serving(create_app(state, options)) as origin:
        caller = Caller(origin, options.access_token)
        with caller.http:
            yield caller


Serve = Callable[..., Caller]  # with the options of the sandbox
