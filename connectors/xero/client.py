"""Calls to Xero: sign-in, the organisation's id, lists page by page (connectors/xero/API.md, 1 to 5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.xero import wire
from connectors.xero.advice import advice
from connectors.xero.settings import XeroSettings
from engine.sdk import (
    Answer,
    Auth,
    Budget,
    ClientCredentials,
    Context,
    Http,
    Page,
    RateHeaders,
    RequestRefusedError,
    SignInError,
    TokenErrors,
    UnreadNumber,
    pages,
    shortened,
)

IN_FLIGHT = 5
RATE_HEADERS = RateHeaders(  # connectors/xero/API.md, 3
    remaining="X-MinLimit-Remaining",
    quotas={
        "X-MinLimit-Remaining": "minute",
        "X-DayLimit-Remaining": "day",
        "X-AppMinLimit-Remaining": "app minute",
    },
    problem="X-Rate-Limit-Problem",
    problems=("minute", "concurrent", "appminute"),
    final=("day",),
)
TOKEN_ERRORS = TokenErrors(  # connectors/xero/API.md, 2 and 13
    expired=("TokenExpired",),
    advice={
        "unauthorized_client": "this app is not allowed to use this sign-in method; check client_id and app",
        "invalid_scope": "a scope is not granted to this app; check scopes, or grant it in Xero",
    },
)
NOTHING, NOT_MODIFIED, NOT_FOUND = 204, 304, 404
FILTERS = frozenset({"where", "IDs", "InvoiceNumbers", "ContactIDs", "Statuses", "searchTerm"})
SHOWN = 10  # organisations named in a sentence
QUERY_REFUSED = 16  # ErrorNumber of a filter that Xero cannot read, or does not serve
OVERLAP = timedelta(seconds=5)  # If-Modified-Since: inclusive or not is unknown (connectors/xero/API.md, 17)
Row = Mapping[str, Any]


class TooManyError(RequestRefusedError):
    """Xero does not list so many records at once; narrower lists are answered (connectors/xero/API.md, 5)."""


class Client:
    """One organisation's API. Safe to use from as many threads as `IN_FLIGHT`."""

    def __init__(self, settings: XeroSettings, context: Context) -> None:
        self.settings = settings
        self.http = Http(
            "Xero",
            f"{settings.api_url}/api.xro/2.0",
            auth=_auth(settings),
            budget=Budget("Xero", IN_FLIGHT, context.notify, settings.minute_seconds, RATE_HEADERS),
            timeout=settings.timeout,
            largest_answer=settings.largest_answer,
            correlation="Xero-Correlation-Id",
            advise=lambda answer, call: advice(answer, call, self._tenant, settings.scopes),
        )
        self._tenant = settings.tenant_id or ""
        self._lock = threading.Lock()

    def tenant(self) -> str:
        """The organisation's tenant id; requested once if the settings do not name it."""
        with self._lock:
            if not self._tenant:
                self._tenant = self._only_organisation()
            return self._tenant

    def _only_organisation(self) -> str:
        answer = self.http.get(f"{self.settings.api_url}/connections")
        connections = self.http.json(answer, "GET connections") or []
        if not _objects(connections) or not all(_is_key(row.get("tenantId")) for row in connections):
            raise self.http.unreadable(answer, "GET connections")
        rows = [row for row in connections if row.get("tenantType") == "ORGANISATION"]
        if len(rows) == 1:
            return str(rows[0]["tenantId"])
        if not rows:
            raise SignInError("Xero: this app is not connected to an organisation; connect it in Xero")
        named = dict.fromkeys(f"{row.get('tenantName')} ({row['tenantId']})" for row in rows)
        names = ", ".join([*(shortened(name, 100) for name in named)][:SHOWN]) + (
            ", …" if len(named) > SHOWN else ""
        )
        raise SignInError(
            f"Xero: this app is connected to {len(rows)} organisations; set tenant_id to one: {names}"
        )

    def answer(
        self, path: str, params: Mapping[str, str | int] | None = None, since: datetime | None = None
    ) -> Answer:
        """A GET for the organisation, whatever the status of its answer."""
        headers = {"Xero-tenant-id": self.tenant()}
        if since is not None:
            headers["If-Modified-Since"] = f"{(since - OVERLAP).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        return self.http.get(path, params, headers)

    def list(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        since: datetime | None = None,
        collection: str = "",
    ) -> Mapping[str, Any]:
        """The envelope of a list; empty if nothing is new, or if a filter finds nothing.

        A 404 without a filter means a wrong address. Raises TooManyError if Xero refuses the query.
        `collection` is the member with the list, if it is not named as the path.
        """
        answer = self.answer(path, params, since)
        if self._is_empty(answer, path, params or {}, since):
            return {}
        if answer.status == 400 and _error_number(answer) == QUERY_REFUSED:
            raise TooManyError(f"Xero refused GET {path}: {self.http.words(answer)}", answer.status)
        return self._envelope(answer, path, collection or path)

    def _is_empty(
        self, answer: Answer, path: str, params: Mapping[str, str | int], since: datetime | None
    ) -> bool:
        """Whether an answer says "no rows" by its status, as gateways before Xero may."""
        if answer.status == NOT_MODIFIED:
            return since is not None
        filtered = since is not None or bool(params.keys() & FILTERS)
        if answer.status == NOTHING:
            return filtered
        if answer.status != NOT_FOUND or not filtered:
            return False
        # The address is right if it answers at all, be it by a refusal to list everything. What a moment's
        # fault hides must not be created a second time: the question is asked once more.
        exists = self.answer(path, {"page": 1, "pageSize": 1}).status != NOT_FOUND
        return exists and self.answer(path, params, since).status == NOT_FOUND

    def one(self, path: str, params: Mapping[str, str | int] | None = None) -> Mapping[str, Any]:
        """The envelope of one record by its id or number; empty if there is none."""
        answer = self.answer(path, params)
        return {} if answer.status == NOT_FOUND else self._envelope(answer, path, path.partition("/")[0])

    def _envelope(self, answer: Answer, path: str, collection: str) -> Mapping[str, Any]:
        envelope = self.http.json(answer, f"GET {path}")
        if not isinstance(envelope, Mapping) or not envelope.keys() & {"Id", "Status", collection}:
            raise self.http.unreadable(answer, f"GET {path}")
        if not _objects(envelope.get(collection) or []):
            raise self.http.unreadable(answer, f"GET {path}")
        return envelope

    def post(
        self,
        method: str,
        path: str,
        body: Any,
        key: str,
        params: Mapping[str, str | int],
        until: float | None,
    ) -> Answer:
        """A write with its idempotency key, not repeated after `until` (of time.monotonic)."""
        headers = {"Xero-tenant-id": self.tenant()}
        return self.http.send(method, path, body, params=params, headers=headers, key=key, not_after=until)

    def page(
        self, path: str, params: Mapping[str, str | int], number: int, since: datetime | None = None
    ) -> Page[Row]:
        """One page of a list."""
        size = self.settings.page_size
        envelope = self.list(path, {**params, "page": number, "pageSize": size}, since)
        rows: Sequence[Row] = envelope.get(path) or ()
        moment = envelope.get("DateTimeUTC")
        answered = wire.instant(moment) if isinstance(moment, str) else None
        return Page(rows, _count(envelope, "pageCount"), _count(envelope, "itemCount"), answered)

    def rows(
        self,
        path: str,
        params: Mapping[str, str | int],
        key: str,
        since: datetime | None = None,
        first: Page[Row] | None = None,
    ) -> Iterator[Row]:
        """All rows of a list, which `key` tells apart; a row that moves between pages may come twice."""

        def fetch(number: int) -> Page[Row]:
            return self.page(path, params, number, since)

        for page in pages(fetch, lambda row: str(row.get(key) or row), first):
            yield from page.rows


def _count(envelope: Mapping[str, Any], name: str) -> int | None:
    """A figure of `pagination`; None if it is not there, or not a figure that a list with rows can have."""
    pagination = envelope.get("pagination")
    count = pagination.get(name) if isinstance(pagination, Mapping) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else None


def _error_number(answer: Answer) -> Any:
    try:
        body = answer.json()
    except ValueError:
        return None
    return body.get("ErrorNumber") if isinstance(body, Mapping) else None


def _is_key(value: Any) -> bool:
    """Whether this can be an id that is sent in a header."""
    text = isinstance(value, str) and not isinstance(value, UnreadNumber)
    return text and 0 < len(value) <= 100 and value.isascii() and value.isprintable()


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(element, Mapping) for element in value)


def _auth(settings: XeroSettings) -> Auth:
    if settings.app != "custom_connection":
        raise SignInError(
            f"Xero: app: {settings.app} needs a person to sign in with `sync connect`, which this "
            "version does not have yet; use app: custom_connection"
        )
    if settings.client_secret is None:
        raise SignInError("Xero: a custom connection needs client_secret")
    return ClientCredentials(
        "Xero",
        f"{settings.identity_url}/connect/token",
        settings.client_id,
        settings.client_secret.get_secret_value(),
        settings.scopes,
        TOKEN_ERRORS,
    )
