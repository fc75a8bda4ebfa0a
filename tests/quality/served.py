"""Xero's sandbox served on loopback, without limits, with a token for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2 as httpx

from connectors.xero.sandbox import XeroSandboxOptions, create_app
from engine.sdk.sandbox import serving

MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Served:
    origin: str
    tenant: str
    token: dict[str, Any]  # as the token endpoint answers it

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token['access_token']}",
            "Xero-tenant-id": self.tenant,
            "Accept": "application/json",
        }


@contextmanager
def sandbox() -> Iterator[Served]:
    options = XeroSandboxOptions(minute_limit=MANY, day_limit=MANY, concurrent_limit=MANY)
    with (
        TemporaryDirectory() as folder,
        serving(create_app(Path(folder) / "xero.db", options)) as origin,
    ):
        form = {"grant_type": "client_credentials"}
        signed_in = (options.client_id, options.client_secret)
        answer = httpx.post(f"{origin}/connect/token", data=form, auth=signed_in)
        yield Served(origin, options.tenant_id, answer.raise_for_status().json())
