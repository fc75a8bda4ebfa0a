"""One call as the rooms behind the gate see it, and what they give back."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.xero.sandbox.options import XeroSandboxOptions

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str | None = None


class Refused(Exception):
    """The whole request is refused with this answer; what it has written so far is undone."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Call:
    """A signed-in, counted call inside its transaction. `key` is the id or number out of the path, `inner`
    the id of a part of that record."""

    tx: sqlite3.Connection
    options: XeroSandboxOptions
    now_ms: int
    client_id: str
    method: str
    key: str
    inner: str
    query: Mapping[str, str]
    since_ms: int | None
    body: bytes

    def asks(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"

    @property
    def unit_places(self) -> int:
        """Unit amounts have 2 places unless `unitdp=4` is sent, on reads and on writes (API-FACTS 7)."""
        return 4 if self.query.get("unitdp") == "4" else 2


Handler = Callable[[Call], Answer]

# API-FACTS 13: what is not there is answered without JSON: a record by an empty page, an address by a text.
NO_SUCH_RECORD = Answer(404, b"", HTML)
NO_SUCH_ADDRESS = Answer(404, b"The resource you're looking for cannot be found", TEXT)
