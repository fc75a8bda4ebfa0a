"""Calls to PSOhub: bare JSON arrays, a limit and no paging (connectors/psohub/API.md, 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.psohub.settings import PsohubSettings
from engine.sdk import (
    Answer,
    Budget,
    Context,
    Http,
    StaticToken,
)

IN_FLIGHT = 2  # no limit is known; this is polite
DEFAULT = 50  # rows if `limit` is ignored (connectors/psohub/API.md, 3)
# Usual caps of servers: exactly this many rows may be a list that was cut off.
CAPS = (DEFAULT, 100, 200, 250, 500, 1000)


@dataclass(frozen=True, slots=True)
class Rows:
    """One answer. `full`: it may have been cut off."""

    rows: Sequence[Any]
    full: bool


class Client:
    """PSOhub's REST API under one token."""

    def __init__(self, settings: PsohubSettings, context: Context) -> None:
        self.settings = settings
        self.http = Http(
            "PSOhub",
            settings.api_url,
            auth=StaticToken(
                settings.auth_header, settings.auth_scheme, settings.access_token.get_secret_value()
            ),
            budget=Budget("PSOhub", IN_FLIGHT, context.notify),
            timeout=settings.timeout,
        )

    def rows(self, path: str, filters: Mapping[str, str] | None = None, limit: int | None = None) -> Rows:
        """GET of a stream with its filters; all rows at once."""
        limit = limit or self.settings.limit
        answer = self.http.get(path, {**(filters or {}), "limit": limit})
        body = self.http.json(answer, f"GET {path}")
        rows = [body] if isinstance(body, Mapping) else body
        if not isinstance(rows, list):
            raise self.http.unreadable(answer, f"GET {path}")
        return Rows(rows, len(rows) >= limit or (len(rows) < limit and len(rows) in CAPS))

    def write(self, body: Mapping[str, Any]) -> Answer:
        """The write-back call. It has no idempotency key, so it is not repeated."""
        call = self.settings.calls.write
        return self.http.send(call.method, call.path, body)
