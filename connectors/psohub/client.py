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
    RequestRefusedError,
    StaticToken,
)

IN_FLIGHT = 2  # no limit is known; this is polite
DEFAULT = 50  # rows if `limit` is ignored (connectors/psohub/API.md, 3)
# Usual caps of servers: exactly this many rows may be a list that was cut off.
CAPS = (DEFAULT, 100, 200, 250, 500, 1000)
FEWEST = 5  # rows: two short lists of equal length are not a sign of a cap
WIDEST = 1_000_000  # rows to ask for at once when everything is to be shown
LARGEST = 5_000_000  # bytes of an answer that is kept
NOTHING = 204
UNAUTHORISED, FORBIDDEN, NOT_FOUND = 401, 403, 404
TOO_MUCH = (400, 413, 422)  # how a limit may be refused

Question = tuple[str, tuple[tuple[str, str], ...]]


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
            largest_answer=settings.largest_answer,
            advise=_advice,
        )
        self.limit = settings.limit
        self._exist: set[str] = set()  # paths that have answered a question
        self._complete_sizes: set[tuple[str, int]] = set()  # path and rows of lists that were proved complete
        self._largest: dict[str, int] = {}  # path -> most rows of one answer
        self._kept: dict[Question, Rows] = {}

    def rows(
        self,
        path: str,
        filters: Mapping[str, str] | None = None,
        limit: int | None = None,
        *,
        keep: bool = False,
    ) -> Rows:
        """GET of a stream with its filters; all rows at once.

        With `keep`, the same question is answered from memory until something is written.
        """
        limit = limit or self.limit
        question = path, (*sorted((filters or {}).items()), ("limit", str(limit)))
        if keep and question in self._kept:
            return self._kept[question]
        answer = self.http.get(path, {**(filters or {}), "limit": limit})
        if self._is_empty(answer, path, filters):
            return Rows((), full=False)
        body = self.http.json(answer, f"GET {path}")
        rows = [body] if isinstance(body, Mapping) else body
        if not isinstance(rows, list):
            raise self.http.unreadable(answer, f"GET {path}")
        self._exist.add(path)
        found = Rows(rows, self._may_be_cut_off(path, len(rows), limit))
        if keep and len(answer.content) <= LARGEST:
            self._kept[question] = found
        return found

    def every(self, path: str) -> Rows:
        """The complete list of a stream, as far as it is shown: asked for with a high limit, or, if that is
        refused, with the usual one.
        """
        try:
            return self.rows(path, limit=self.settings.list_limit)
        except RequestRefusedError as error:
            if error.status not in TOO_MUCH or self.settings.list_limit <= self.settings.limit:
                raise
            return self.rows(path)

    def _is_empty(self, answer: Answer, path: str, filters: Mapping[str, str] | None) -> bool:
        """Whether an answer says "no rows" by its status: 204, or 404 to a filter if the address is right."""
        if answer.status == NOTHING:
            self._exist.add(path)
            return True
        return answer.status == NOT_FOUND and bool(filters) and self._exists(path)

    def _exists(self, path: str) -> bool:
        """Whether the address answers questions at all: known, or asked without a filter."""
        if path not in self._exist and self.http.get(path, {"limit": 1}).ok:
            self._exist.add(path)
        return path in self._exist

    def _may_be_cut_off(self, path: str, rows: int, limit: int) -> bool:
        """As many rows as asked for, or as servers usually send at most."""
        self._largest[path] = max(rows, self._largest.get(path, 0))
        if rows >= limit:
            return True
        if rows < self._largest[path]:  # the server sends more rows than these if it has them
            return False
        return rows in CAPS and not self.is_known_complete(path, rows)

    def note_complete(self, path: str, rows: int) -> None:
        """A list of this size was proved complete: another one as long is not a sign of a cap."""
        self._complete_sizes.add((path, rows))

    def is_known_complete(self, path: str, rows: int) -> bool:
        """Whether a list of this size was proved complete."""
        return (path, rows) in self._complete_sizes

    def widen(self) -> bool:
        """Ask for ten times as many rows from now on. False if that is more than makes sense."""
        if self.limit >= WIDEST:
            return False
        self.limit = min(10 * self.limit, WIDEST)
        self._kept.clear()
        return True

    def write(self, body: Mapping[str, Any]) -> Answer:
        """The write-back call. It has no idempotency key, so it is not repeated."""
        call = self.settings.calls.write
        self._kept.clear()
        try:
            return self.http.send(call.method, call.path, body)
        finally:
            self._kept.clear()


def _advice(answer: Answer, call: str) -> str:
    """What to do about a 401, 403 or 412 (connectors/psohub/API.md, 3.1)."""
    if answer.status == UNAUTHORISED:
        return (
            "PSOhub does not accept the token: check access_token, or get a new one; auth_header and "
            "auth_scheme set how it is sent"
        )
    if answer.status == FORBIDDEN:
        return (
            f"the token is not allowed to {call}: check the scopes of its app in PSOhub, and the rights of "
            "the user who authorised it"
        )
    return "check what a proxy or gateway between this machine and PSOhub removes or replaces"
