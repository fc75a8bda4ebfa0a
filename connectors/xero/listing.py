"""What a run has listed of a stream, so that a later search reads only what has changed since.

A work queue is worked off in rounds, each of which searches for its documents: reading the complete list each
time would take as many pages as there are documents by then. Only what can be searched by is kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from connectors.xero.client import Row
from connectors.xero.resource import Resource
from engine.sdk import Page, Record

ALWAYS = ("Type", "Status")  # which documents are ours, and which exist

# Seconds for which a list is searched without asking again for what others changed meanwhile. A document that
# a person enters in that time is not seen, so it is short; one request a minute is few under Xero's limits.
# What this run writes is added at once.
FRESH = 60.0


def later(since: datetime | None, first: Page[Row], shown: datetime | None) -> datetime | None:
    """From when on changes are asked for next: when the first page was answered, by the system's own clock.

    `shown` is when the newest of the records changed. A clock that is ahead of that, and of this machine,
    is not believed: rather too much is read again than too little.
    """
    latest = shown
    if first.moment is not None:
        latest = min(first.moment, max(filter(None, (shown, datetime.now(UTC)))))
    return max(filter(None, (since, latest)), default=None)


@dataclass(slots=True)
class Complete:
    """Every record of a list, and when what changed was last asked for."""

    known: dict[str, Record] = field(default_factory=dict)
    latest: datetime | None = None
    read: float | None = None  # time.monotonic()

    def is_fresh(self) -> bool:
        return _is_fresh(self.read)

    def note(self, record: Record) -> None:
        """Add what this run has written."""
        self.known[record.address.key] = record

    def update(self, first: Page[Row], listed: Iterable[Record]) -> None:
        self.read = time.monotonic()
        changed = {record.address.key: record for record in listed}
        self.known |= changed
        shown = max((record.changed for record in changed.values() if record.changed), default=None)
        self.latest = later(self.latest, first, shown)


@dataclass(slots=True)
class Listing:
    """The documents of one stream, as they were last listed."""

    resource: Resource
    known: dict[str, Record] = field(default_factory=dict)  # with their searchable values only
    latest: datetime | None = None  # what changed since then is asked for
    read: float | None = None  # time.monotonic()

    def is_fresh(self) -> bool:
        return _is_fresh(self.read)

    def note(self, record: Record) -> None:
        """Add what this run has written."""
        self.known[record.address.key] = replace(record, values=self._searchable(record.values))

    def update(self, first: Page[Row], listed: Iterator[Record]) -> Iterator[Record]:
        """All documents. `listed` is what is read now: everything, or what changed since `latest`; the others
        come with what is known of them.
        """
        read, shown = time.monotonic(), set[str]()
        newest: datetime | None = None
        for record in listed:
            shown.add(record.address.key)
            self.note(record)
            newest = max(filter(None, (newest, record.changed)), default=None)
            yield record
        self.read, self.latest = read, later(self.latest, first, newest)
        yield from (record for key, record in self.known.items() if key not in shown)

    def is_short(self, record: Record) -> bool:
        """Whether this is what is known of a document, not the document."""
        return self.known.get(record.address.key) is record

    def _searchable(self, values: Mapping[str, Any]) -> Row:
        stream, resource = self.resource.stream, self.resource
        paths = (stream.key, *stream.match_fields, *resource.unique, *ALWAYS)
        names = dict.fromkeys(path.partition(".")[0] for path in paths)
        return {name: values[name] for name in names if name in values}


def _is_fresh(read: float | None) -> bool:
    return read is not None and time.monotonic() - read < FRESH
