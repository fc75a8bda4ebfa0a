"""Read PSOhub's streams as clean records (connectors/psohub/API.md, 3.3 and 8.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client, Rows
from connectors.psohub.joining import FEW, RelatedRecords, cut_off, unreadable
from connectors.psohub.resource import Resource
from engine.sdk import Address, Notice, NotTyped, Record, UnavailableError

IN_QUEUE = ("approved", "sent", "paid")  # drafts must not fill up the queue


class Reader:
    """Reads for one opened system."""

    def __init__(self, client: Client, cleaner: Cleaner, system: str) -> None:
        self._client, self._cleaner, self._system = client, cleaner, system

    def read(
        self, resource: Resource, keys: Sequence[str] | None, paths: frozenset[str]
    ) -> Iterator[Record | Notice]:
        """Records of a stream, each once, with the joins that `paths` needs, and notices."""
        wanted = None if keys is None else set(keys)
        if wanted is not None and not wanted:
            return
        name = resource.stream.name
        related = RelatedRecords(self._client, self._cleaner)
        joins = {path.partition(".")[0] for path in paths}
        seen: set[str] = set()
        for answer in self._answers(resource, wanted):
            if isinstance(answer, Notice):
                yield answer
                continue
            fresh: list[dict[str, Any]] = []
            for row in answer.rows:
                key = self._cleaner.key(name, row)
                if (key and key in seen) or (wanted is not None and key not in wanted):
                    continue
                seen.add(key)
                try:
                    fresh.append(self._values(name, row, pdf="pdf" in joins))
                except NotTyped as error:
                    yield unreadable(name, key, error)
            _load(resource, fresh, joins, related)
            yield from related.notices
            related.notices.clear()
            for values in fresh:
                yield self._record(name, _joined(resource, values, joins, related))

    def _values(self, stream: str, row: Any, *, pdf: bool = False) -> dict[str, Any]:
        values = self._cleaner.values(stream, row, pdf=pdf)
        if "id" not in values:
            raise NotTyped("id", "it has none")
        return values

    def _record(self, stream: str, values: Mapping[str, Any]) -> Record:
        return Record(Address(self._system, stream, values["id"]), values)

    # -- which calls ---------------------------------------------------------------------------------------

    def _answers(self, resource: Resource, wanted: set[str] | None) -> Iterator[Rows | Notice]:
        if resource.stream.work_queue:
            yield from self._work_queue(resource)
            return
        stream, id_filter = resource.stream.name, resource.id_filter
        listed_keys: set[str] = set()
        if wanted is None or not id_filter or len(wanted) > FEW:
            answer = self._client.rows(stream)
            yield answer
            listed_keys = {self._cleaner.key(stream, row) for row in answer.rows}
            if not answer.full:
                return
            if wanted is None or not id_filter:
                yield cut_off(stream, len(answer.rows))
                return
        for key in sorted((wanted or set()) - listed_keys):
            yield self._client.rows(stream, {id_filter: key})

    def _work_queue(self, resource: Resource) -> Iterator[Rows | Notice]:
        """The work queue first, then the list; a queue that is full, status by status as well."""
        stream = resource.stream.name
        queue = self._client.rows(stream, resource.queue)
        yield queue
        if queue.full:
            yield Notice(
                "queue_full",
                stream,
                f"PSOhub returned {len(queue.rows)} {stream} without an external id, as many as it returns "
                "at once; more follow once these have an external id.",
            )
            for status in IN_QUEUE:
                yield self._client.rows(stream, {**resource.queue, "invoicestatus": status})
        listed = self._client.rows(stream)
        yield listed
        if listed.full:
            yield cut_off(stream, len(listed.rows))

    # -- finding -------------------------------------------------------------------------------------------

    def find(self, resource: Resource, rules: Sequence[Mapping[str, Any]]) -> list[list[Record]]:
        """The records that satisfy each rule: by a filter if there are few rules, else from the list."""
        stream = resource.stream.name
        name = next(
            (name for name in resource.filters if all(isinstance(r.get(name), str) for r in rules)), ""
        )
        if name and len(rules) <= FEW:
            values = dict.fromkeys(str(rule[name]) for rule in rules)
            answers = [self._client.rows(stream, {resource.filters[name]: value}) for value in values]
            rows = [row for answer in answers for row in answer.rows]
            records = [self._record(stream, self._readable(stream, row)) for row in rows]
        else:
            records = [r for r in self.read(resource, None, frozenset()) if isinstance(r, Record)]
        unique = {record.address.key: record for record in records}.values()
        return [[record for record in unique if _satisfies(record, rule)] for rule in rules]

    def _readable(self, stream: str, row: Any) -> dict[str, Any]:
        """A row's values. Raises UnavailableError if it cannot be read and must not be left out."""
        try:
            return self._values(stream, row)
        except NotTyped as error:
            name = self._cleaner.key(stream, row)
            raise UnavailableError(f"PSOhub's {stream}/{name} cannot be read: {error}") from None


def _load(
    resource: Resource, rows: Sequence[Mapping[str, Any]], joins: set[str], related: RelatedRecords
) -> None:
    for name, other in resource.related.items():
        if name in joins:
            related.load(other.stream, (row.get(other.link) for row in rows))
    if joins & {*resource.people}:
        related.load_people([row["id"] for row in rows])


def _joined(
    resource: Resource, values: dict[str, Any], joins: set[str], related: RelatedRecords
) -> Mapping[str, Any]:
    for name, other in resource.related.items():
        record = related.get(other.stream, values.get(other.link)) if name in joins else None
        if record is not None:
            values[name] = record
    people = related.people(values["id"]) if resource.people else []
    if people and "contacts" in joins:
        values["contacts"] = people
    email = next((person["email"] for person in people if "email" in person), None)
    if email and "email" in joins:
        values["email"] = email
    return values


def _satisfies(record: Record, rule: Mapping[str, Any]) -> bool:
    """Whether all of the rule's values are there and equal; nothing satisfies an empty or blank rule."""
    return bool(rule) and all(
        value is not None and record.values.get(name) == value for name, value in rule.items()
    )
