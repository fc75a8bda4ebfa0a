"""Records that others need: each is read once while the system is open, and many of them with one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.psohub.cleaning import Cleaned, Cleaner
from connectors.psohub.client import Client
from connectors.psohub.streams import CONTACTS, RESOURCES
from engine.sdk import Notice, RequestRefusedError, UnavailableError, UnreadableError

PEOPLE = CONTACTS.stream.name
PROOFS = 3  # records that a list lacks, and that are not there: then it lacks only such
MOST_FAILURES = 3  # calls in a row that fail: then the system is down, and not one record at fault
Values = Mapping[str, Any]


class RelatedRecords:
    """Companies, contacts and projects that were read, by stream and id."""

    def __init__(self, client: Client, cleaner: Cleaner) -> None:
        self._client, self._cleaner = client, cleaner
        self._known: dict[str, dict[str, Cleaned | None]] = {stream: {} for stream in RESOURCES}
        self._complete: set[str] = set()  # streams whose list was read without being cut off
        self._absent: dict[str, int] = dict.fromkeys(RESOURCES, 0)
        self._listed: set[str] = set()
        self._singles: dict[str, int] = dict.fromkeys(RESOURCES, 0)
        self._people: dict[str, list[Values]] = {}
        self._people_failed: dict[str, str] = {}
        self._failed: dict[tuple[str, str], str] = {}
        self._failures = 0
        self.notices: list[Notice] = []

    def get(self, stream: str, key: Any) -> Cleaned | None:
        """A record that was loaded; None if PSOhub has none."""
        return self._known[stream].get(key) if isinstance(key, str) else None

    def failure(self, stream: str, key: Any) -> str:
        """Why a record could not be loaded; empty if it could, or if there is none."""
        return self._failed.get((stream, key), "") if isinstance(key, str) else ""

    def people(self, company: str) -> list[Values]:
        return self._people.get(company, [])

    def people_failure(self, company: str) -> str:
        return self._people_failed.get(company, "")

    def all(self, stream: str) -> list[Values]:
        """Every record that the list of a stream shows."""
        self._list(stream)
        return [cleaned.values for cleaned in self._known[stream].values() if cleaned is not None]

    def load(self, stream: str, keys: Iterable[Any]) -> None:
        """Load these records: a few by single calls, many by one list and single calls for the rest."""
        known, id_filter = self._known[stream], RESOURCES[stream].id_filter
        missing = [key for key in dict.fromkeys(keys) if isinstance(key, str) and key not in known]
        missing = [key for key in missing if not self.failure(stream, key)]
        if missing and (not id_filter or self._many(stream, len(missing))):
            self._list(stream)
            missing = [key for key in missing if key not in known]
        for key in missing:
            if id_filter and self._absent[stream] < PROOFS:
                self._single(stream, id_filter, key)
                self._learn(stream, key)
            else:
                known.setdefault(key, None)

    def _learn(self, stream: str, key: str) -> None:
        """Whether a list that seemed complete lacks only what does not exist: a low cap does not show."""
        if stream not in self._complete or self.failure(stream, key):
            return
        if self._known[stream].get(key) is None:
            self._absent[stream] += 1
        else:
            self._complete.discard(stream)

    def _many(self, stream: str, count: int) -> bool:
        """Whether the list costs fewer calls than single ones, those that were made before counted too."""
        if stream in self._listed:
            return False
        self._singles[stream] += count
        return self._singles[stream] > self._client.settings.single_reads

    def _single(self, stream: str, id_filter: str, key: str) -> None:
        try:
            rows = self._client.rows(stream, {id_filter: key}).rows
        except (RequestRefusedError, UnavailableError) as error:
            self._failed[stream, key] = self._one_failure(error)
            return
        self._failures = 0
        self._add(stream, rows)
        self._known[stream].setdefault(key, None)

    def _one_failure(self, error: RequestRefusedError | UnavailableError) -> str:
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise error
        return str(error)

    def _list(self, stream: str) -> None:
        if stream in self._listed:
            return
        self._listed.add(stream)
        try:
            answer = self._client.every(stream)
        except UnreadableError as error:
            if not RESOURCES[stream].id_filter:
                raise
            # One by one, only what is in an unreadable answer waits.
            self.notices.append(Notice("unreadable", stream, f"{error}; {stream} are read one by one"))
            return
        if not answer.full:
            self._complete.add(stream)
        elif not RESOURCES[stream].id_filter:
            self.notices.append(cut_off(stream, len(answer.rows)))
        self._add(stream, answer.rows)

    def _add(self, stream: str, rows: Sequence[Any]) -> None:
        for row in rows:
            cleaned = self._cleaner.clean(stream, row)
            if "id" in cleaned.values:
                self._known[stream].setdefault(cleaned.values["id"], cleaned)

    def load_people(self, companies: Sequence[str]) -> None:
        """Load the contacts of these companies."""
        missing = [key for key in dict.fromkeys(companies) if key not in self._people]
        missing = [key for key in missing if key not in self._people_failed]
        if missing and self._many(PEOPLE, len(missing)):
            self._list(PEOPLE)
            if PEOPLE in self._complete:
                self._group_people()
        for key in missing:
            if PEOPLE in self._complete:
                self._people.setdefault(key, [])
            elif key not in self._people:
                self._load_people_of(key)

    def _group_people(self) -> None:
        self._people.clear()
        for person in self._known[PEOPLE].values():
            if person is not None and "company_id" in person.values:
                self._people.setdefault(person.values["company_id"], []).append(person.values)

    def _load_people_of(self, company: str) -> None:
        try:
            answer = self._client.rows(PEOPLE, {CONTACTS.filters["company_id"]: company})
        except (RequestRefusedError, UnavailableError) as error:
            self._people_failed[company] = self._one_failure(error)
            return
        self._failures = 0
        if answer.full:
            self.notices.append(cut_off(f"contacts of company {company}", len(answer.rows)))
        people = [self._cleaner.clean(PEOPLE, row).values for row in answer.rows]
        self._people[company] = [one for one in people if one and one.get("company_id", company) == company]


def cut_off(what: str, rows: int) -> Notice:
    return Notice(
        "cut_off",
        what.partition(" ")[0],
        f"PSOhub returned {rows} {what}, and there may be more: it has no paging, so a record that is "
        "missing here may still exist. A higher `limit` may return more.",
    )
