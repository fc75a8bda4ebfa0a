"""Read Xero's lists as records (connectors/xero/API.md, 5.3 and 5.4)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.xero import wire
from connectors.xero.client import Client, Row
from connectors.xero.endpoints import DOCUMENTS, ENDPOINTS, Call
from connectors.xero.streams import BY_NAME
from connectors.xero.tracking import with_option_ids
from engine.sdk import Notice, NotTyped, Record, UnavailableError

FEW_CALLS = 2  # more than so many, and reading the whole list may be cheaper
REFERENCES = {
    "accounts": "Accounts",
    "tax_rates": "TaxRates",
    "tracking": "TrackingCategories",
    "currencies": "Currencies",
    "organisation": "Organisation",
}


@dataclass(slots=True)
class Reader:
    """Reads for one opened system. Reference streams are read at most once."""

    client: Client
    system: str
    _known: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(
        self, stream: str, since: datetime | None, keys: Sequence[str] | None
    ) -> Iterator[Record | Notice]:
        """Records of a stream, all or those of `keys`; a row that cannot be typed is a notice."""
        if stream in REFERENCES:
            wanted = None if keys is None else set(keys)
            yield from (one for one in self.reference(stream) if wanted is None or one.address.key in wanted)
            return
        for raw in self.raw(stream, since, keys):
            try:
                yield self._typed(raw, stream)
            except NotTyped as error:
                name = raw.get(BY_NAME[stream].key, "")
                yield Notice("unreadable", stream, f"{self.system}.{stream}/{name} cannot be read: {error}")

    def raw(self, stream: str, since: datetime | None, keys: Sequence[str] | None) -> Iterator[Row]:
        endpoint, own = ENDPOINTS[stream], BY_NAME[stream].key
        if keys is None:
            yield from self.client.rows(endpoint.path, endpoint.asked(), since)
            return
        wanted = list(dict.fromkeys(key.lower() for key in keys if wire.is_guid(key)))
        calls = list(endpoint.by_ids(own, wanted))
        if len(calls) > FEW_CALLS:
            first = self.client.page(endpoint.path, endpoint.asked(), 1, since)
            if self.client.pages_after(first) <= len(calls):
                rows = self.client.rows(endpoint.path, endpoint.asked(), since, first)
                yield from _only(wanted, own, rows)
                return
        for call in calls:
            yield from self.rows(stream, call, since)

    def rows(self, stream: str, call: Call, since: datetime | None = None) -> Iterator[Row]:
        """What one call brings of a stream. A record asked for alone comes whenever it changed."""
        endpoint = ENDPOINTS[stream]
        if not call.one:
            yield from self.client.rows(call.path, call.params, since)
            return
        for row in self.client.one(call.path, call.params).get(endpoint.path) or ():
            if row.get("Type", endpoint.sales) == endpoint.sales or not endpoint.sales:
                yield row

    def by_ids(self, stream: str, ids: Sequence[str]) -> list[Record]:
        """The records that exist under these ids."""
        return [self.record(raw, stream) for raw in self.raw(stream, None, ids)]

    def record(self, raw: Row, stream: str) -> Record:
        """One row as a record. Raises UnavailableError where leaving it out would be a guess."""
        try:
            return self._typed(raw, stream)
        except NotTyped as error:
            name = raw.get(BY_NAME[stream].key)
            raise UnavailableError(f"Xero: {stream} {name} cannot be read: {error}") from None

    def _typed(self, raw: Row, stream: str) -> Record:
        if stream in DOCUMENTS:
            raw = with_option_ids(raw, lambda: self.reference("tracking"))
        return wire.record(raw, BY_NAME[stream], self.system)

    def reference(self, stream: str) -> tuple[Record, ...]:
        """A reference stream, whole."""
        with self._lock:
            if stream not in self._known:
                self._known[stream] = tuple(self.record(raw, stream) for raw in self._reference_rows(stream))
            return self._known[stream]

    def _reference_rows(self, stream: str) -> Iterator[Row]:
        path = REFERENCES[stream]
        params = {"includeArchived": "true"} if stream == "tracking" else None
        rows = self.client.list(path, params).get("Organisations" if stream == "organisation" else path) or ()
        for row in rows:
            if stream == "tracking":
                yield from _options(row)
            else:
                yield row


def _options(category: Row) -> Iterator[dict[str, Any]]:
    """A row for each option of a tracking category."""
    for option in category.get("Options") or ():
        yield {
            "TrackingCategoryID": category.get("TrackingCategoryID"),
            "Name": category.get("Name"),
            "Status": category.get("Status"),
            "TrackingOptionID": option.get("TrackingOptionID"),
            "Option": option.get("Name"),
            "OptionStatus": option.get("Status", "ACTIVE"),
        }


def _only(wanted: Sequence[str], key: str, rows: Iterator[Row]) -> Iterator[Row]:
    known = set(wanted)
    return (row for row in rows if str(row.get(key, "")).lower() in known)
