"""The sandbox under test, over real HTTP: one server for all tests, one fresh organisation for each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.identity import IdentityApi

from connectors.xero.sandbox import XeroSandboxOptions, create_app
from engine.sdk.sandbox import serving
from tests.connectors.xero.sandbox.xero_sandbox_kit import (
    Front,
    MakeLine,
    Messages,
    OpenXero,
    Xero,
    line,
    messages,
)


@pytest.fixture(scope="session")
def front() -> Iterator[tuple[Front, str]]:
    stage = Front()
    with serving(stage) as origin:
        yield stage, origin


@pytest.fixture(scope="session")
def http(front: tuple[Front, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=front[1], timeout=20) as client:
        yield client


@pytest.fixture
def open_xero(front: tuple[Front, str], http: httpx.Client, tmp_path: Path) -> Iterator[OpenXero]:
    """Open the sandbox with options; again in one test is a restart on the same state file."""
    stage, _ = front
    opened: list[Any] = []

    def open_it(sign_in: bool = True, **options: Any) -> Xero:
        if opened:
            opened.pop().close()
        plenty = {"minute_limit": 100_000, "day_limit": 100_000, **options}
        app = create_app(tmp_path / "a folder" / "xero.db", XeroSandboxOptions(**plenty))
        opened.append(app)
        stage.app = app
        return Xero(http, sign_in)

    yield open_it
    if opened:
        opened.pop().close()


@pytest.fixture
def xero(open_xero: OpenXero) -> Xero:
    return open_xero()


@pytest.fixture
def said() -> Messages:
    return messages


@pytest.fixture(name="line")
def line_fixture() -> MakeLine:
    return line


@pytest.fixture
def serve() -> Any:
    return serving


@pytest.fixture
def xero_class() -> type[Xero]:
    return Xero


@pytest.fixture
def api_client(xero: Xero) -> Iterator[ApiClient]:
    token = {**xero.token().json(), "expires_at": 4_102_444_800, "refresh_token": "none"}
    client = ApiClient(
        Configuration(oauth2_token=OAuth2Token(client_id="sandbox", client_secret="sandbox")),
        oauth2_token_getter=lambda: token,
        oauth2_token_saver=lambda _: None,
    )
    yield client
    client.rest_client.pool_manager.clear()


@pytest.fixture
def origin(front: tuple[Front, str]) -> str:
    return front[1]


@pytest.fixture
def api(api_client: ApiClient, origin: str) -> AccountingApi:
    return AccountingApi(api_client, base_url=f"{origin}/api.xro/2.0")


@pytest.fixture
def tenant(api_client: ApiClient, origin: str) -> str:
    identity = IdentityApi(api_client, base_url=origin)
    (connection,) = identity.get_connections()
    return str(connection.tenant_id)
