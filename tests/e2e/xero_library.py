"""Xero's own client library as an independent reader of what was pushed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2 as httpx
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.identity import IdentityApi


@contextmanager
def xero_python(origin: str, secret: str) -> Iterator[tuple[AccountingApi, str]]:
    """The library's accounting API at an origin, and the one organisation's tenant id."""
    token: dict[str, Any] = httpx.post(
        f"{origin}/connect/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox", secret),
        trust_env=False,
    ).json()
    token |= {"expires_at": 4_102_444_800, "refresh_token": "none"}
    client = ApiClient(
        Configuration(oauth2_token=OAuth2Token(client_id="sandbox", client_secret=secret)),
        oauth2_token_getter=lambda: token,
        oauth2_token_saver=lambda _: None,
    )
    try:
        (connection,) = IdentityApi(client, base_url=origin).get_connections()
        yield AccountingApi(client, base_url=f"{origin}/api.xro/2.0"), connection.tenant_id
    finally:
        client.rest_client.pool_manager.clear()
