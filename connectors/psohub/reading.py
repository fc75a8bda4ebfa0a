"""Read PSOhub's streams as clean records (connectors/psohub/API.md, 3.3 and 8.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from connectors.psohub.cleaning import Cleaned, Cleaner
from connectors.psohub.client import Client, Rows
from connectors.psohub.invoicing import Invoices
from connectors.psohub.joining import RelatedRecords, cut_off
from connectors.psohub.queue import WorkQueue
from connectors.psohub.resource import Resource
from engine.sdk import Address, Entry, Notice, Record, UnavailableError, Unusable, dumps

FEW_RULES = 10  # of a search: more are answered from the list
ALWAYS = frozenset({"id", "external_id"})  # fields that are used whatever a mapping reads


class Reader:
    """Reads for one opened system."""

    def __init__(self, client: Client, cleaner: Cleaner, system: str) -> None:
        self._client, self._cleaner, self._system = client, cleaner, system
        self._related = RelatedRecords(client, cleaner)
        self._invoices = Invoices(client.settings, self._related, cleaner)
        self._queue = WorkQueue(client, cleaner)

    def read(self, resource: Resource, keys: Sequence[str] | None, paths: frozenset[str]) -> Iterator[Entry]:
        """Records of a stream, each once, with the joins that `paths` needs, and notices."""
        if keys is not None and not keys:
            return
        stream = resource.stream.name
        if resource.stream.work_queue:
            yield from self._read_invoices(resource, None if keys is None else {*keys}, paths)
        elif keys is not None:
            wanted = sorted({*keys})
            self._related.load(stream, wanted)
            known = {key: self._related.get(stream, key) for key in wanted}
            for key in wanted:
                if reason := self._related.failure(stream, key):
                    yield Unusable(Address(self._system, stream, key), reason)
            rows = [(key, cleaned) for key, cleaned in known.items() if cleaned is not None]
            yield from self._entries(resource, rows, paths)
        else:
            answer = self._client.every(stream)
            yield from self._entries(resource, list(self._fresh(resource, answer, set())), paths)
            if answer.full:
                yield cut_off(stream, len(answer.rows))

    def _read_invoices(
        self, resource: Resource, wanted: set[str] | None, paths: frozenset[str]
    ) -> Iterator[Entry]:
        seen: set[str] = set()
        partial = False
        for answer in self._queue.read(resource):
            if isinstance(answer, Notice):
                partial = True
                yield answer
                continue
            fresh = [
                (key, cleaned)
                for key, cleaned in self._fresh(resource, answer, seen, pdf=_joins(paths, "pdf"))
                if wanted is None or key in wanted
            ]
            yield from self._entries(resource, fresh, paths)
        if wanted is None:
            self._invoices.units.check(cut_off=partial)

    def _fresh(
        self, resource: Resource, answer: Rows, seen: set[str], *, pdf: bool = False
    ) -> Iterator[tuple[str, Cleaned]]:
        """Rows that were not there before, each with its key, or with one made for it."""
        stream = resource.stream
        for row in answer.rows:
            cleaned = self._cleaner.clean(stream.name, row, pdf=pdf)
            key = str(cleaned.values.get("id") or "")
            if not key:
                cleaned.problems.setdefault("id", f"it has no {self._cleaner.spelled(stream.name, 'id')}")
                key = str(cleaned.values.get(stream.title) or "") or _digest(row)
            if key not in seen:
                seen.add(key)
                yield key, cleaned

    def _entries(
        self, resource: Resource, rows: Sequence[tuple[str, Cleaned]], paths: frozenset[str]
    ) -> Iterator[Entry]:
        """Records, or what stands for rows that cannot be used."""
        stream = resource.stream
        usable: list[tuple[Address, Cleaned]] = []
        if stream.work_queue:
            self._invoices.prepare([cleaned.values for _, cleaned in rows], paths)
        for key, cleaned in rows:
            address = Address(self._system, stream.name, key)
            other = self._invoices.judge(address, cleaned, paths) if stream.work_queue else None
            problems = {path: why for path, why in cleaned.problems.items() if _needed(path, paths)}
            if other is not None:
                yield other
            elif problems:
                yield _unusable(resource, address, cleaned.values, problems)
            else:
                usable.append((address, cleaned))
        self._load(resource, [(address.key, cleaned.values) for address, cleaned in usable], paths)
        yield from self._related.notices
        self._related.notices.clear()
        for address, cleaned in usable:
            yield self._joined(resource, address, dict(cleaned.values), paths)

    def _load(
        self, resource: Resource, rows: Sequence[tuple[str, Mapping[str, Any]]], paths: frozenset[str]
    ) -> None:
        for name, other in resource.related.items():
            if _joins(paths, name):
                self._related.load(other.stream, (values.get(other.link) for _, values in rows))
        if any(_joins(paths, name) for name in resource.people):
            self._related.load_people([key for key, _ in rows])

    def _joined(
        self, resource: Resource, address: Address, values: dict[str, Any], paths: frozenset[str]
    ) -> Record | Unusable:
        problems: dict[str, str] = {}
        for name, other in resource.related.items():
            key = values.get(other.link)
            if not _joins(paths, name) or key is None:
                continue
            if reason := self._related.failure(other.stream, key):
                problems[name] = f"its {name} {key} cannot be read: {reason}"
            elif (record := self._related.get(other.stream, key)) is not None:
                values[name] = record.values
                for path, why in record.problems.items():
                    if _needed(f"{name}.{path}", paths):
                        problems[f"{name}.{path}"] = f"its {name} {key} cannot be read: {path}: {why}"
        problems |= self._join_people(resource, address.key, values, paths)
        remarks = self._invoices.remarks(values, paths) if resource.stream.work_queue else ()
        if problems:
            return _unusable(resource, address, values, problems)
        return Record(address, values, remarks=remarks)

    def _join_people(
        self, resource: Resource, key: str, values: dict[str, Any], paths: frozenset[str]
    ) -> dict[str, str]:
        """Join the people of a company; what prevents it, by the fields that are missing then."""
        wanted = [name for name in resource.people if _joins(paths, name)]
        if wanted and (reason := self._related.people_failure(key)):
            return dict.fromkeys(wanted, f"its contacts cannot be read: {reason}")
        people = self._related.people(key) if wanted else []
        if people and "contacts" in wanted:
            values["contacts"] = people
        email = next((person["email"] for person in people if "email" in person), None)
        if email and "email" in wanted:
            values["email"] = email
        return {}

    # -- finding -------------------------------------------------------------------------------------------

    def find(self, resource: Resource, rules: Sequence[Mapping[str, Any]]) -> list[list[Record]]:
        """The records that satisfy each rule: by a filter if there are few rules, else from the list."""
        stream = resource.stream.name
        name = next(
            (name for name in resource.filters if all(isinstance(r.get(name), str) for r in rules)), ""
        )
        if name and len(rules) <= FEW_RULES:
            values = dict.fromkeys(str(rule[name]) for rule in rules)
            answers = [self._client.rows(stream, {resource.filters[name]: value}) for value in values]
        elif resource.stream.work_queue:
            answers = [answer for answer in self._queue.read(resource) if isinstance(answer, Rows)]
        else:
            answers = [self._client.every(stream)]
        names = {name for rule in rules for name in rule}
        records = [self._found(resource, row, names) for answer in answers for row in answer.rows]
        unique = {record.address.key: record for record in records}.values()
        return [[record for record in unique if _satisfies(record, rule)] for rule in rules]

    def _found(self, resource: Resource, row: Any, names: set[str]) -> Record:
        """A row as a record. Raises UnavailableError if a field that is searched by cannot be read."""
        stream, cleaned = resource.stream.name, self._cleaner.clean(resource.stream.name, row)
        key = str(cleaned.values.get("id") or "")
        for path, reason in cleaned.problems.items():
            if not path or path in names:
                raise UnavailableError(f"PSOhub's {stream}/{key} cannot be read: {path}: {reason}")
        return Record(Address(self._system, stream, key or _digest(row)), cleaned.values)


def _joins(paths: frozenset[str], name: str) -> bool:
    return any(path.partition(".")[0] == name for path in paths)


def _needed(problem: str, paths: frozenset[str]) -> bool:
    """Whether a field that cannot be read is one that is used."""
    if not problem or problem in ALWAYS:
        return True
    # `lines` or `project` alone asks for the list or the record, not for every field in it.
    return any(path == problem or path.startswith(f"{problem}.") for path in paths)


def _unusable(
    resource: Resource, address: Address, values: Mapping[str, Any], problems: Mapping[str, str]
) -> Unusable:
    stream = resource.stream
    reason = "; ".join(f"{path}: {why}" if path else why for path, why in problems.items())
    unknown = frozenset(stream.fields) if "" in problems else frozenset(problems)
    title = str(values.get(stream.title) or "")
    return Unusable(address, reason, title, values=values, unknown=unknown)


def _digest(row: Any) -> str:
    """A name for a row without an id or a number: the same each time it is read."""
    return f"no-id-{sha256(dumps(row).encode()).hexdigest()[:10]}"


def _satisfies(record: Record, rule: Mapping[str, Any]) -> bool:
    """Whether all of the rule's values are there and equal; nothing satisfies an empty or blank rule."""
    return bool(rule) and all(
        value is not None and record.values.get(name) == value for name, value in rule.items()
    )
