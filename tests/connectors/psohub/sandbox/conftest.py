"""The sandbox served on loopback, as the engine serves it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from connectors.psohub.sandbox import PsohubSandboxOptions, create_app
from connectors.psohub.sandbox.wire import dumps
from engine.sdk import loads
from engine.sdk.sandbox import serving


class Caller:
    """A client of one served sandbox, with exact numbers both ways."""

    def __init__(self, origin: str, token: str) -> None:
        self.http = httpx.Client(base_url=origin, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def get(self, path: str, **query: object):
        answer = self.http.get(f"/rest/psohubapi/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return loads(answer.content)

    def send(self, method: str, path: str, body: object = None):
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


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    """Serve a sandbox from this test's own state file, until the test ends."""
    with ExitStack() as stack:

        def start(**options: object) -> Caller:
            return stack.enter_context(served(tmp_path / "psohub.db", PsohubSandboxOptions(**options)))

        yield start


@pytest.fixture(scope="module")
def psohub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """The default company, shared by tests that only read."""
    with served(tmp_path_factory.mktemp("psohub") / "psohub.db", PsohubSandboxOptions()) as caller:
        yield caller


@pytest.fixture(scope="module")
def invoices(psohub: Caller) -> list[dict]:
    """All invoices of the default company, as they come off the wire."""
    return psohub.get("invoices", limit=1000)


@pytest.fixture(scope="module")
def sent(invoices: list[dict]) -> list[dict]:
    return [invoice for invoice in invoices if invoice["InvoiceStatus"] == "Sent"]
