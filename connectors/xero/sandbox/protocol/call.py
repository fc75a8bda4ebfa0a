"""One call, as the handlers of the API see it."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connectors.xero.sandbox.options import XeroSandboxOptions
from connectors.xero.sandbox.protocol.dates import moment_of
from engine.sdk.sandbox import Answer

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A signed-in, counted call inside its transaction.

    `key` is the id or number in the path, `inner` the id of a part of that record. `since_ms` is
    If-Modified-Since.
    """

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
    def today(self) -> str:
        """Today where the organisation is, which need not be today in UTC: `2026-11-20`."""
        return moment_of(self.now_ms).astimezone(ZoneInfo(self.options.timezone)).date().isoformat()

    @property
    def unit_places(self) -> int:
        """Unit amounts have 2 places unless `unitdp=4` is sent, on reads and on writes
        (connectors/xero/API.md, 7).
        """
        return 4 if self.query.get("unitdp") == "4" else 2


Handler = Callable[[Call], Answer]

# What does not exist is answered without JSON: a record with an empty page, an address with a text
# (connectors/xero/API.md, 13).
NO_SUCH_RECORD = Answer(404, b"", HTML)
NO_SUCH_ADDRESS = Answer(404, b"The resource you're looking for cannot be found", TEXT)
