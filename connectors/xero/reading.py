"""Read Xero's lists as records (API-FACTS 5, "Paging" and "If-Modified-Since")."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.xero import wire
from connectors.xero.client import Client, Row
from connectors.xero.streams import BY_NAME
from engine.sdk import Notice, NotTyped, Record, UnavailableError

FEW_CALLS = 2  # more than so many, and reading the whole list may be cheaper
IDS = 40  # ids in one address (API-FACTS 3)
SALES = 'Type=="ACCREC"'


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is asked for. Ordered by its id, so that a row that is changed meanwhile keeps its place."""

    path: str
    order: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    where: str = ""

    def asked(self, where: str = "", **more: str | int) -> dict[str, str | int]:
        """The parameters of a call; `where` is added to the list's own."""
        both = " AND ".join(filter(None, (self.where, f"({where})" if self.where and where else where)))
        return {**self.params, "order": self.order, **({"where": both} if both else {}), **more}


LISTINGS = {
    "contacts": Listing("Contacts", "ContactID", {"includeArchived": "true"}),
    "invoices": Listing("Invoices", "InvoiceId", {"unitdp": 4}, SALES),
    "payments": Listing("Payments", "PaymentId"),
}
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
                yield wire.record(raw, BY_NAME[stream], self.system)
            except NotTyped as error:
                name = raw.get(BY_NAME[stream].key, "")
                yield Notice("unreadable", stream, f"{self.system}.{stream}/{name} cannot be read: {error}")

    def raw(self, stream: str, since: datetime | None, keys: Sequence[str] | None) -> Iterator[Row]:
        listing = LISTINGS[stream]
        if keys is None:
            yield from self.client.rows(listing.path, listing.asked(), since)
            return
        wanted = list(dict.fromkeys(key.lower() for key in keys if wire.is_guid(key)))
        calls = list(chunks(wanted, IDS))
        if len(calls) > FEW_CALLS:
            first = self.client.page(listing.path, listing.asked(), 1, since)
            if self.client.pages_after(first) <= len(calls):
                yield from _only(
                    wanted, BY_NAME[stream].key, self.client.rows(listing.path, listing.asked(), since, first)
                )
                return
        for some in calls:
            yield from self.client.rows(listing.path, _by_ids(stream, some), since)

    def by_ids(self, stream: str, ids: Sequence[str]) -> list[Record]:
        """The records that exist under these ids."""
        return [self.record(raw, stream) for raw in self.raw(stream, None, ids)]

    def record(self, raw: Row, stream: str) -> Record:
        """One row as a record. Raises UnavailableError where leaving it out would be a guess."""
        try:
            return wire.record(raw, BY_NAME[stream], self.system)
        except NotTyped as error:
            name = raw.get(BY_NAME[stream].key)
            raise UnavailableError(f"Xero: {stream} {name} cannot be read: {error}") from None

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


def _by_ids(stream: str, ids: Sequence[str]) -> dict[str, str | int]:
    if stream == "payments":  # the one list without IDs (API-FACTS 5)
        return LISTINGS[stream].asked(" OR ".join(f'PaymentId==guid("{one}")' for one in ids))
    return LISTINGS[stream].asked(IDs=",".join(ids))


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


def chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
