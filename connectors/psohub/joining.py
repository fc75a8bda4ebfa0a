"""Related records for a reading: each is loaded at most once, and many of them with one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client
from engine.sdk import Notice, NotTyped

FEW = 10  # up to so many are asked for one by one
# projects have none (connectors/psohub/API.md, 3)
ID_FILTER = {"companies": "companyid", "contacts": "contactid"}
Values = Mapping[str, Any]


class Shelf:
    """What one reading has loaded of companies, contacts and projects, by id."""

    def __init__(self, client: Client, cleaner: Cleaner) -> None:
        self._client, self._cleaner = client, cleaner
        self._known: dict[str, dict[str, Values | None]] = {stream: {} for stream in (*ID_FILTER, "projects")}
        self._whole: set[str] = set()  # streams whose list was read and not cut off
        self._listed: set[str] = set()
        self._people: dict[str, list[Values]] = {}
        self.notices: list[Notice] = []

    def get(self, stream: str, key: Any) -> Values | None:
        """A record that `load` was asked for; None where PSOhub has none."""
        return self._known[stream].get(key) if isinstance(key, str) else None

    def load(self, stream: str, keys: Iterable[Any]) -> None:
        """Have these records at hand: few by single calls, many by one list and single calls for the rest."""
        known = self._known[stream]
        missing = [key for key in dict.fromkeys(keys) if isinstance(key, str) and key not in known]
        if not missing:
            return
        if (len(missing) > FEW or stream not in ID_FILTER) and stream not in self._listed:
            self._list(stream)
            missing = [key for key in missing if key not in known]
        for key in missing:
            if stream in ID_FILTER and stream not in self._whole:
                self._take(stream, self._client.rows(stream, {ID_FILTER[stream]: key}).rows)
            known.setdefault(key, None)

    def _list(self, stream: str) -> None:
        answer = self._client.rows(stream)
        self._listed.add(stream)
        if not answer.full:
            self._whole.add(stream)
        elif stream not in ID_FILTER:
            self.notices.append(cut_off(stream, len(answer.rows)))
        self._take(stream, answer.rows)

    def _take(self, stream: str, rows: Sequence[Any]) -> None:
        for row in rows:
            try:
                values = self._cleaner.values(stream, row)
            except NotTyped as error:
                self.notices.append(unreadable(stream, self._cleaner.key(stream, row), error))
                continue
            if "id" in values:
                self._known[stream].setdefault(values["id"], values)

    def load_people(self, companies: Sequence[str]) -> None:
        """Have the contacts of these companies at hand."""
        missing = [key for key in dict.fromkeys(companies) if key not in self._people]
        if not missing:
            return
        if len(missing) > FEW and "contacts" not in self._listed:
            self._list("contacts")
        whole = "contacts" in self._whole
        if whole:
            for person in self._known["contacts"].values():
                if person is not None and "company_id" in person:
                    self._people.setdefault(person["company_id"], []).append(person)
        for key in missing:
            if whole:
                self._people.setdefault(key, [])
            else:
                self._people[key] = list(self._of_company(key))

    def _of_company(self, company: str) -> Iterator[Values]:
        answer = self._client.rows("contacts", {"companyid": company})
        if answer.full:
            self.notices.append(cut_off(f"contacts of company {company}", len(answer.rows)))
        for row in answer.rows:
            try:
                person = self._cleaner.values("contacts", row)
            except NotTyped as error:
                self.notices.append(unreadable("contacts", self._cleaner.key("contacts", row), error))
                continue
            if person.get("company_id", company) == company:
                yield person

    def people(self, company: str) -> list[Values]:
        return self._people.get(company, [])


def cut_off(what: str, rows: int) -> Notice:
    return Notice(
        "cut_off",
        what.partition(" ")[0],
        f"PSOhub answered {rows} {what}, which may not be all of them: it has no further pages, so one that "
        "is not among them may exist all the same. A higher `limit` may show more.",
    )


def unreadable(stream: str, key: str, error: NotTyped) -> Notice:
    return Notice("unreadable", stream, f"PSOhub's {stream}/{key or '?'} was left out: {error}")
