"""Search Xero for existing records, with as few calls as possible (connectors/xero/API.md, 5).

A few rules become filters of some 25 equalities; for many, the complete list is read if that takes fewer
calls. Filters only narrow down: what they return is compared again here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from connectors.xero import wire
from connectors.xero.client import Row, TooManyError
from connectors.xero.reading import FEW_CALLS, Reader
from connectors.xero.resource import QUERY, Call, Resource, filters, is_id
from connectors.xero.rules.taken import TakenValues
from engine.sdk import Record, Stream, UnavailableError, typed_value, with_plain_marks

Rule = Mapping[str, Any]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # everything changed since then; a narrow question all the same


def find(
    reader: Reader, resource: Resource, rules: Sequence[Rule], taken: TakenValues | None = None
) -> list[list[Record]]:
    """For each rule the existing records that satisfy it, or into which one that does was merged. `taken`
    learns what was found.

    Raises UnavailableError for a row that cannot be read: it must not be taken for absent before a create.
    """
    wanted = [_typed_rule(rule, resource.stream) for rule in rules]
    matches: list[dict[str, Record]] = [{} for _ in rules]
    # Key of the record that it was merged into -> rules, each with what was found.
    merged: dict[str, dict[int, Record]] = {}
    index = _Index(wanted, resource)
    for record in _candidates(reader, resource, wanted):
        if taken is not None and resource.is_ours(record.values):
            taken.note(resource, record.values)
        positions = set(index.satisfied_by(record.values)) if resource.is_ours(record.values) else set()
        if resource.exists(record.values):
            for position in positions:
                matches[position][record.address.key] = record
        elif positions and (heir := record.values.get(resource.stream.successor)):
            for position in sorted(positions):
                merged.setdefault(str(heir), {}).setdefault(position, record)
    for key, heir in heirs(reader, resource, merged).items():
        for position, through in merged[key].items():
            matches[position].setdefault(heir.address.key, replace(heir, through=through))
    if taken is not None:
        taken.note_search(resource, wanted)
    _complete(reader, resource, matches)
    return [list(records.values()) for records in matches]


def _complete(reader: Reader, resource: Resource, matches: Sequence[dict[str, Record]]) -> None:
    """Read the documents of which only the searchable values are known."""
    listing = reader.listing(resource)
    short = {key for found in matches for key, record in found.items() if listing.is_short(record)}
    records = {record.address.key: record for record in reader.records(resource, sorted(short))}
    for found in matches:
        for key in short & found.keys():
            if key in records:
                found[key] = records[key]
            else:
                del found[key]  # gone since


def heirs(reader: Reader, resource: Resource, keys: Iterable[str]) -> dict[str, Record]:
    """For keys of records that others were merged into the record at the end of the chain, if it exists."""
    found: dict[str, Record] = {}
    chains = {key: [key] for key in keys}
    while chains:
        ends = [chain[-1] for chain in chains.values()]
        records = {record.address.key.lower(): record for record in reader.records(resource, ends)}
        longer: dict[str, list[str]] = {}
        for key, chain in chains.items():
            record = records.get(chain[-1].lower())
            following = str(record.values.get(resource.stream.successor) or "") if record is not None else ""
            if record is not None and resource.exists(record.values):
                found[key] = record
            elif following and following not in chain:  # a circle leads nowhere
                longer[key] = [*chain, following]
        chains = longer
    return found


# -- comparing ---------------------------------------------------------------------------------------------


class _Index:
    """Finds the rules that a record satisfies without trying each of them."""

    def __init__(self, rules: Sequence[Rule], resource: Resource) -> None:
        self._resource = resource
        self._table: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}
        for position, rule in enumerate(rules):
            names = tuple(sorted(rule))
            wanted = tuple(resource.compared(name, rule[name]) for name in names)
            if "" in wanted:
                continue  # it identifies nothing
            self._table.setdefault(names, {}).setdefault(wanted, []).append(position)

    def satisfied_by(self, values: Mapping[str, Any]) -> Iterator[int]:
        for names, positions in self._table.items():
            if names:
                has = tuple(self._resource.compared(name, wire.member(values, name)) for name in names)
                yield from positions.get(has, ())


def _typed_rule(rule: Rule, stream: Stream) -> Rule:
    """The rule with typed values; empty, so that nothing satisfies it, if one of them is blank."""
    typed = {name: _typed(value, stream, name) for name, value in rule.items()}
    return {} if None in typed.values() else typed


def _typed(value: Any, stream: Stream, name: str) -> Any:
    field = stream.field(name)
    if field is None:
        raise ValueError(f"xero.{stream.name} has no field {name}")
    return typed_value(value, field.type, name)


# -- asking ------------------------------------------------------------------------------------------------


def _candidates(reader: Reader, resource: Resource, rules: Sequence[Rule]) -> Iterator[Record]:
    values, unanswerable = _values_by_field(resource, [rule for rule in rules if rule])
    complete = reader.complete(resource) if unanswerable and resource.document is None else None
    if complete is not None:
        yield from complete
        return
    calls = [call for name, some in values.items() for call in _calls(resource, name, some)]
    if unanswerable or len(calls) > FEW_CALLS:
        listing = reader.listing(resource) if resource.document is not None else None
        if listing is not None and listing.is_fresh():
            yield from list(listing.known.values())
            return
        since = listing.latest if listing is not None else None
        first = reader.first_page(resource, since)
        left = first.left() if first is not None else None
        if first is not None and (unanswerable or (left is not None and left <= len(calls))):
            rows = reader.client.rows(resource.path, resource.query(), resource.stream.key, since, first)
            records = (reader.record(row, resource) for row in rows)
            yield from records if listing is None else listing.update(first, records)
            return
    for raw in _rows(reader, resource, calls, unanswerable):
        yield reader.record(raw, resource)


def _rows(
    reader: Reader, resource: Resource, calls: Sequence[Call], unanswerable: Sequence[Rule]
) -> Iterator[Row]:
    for rule in unanswerable:
        yield from _last_resort(reader, resource, rule)
    for call in calls:
        yield from reader.rows(resource, call)


def _last_resort(reader: Reader, resource: Resource, rule: Rule) -> Iterator[Row]:
    """Candidates for a rule that no filter can express, if Xero does not list all there are.

    Raises UnavailableError if it cannot be searched for: it must not be taken for absent.
    """
    term = next((rule[name] for name in resource.in_terms if isinstance(rule.get(name), str)), None)
    try:
        if term is not None:
            yield from reader.rows(resource, Call(resource.path, resource.query(searchTerm=term.strip())))
        else:
            yield from reader.rows(resource, Call(resource.path, resource.query()), LONG_AGO)
    except TooManyError:
        raise UnavailableError(
            f"Xero does not list all {resource.stream.name} of this organisation, as there are too many, and "
            f"cannot search them by {' and '.join(rule)}; match by a field that it can search by: "
            f"{', '.join(resource.searchable)}"
        ) from None


def _values_by_field(resource: Resource, rules: Sequence[Rule]) -> tuple[dict[str, list[Any]], list[Rule]]:
    """The values to search for by field, and the rules that need the complete list."""
    groups: dict[str, dict[Any, None]] = {}
    unanswerable: list[Rule] = []
    for rule in rules:
        fields = (name for name in resource.searchable if name in rule)
        name = next((name for name in fields if can_search_for(resource, name, rule[name])), None)
        if name is None:
            unanswerable.append(rule)
        else:
            groups.setdefault(name, {})[rule[name]] = None
    return {name: list(values) for name, values in groups.items()}, unanswerable


def can_search_for(resource: Resource, name: str, value: Any) -> bool:
    """Whether a call can search for it: a filter cannot contain a quote (connectors/xero/API.md, 5)."""
    if isinstance(value, date):
        return name == "Date"
    if not isinstance(value, str) or not value.strip() or len(quote(value)) > QUERY // 2:
        return False
    if is_id(name):
        return wire.is_guid(value)
    if name in resource.in_path:  # a GUID would be taken for the record's own id
        return not wire.is_guid(value) and value == value.strip() and not set(value) & set('/\\?#%<>*&:"+.')
    return not set(value) & set('"\\') and value.isprintable()


def _calls(resource: Resource, name: str, values: Sequence[Any]) -> Iterator[Call]:
    """The calls that return every record with one of the values."""
    if name in resource.in_path:
        yield from (resource.single(value) for value in values)
    elif is_id(name):
        yield from resource.by_ids(name, values)
    else:
        spelled = dict.fromkeys(form for value in values for form in _spellings(value))
        for terms in filters([equality(name, form) for form in spelled]):
            yield Call(resource.path, resource.query(terms))


def _spellings(value: Any) -> tuple[Any, ...]:
    """A filter finds what is written in exactly this way: as it is, and as a keyboard writes it."""
    return (value, with_plain_marks(value)) if isinstance(value, str) else (value,)


def equality(name: str, value: Any) -> str:
    if isinstance(value, date):
        moment = f"DateTime({value.year},{value.month:02},{value.day:02})"
        return f"({name}>={moment} AND {name}<={moment})"
    return f'{name}=="{value.strip()}"'
