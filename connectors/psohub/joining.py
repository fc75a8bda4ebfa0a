"""Related records for a reading: each is loaded at most once, and many of them with one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client
from connectors.psohub.streams import CONTACTS, RESOURCES
from engine.sdk import Notice, NotTyped

FEW = 10  # up to this many records are requested one by one
PEOPLE = CONTACTS.stream.name
Values = Mapping[str, Any]


class RelatedRecords:
    """The related records that one reading has loaded, by stream and id."""

    def __init__(self, client: Client, cleaner: Cleaner) -> None:
        self._client, self._cleaner = client, cleaner
        self._known: dict[str, dict[str, Values | None]] = {stream: {} for stream in RESOURCES}
        self._complete: set[str] = set()  # streams whose list was read without being cut off
        self._listed: set[str] = set()
        self._people: dict[str, list[Values]] = {}
        self.notices: list[Notice] = []

    def get(self, stream: str, key: Any) -> Values | None:
        """A record that was loaded; None if PSOhub has none."""
        return self._known[stream].get(key) if isinstance(key, str) else None

    def load(self, stream: str, keys: Iterable[Any]) -> None:
        """Load these records: a few by single calls, many by one list and single calls for the rest."""
        known, id_filter = self._known[stream], RESOURCES[stream].id_filter
        missing = [key for key in dict.fromkeys(keys) if isinstance(key, str) and key not in known]
        if not missing:
            return
        if (len(missing) > FEW or not id_filter) and stream not in self._listed:
            self._list(stream)
            missing = [key for key in missing if key not in known]
        for key in missing:
            if id_filter and stream not in self._complete:
                self._add(stream, self._client.rows(stream, {id_filter: key}).rows)
            known.setdefault(key, None)

    def _list(self, stream: str) -> None:
        answer = self._client.rows(stream)
        self._listed.add(stream)
        if not answer.full:
            self._complete.add(stream)
        elif not RESOURCES[stream].id_filter:
            self.notices.append(cut_off(stream, len(answer.rows)))
        self._add(stream, answer.rows)

    def _add(self, stream: str, rows: Sequence[Any]) -> None:
        for values in self._readable(stream, rows):
            if "id" in values:
                self._known[stream].setdefault(values["id"], values)

    def _readable(self, stream: str, rows: Sequence[Any]) -> Iterator[Values]:
        for row in rows:
            try:
                yield self._cleaner.values(stream, row)
            except NotTyped as error:
                self.notices.append(unreadable(stream, self._cleaner.key(stream, row), error))

    def load_people(self, companies: Sequence[str]) -> None:
        """Load the contacts of these companies."""
        missing = [key for key in dict.fromkeys(companies) if key not in self._people]
        if not missing:
            return
        if len(missing) > FEW and PEOPLE not in self._listed:
            self._list(PEOPLE)
        complete = PEOPLE in self._complete
        if complete:
            for person in self._known[PEOPLE].values():
                if person is not None and "company_id" in person:
                    self._people.setdefault(person["company_id"], []).append(person)
        for key in missing:
            if complete:
                self._people.setdefault(key, [])
            else:
                self._people[key] = list(self._of_company(key))

    def _of_company(self, company: str) -> Iterator[Values]:
        answer = self._client.rows(PEOPLE, {CONTACTS.filters["company_id"]: company})
        if answer.full:
            self.notices.append(cut_off(f"contacts of company {company}", len(answer.rows)))
        for person in self._readable(PEOPLE, answer.rows):
            if person.get("company_id", company) == company:
                yield person

    def people(self, company: str) -> list[Values]:
        return self._people.get(company, [])


def cut_off(what: str, rows: int) -> Notice:
    return Notice(
        "cut_off",
        what.partition(" ")[0],
        f"PSOhub returned {rows} {what}, and there may be more: it has no paging, so a record that is "
        "missing here may still exist. A higher `limit` may return more.",
    )


def unreadable(stream: str, key: str, error: NotTyped) -> Notice:
    return Notice("unreadable", stream, f"PSOhub's {stream}/{key or '?'} was left out: {error}")
