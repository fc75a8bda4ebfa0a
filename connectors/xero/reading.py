"""Read Xero's lists as records (connectors/xero/API.md, 5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.xero import wire
from connectors.xero.client import Client, Row, TooManyError
from connectors.xero.listing import Complete, Listing
from connectors.xero.resource import Call, Resource, from_day
from connectors.xero.streams import CONTACTS, TRACKING
from connectors.xero.tracking import with_option_ids
from engine.sdk import (
    Address,
    Entry,
    Notice,
    NotTyped,
    Page,
    Receipt,
    Record,
    UnavailableError,
    Unusable,
    shortened,
)

FEW_CALLS = 2  # with more calls, reading the complete list may be cheaper


@dataclass(slots=True)
class Reader:
    """Reads for one opened system. Reference streams are read at most once."""

    client: Client
    system: str
    cut_off: date | None = None
    _too_many: set[str] = field(default_factory=set)  # streams that Xero does not list
    _reference: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    _complete: dict[str, Complete] = field(default_factory=dict)  # by stream
    _listings: dict[str, Listing] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, resource: Resource, since: datetime | None, keys: Sequence[str] | None) -> Iterator[Entry]:
        """Records of a stream, all or those of `keys`; a row that cannot be typed is unusable."""
        if resource.stream.reference:
            wanted = None if keys is None else set(keys)
            for record in self.reference(resource):
                if wanted is None or record.address.key in wanted:
                    yield record
            return
        rows = self._listed(resource, since) if keys is None else self.by_keys(resource, since, keys)
        for raw in rows:
            if isinstance(raw, Notice):
                yield raw
                continue
            try:
                record = self._typed(raw, resource)
                yield self._by_id(record, resource) if resource.unclear(record.values) else record
            except NotTyped as error:
                yield self._unusable(raw, resource, error)

    def _unusable(self, raw: Row, resource: Resource, error: NotTyped) -> Unusable:
        stream = resource.stream
        key, title = (str(raw.get(name) or "") for name in (stream.key, stream.title))
        address = Address(self.system, stream.name, key or title or "without-id")
        return Unusable(
            address, f"{stream.name} cannot be read: {error}", title, unknown=frozenset(stream.fields)
        )

    def first_page(self, resource: Resource, since: datetime | None = None) -> Page[Row] | None:
        """The first page of the complete list; None if there are too many for Xero to list them."""
        name = resource.stream.name
        if since is None and name in self._too_many:
            return None
        try:
            return self.client.page(resource.path, resource.query(), 1, since)
        except TooManyError:
            if since is None:
                self._too_many.add(name)
            return None

    def _listed(self, resource: Resource, since: datetime | None) -> Iterator[Row | Notice]:
        """The complete list, or else what is dated from the cut-off date on."""
        name, key = resource.stream.name, resource.stream.key
        first = self.first_page(resource, since)
        if first is not None:
            yield from self.client.rows(resource.path, resource.query(), key, since, first)
            return
        title = name.replace("_", " ")
        refused = f"Xero does not list all {title} of this organisation, as there are too many"
        if resource.stream.date and self.cut_off is not None:
            query = resource.query(from_day(resource.stream.date, self.cut_off))
            try:
                page = self.client.page(resource.path, query, 1, since)
            except TooManyError:
                pass
            else:
                told = f"those dated from {self.cut_off} on were read, and linked ones by their ids"
                yield Notice("narrowed", name, f"{refused}: {told}")
                yield from self.client.rows(resource.path, query, key, since, page)
                return
        told = "linked ones were read by their ids; documents without a link are not compared"
        yield Notice("unlisted", name, f"{refused}: {told}")

    def by_keys(self, resource: Resource, since: datetime | None, keys: Sequence[str]) -> Iterator[Row]:
        """The rows with these ids, from the complete list if that takes fewer calls."""
        key = resource.stream.key
        wanted = list(dict.fromkeys(name.lower() for name in keys if wire.is_guid(name)))
        calls = list(resource.by_ids(key, wanted))
        first = self.first_page(resource, since) if len(calls) > FEW_CALLS else None
        left = first.left() if first is not None else None
        if left is not None and left <= len(calls):
            rows = self.client.rows(resource.path, resource.query(), key, since, first)
            known = set(wanted)
            yield from (row for row in rows if str(row.get(key, "")).lower() in known)
            return
        for call in calls:
            yield from self.rows(resource, call, since)

    def rows(self, resource: Resource, call: Call, since: datetime | None = None) -> Iterator[Row]:
        """The rows that one call returns. A single record is returned whenever it changed."""
        if call.single:
            rows = self.client.one(call.path, call.params).get(resource.path) or ()
            yield from (row for row in rows if resource.is_ours(row))
        else:
            yield from self.client.rows(call.path, call.params, resource.stream.key, since)

    def _by_id(self, record: Record, resource: Resource) -> Record:
        """The same record by its id, which shows more than a list; as it was if it is gone by now."""
        for raw in self.rows(resource, resource.single(record.address.key)):
            return self._typed({**{name: [] for name in resource.by_id_lists}, **raw}, resource)
        return record

    def contacts(self, ids: Sequence[str]) -> list[Record]:
        """The contacts that exist under these ids; out of the complete list if this run has read it."""
        if CONTACTS.stream.name not in self._complete:
            return self.records(CONTACTS, ids)
        listed = {record.address.key.lower(): record for record in self.complete(CONTACTS) or ()}
        found = [listed[key.lower()] for key in ids if key.lower() in listed]
        return found + self.records(CONTACTS, [key for key in ids if key.lower() not in listed])

    def records(self, resource: Resource, ids: Sequence[str]) -> list[Record]:
        """The records that exist under these ids."""
        return [self.record(raw, resource) for raw in self.by_keys(resource, None, ids)]

    def complete(self, resource: Resource) -> list[Record] | None:
        """Every record of a list; None if there are too many for Xero to list them.

        It is read completely once; later, only what has changed since, and not while it is fresh.
        """
        with self._lock:
            complete = self._complete.get(resource.stream.name) or Complete()
            if complete.is_fresh():
                return list(complete.known.values())
            first = self.first_page(resource, complete.latest)
            if first is None:
                return None
            key = resource.stream.key
            rows = self.client.rows(resource.path, resource.query(), key, complete.latest, first)
            complete.update(first, (self.record(raw, resource) for raw in rows))
            self._complete[resource.stream.name] = complete
            return list(complete.known.values())

    def note(self, resource: Resource, receipts: Sequence[Receipt]) -> None:
        """Add to what was listed what this run has written, as Xero answered it."""
        with self._lock:
            name = resource.stream.name
            listed = self._listings.get(name) if resource.document else self._complete.get(name)
            if listed is None:
                return
            for receipt in receipts:
                if receipt.outcome != "done" or receipt.target_id is None or not receipt.observed:
                    listed.read = None  # what became of it, the list knows
                    continue
                listed.note(Record(Address(self.system, name, receipt.target_id), receipt.observed))

    def listing(self, resource: Resource) -> Listing:
        """What this run has listed of a stream of documents."""
        return self._listings.setdefault(resource.stream.name, Listing(resource))

    def record(self, raw: Row, resource: Resource) -> Record:
        """One row as a record. Raises UnavailableError if it cannot be read and must not be left out."""
        try:
            return self._typed(raw, resource)
        except NotTyped as error:
            name = f"{resource.stream.name} {shortened(str(raw.get(resource.stream.key)), 40)}"
            raise UnavailableError(f"Xero: {name} cannot be read: {error}") from None

    def _typed(self, raw: Row, resource: Resource) -> Record:
        if resource.document:
            raw = with_option_ids(raw, lambda: self.reference(TRACKING))
        return wire.record(raw, resource.stream, self.system)

    def reference(self, resource: Resource) -> tuple[Record, ...]:
        """All records of a reference stream."""
        name = resource.stream.name
        with self._lock:
            if name not in self._reference:
                collection = resource.collection or resource.path
                answer = self.client.list(resource.path, resource.params or None, None, collection)
                elements = answer.get(collection) or ()
                try:
                    rows = [row for element in elements for row in resource.rows(element)]
                except NotTyped as error:
                    raise UnavailableError(f"Xero: {name} cannot be read: {error}") from None
                self._reference[name] = tuple(self.record(row, resource) for row in rows)
            return self._reference[name]
