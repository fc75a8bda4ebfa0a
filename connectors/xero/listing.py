"""What a run has listed of a stream of documents, so that a later search reads only what has changed since.

A work queue is worked off in rounds, each of which searches for its documents: reading the complete list each
time would take as many pages as there are documents by then. Only what can be searched by is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.xero.client import Row
from connectors.xero.resource import Resource
from engine.sdk import Record

ALWAYS = ("Type", "Status")  # which documents are ours, and which exist


@dataclass(slots=True)
class Listing:
    """The documents of one stream, as they were last listed."""

    resource: Resource
    known: dict[str, Record] = field(default_factory=dict)  # with their searchable values only
    latest: datetime | None = None  # when the newest of them changed

    def update(self, listed: Iterator[Record]) -> Iterator[Record]:
        """All documents. `listed` is what is read now: everything, or what changed since `latest`; the others
        come with what is known of them.
        """
        shown: set[str] = set()
        latest = self.latest
        for record in listed:
            key = record.address.key
            shown.add(key)
            self.known[key] = replace(record, values=self._searchable(record.values))
            latest = max(filter(None, (latest, record.changed)), default=None)
            yield record
        self.latest = latest
        yield from (record for key, record in self.known.items() if key not in shown)

    def is_short(self, record: Record) -> bool:
        """Whether this is what is known of a document, not the document."""
        return self.known.get(record.address.key) is record

    def _searchable(self, values: Mapping[str, Any]) -> Row:
        stream, resource = self.resource.stream, self.resource
        paths = (stream.key, *stream.match_fields, *resource.unique, *ALWAYS)
        names = dict.fromkeys(path.partition(".")[0] for path in paths)
        return {name: values[name] for name in names if name in values}
