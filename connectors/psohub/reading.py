"""Read PSOhub's streams as clean records (connectors/psohub/API.md, 3.3 and 8.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client, Rows
from connectors.psohub.joining import FEW, ID_FILTER, Shelf, cut_off, unreadable
from engine.sdk import Address, Notice, NotTyped, Record, UnavailableError

JOINS = {
    "customer": ("companies", "customer_id"),
    "contact": ("contacts", "contact_id"),
    "project": ("projects", "project_id"),
}
QUEUE = {"noexternalid": "true"}
WORTH_A_LOOK = ("approved", "sent", "paid")  # drafts must not clog the queue


class Reader:
    """Reads for one opened system."""

    def __init__(self, client: Client, cleaner: Cleaner, system: str) -> None:
        self._client, self._cleaner, self._system = client, cleaner, system

    def read(
        self, stream: str, keys: Sequence[str] | None, paths: frozenset[str]
    ) -> Iterator[Record | Notice]:
        """Records of a stream, each once, joined with what `paths` asks for, and notices."""
        wanted = None if keys is None else set(keys)
        if wanted is not None and not wanted:
            return
        shelf = Shelf(self._client, self._cleaner)
        joins = {path.partition(".")[0] for path in paths}
        seen: set[str] = set()
        for answer in self._answers(stream, wanted):
            if isinstance(answer, Notice):
                yield answer
                continue
            fresh: list[dict[str, Any]] = []
            for row in answer.rows:
                key = self._cleaner.key(stream, row)
                if (key and key in seen) or (wanted is not None and key not in wanted):
                    continue
                seen.add(key)
                try:
                    fresh.append(self._values(stream, row, pdf="pdf" in joins))
                except NotTyped as error:
                    yield unreadable(stream, key, error)
            self._load(stream, fresh, joins, shelf)
            yield from shelf.notices
            shelf.notices.clear()
            for values in fresh:
                yield self._record(stream, self._joined(stream, values, joins, shelf))

    def _values(self, stream: str, row: Any, *, pdf: bool = False) -> dict[str, Any]:
        values = self._cleaner.values(stream, row, pdf=pdf)
        if "id" not in values:
            raise NotTyped("id", "it has none")
        return values

    def _record(self, stream: str, values: Mapping[str, Any]) -> Record:
        return Record(Address(self._system, stream, values["id"]), values)

    # -- which calls ---------------------------------------------------------------------------------------

    def _answers(self, stream: str, wanted: set[str] | None) -> Iterator[Rows | Notice]:
        if stream == "invoices":
            yield from self._invoices()
            return
        found: set[str] = set()
        if wanted is None or stream not in ID_FILTER or len(wanted) > FEW:
            answer = self._client.rows(stream)
            yield answer
            found = {self._cleaner.key(stream, row) for row in answer.rows}
            if not answer.full:
                return
            if wanted is None or stream not in ID_FILTER:
                yield cut_off(stream, len(answer.rows))
                return
        for key in sorted((wanted or set()) - found):
            yield self._client.rows(stream, {ID_FILTER[stream]: key})

    def _invoices(self) -> Iterator[Rows | Notice]:
        """The work queue first, then the list; a queue that is full, status by status as well."""
        queue = self._client.rows("invoices", QUEUE)
        yield queue
        if queue.full:
            yield Notice(
                "queue_full",
                "invoices",
                f"PSOhub shows {len(queue.rows)} invoices without an external id, as many as it gives at "
                "once: what is behind them comes when these have got theirs.",
            )
            for status in WORTH_A_LOOK:
                yield self._client.rows("invoices", {**QUEUE, "invoicestatus": status})
        listed = self._client.rows("invoices")
        yield listed
        if listed.full:
            yield cut_off("invoices", len(listed.rows))

    # -- joining -------------------------------------------------------------------------------------------

    def _load(self, stream: str, rows: Sequence[Mapping[str, Any]], joins: set[str], shelf: Shelf) -> None:
        if stream == "invoices":
            for name, (other, link) in JOINS.items():
                if name in joins:
                    shelf.load(other, (row.get(link) for row in rows))
        elif stream == "companies" and joins & {"contacts", "email"}:
            shelf.load_people([row["id"] for row in rows])

    def _joined(
        self, stream: str, values: dict[str, Any], joins: set[str], shelf: Shelf
    ) -> Mapping[str, Any]:
        if stream == "invoices":
            for name, (other, link) in JOINS.items():
                related = shelf.get(other, values.get(link)) if name in joins else None
                if related is not None:
                    values[name] = related
        elif stream == "companies":
            people = shelf.people(values["id"])
            if people and "contacts" in joins:
                values["contacts"] = people
            email = next((one["email"] for one in people if "email" in one), None)
            if email and "email" in joins:
                values["email"] = email
        return values

    # -- finding -------------------------------------------------------------------------------------------

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> list[list[Record]]:
        """The records that satisfy each rule: by number where few are asked for, else out of the list."""
        numbers = [rule.get("number") for rule in rules]
        if stream == "invoices" and len(rules) <= FEW and all(isinstance(one, str) for one in numbers):
            answers = [
                self._client.rows("invoices", {"invoicenumber": str(one)}) for one in dict.fromkeys(numbers)
            ]
            rows = [row for answer in answers for row in answer.rows]
            records = [self._record(stream, self._sure(stream, row)) for row in rows]
        else:
            records = [one for one in self.read(stream, None, frozenset()) if isinstance(one, Record)]
        return [[one for one in _once(records) if _fits(one, rule)] for rule in rules]

    def _sure(self, stream: str, row: Any) -> dict[str, Any]:
        """A row's values. Raises UnavailableError where leaving it out would be a guess."""
        try:
            return self._values(stream, row)
        except NotTyped as error:
            name = self._cleaner.key(stream, row)
            raise UnavailableError(f"PSOhub's {stream}/{name} cannot be read: {error}") from None


def _once(records: Sequence[Record]) -> list[Record]:
    return list({one.address.key: one for one in records}.values())


def _fits(record: Record, rule: Mapping[str, Any]) -> bool:
    """Whether all of the rule's values are there and equal; a blank rule fits nothing."""
    return bool(rule) and all(
        value is not None and record.values.get(name) == value for name, value in rule.items()
    )
