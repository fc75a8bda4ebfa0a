"""Look for what already stands in Xero, with as few calls as can be (connectors/xero/API.md, 5.5).

Few rules are asked for in filters of some 25 equalities; for many the whole list is read if that is cheaper.
The filter only narrows: what it brings is compared again here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from connectors.xero import wire
from connectors.xero.client import Row
from connectors.xero.endpoints import DOCUMENTS, ENDPOINTS, IN_PATH, QUERY, Call, filters, is_id
from connectors.xero.reading import FEW_CALLS, Reader
from connectors.xero.streams import BY_NAME
from engine.sdk import Record, Stream, Type, typed_value

Rule = Mapping[str, Any]


def find(reader: Reader, stream: str, rules: Sequence[Rule]) -> list[list[Record]]:
    """For each rule the standing records that satisfy it.

    Raises UnavailableError for an unreadable row: whoever looks before creating must not take it for absent.
    """
    schema = BY_NAME[stream]
    wanted = [_typed_rule(rule, schema) for rule in rules]
    found: list[dict[str, Record]] = [{} for _ in rules]
    index = _Index(wanted, stream)
    for raw in _candidates(reader, stream, wanted):
        record = reader.record(raw, stream)
        if stands(record.values, stream):
            for position in index.fitting(record.values):
                found[position][record.address.key] = record
    return [list(hits.values()) for hits in found]


def stands(values: Mapping[str, Any], stream: str) -> bool:
    """Not void, deleted, merged away, erased, or another kind of document."""
    if document := DOCUMENTS.get(stream):
        ours = values.get("Type", document.sales) == document.sales
        return ours and values.get("Status") not in ("VOIDED", "DELETED")
    return "MergedToContactID" not in values and values.get("ContactStatus") != "GDPRREQUEST"


# -- comparing ---------------------------------------------------------------------------------------------


def folded(value: Any, stream: str, name: str) -> Any:
    """A value as it is compared: names of contacts without regard to case and doubled spaces, text without
    spaces at its ends."""
    if not isinstance(value, str):
        return value
    if stream == "contacts" and name == "Name":
        return " ".join(value.split()).casefold()
    if is_id(name):
        return value.strip().lower()
    return value.strip()


class _Index:
    """Finds the rules that a record fits without trying each of them."""

    def __init__(self, rules: Sequence[Rule], stream: str) -> None:
        self.stream = stream
        self._table: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}
        for position, rule in enumerate(rules):
            names = tuple(sorted(rule))
            wanted = tuple(folded(rule[name], stream, name) for name in names)
            self._table.setdefault(names, {}).setdefault(wanted, []).append(position)

    def fitting(self, values: Mapping[str, Any]) -> Iterator[int]:
        for names, known in self._table.items():
            if names:
                has = tuple(folded(wire.member(values, name), self.stream, name) for name in names)
                yield from known.get(has, ())


def _typed_rule(rule: Rule, stream: Stream) -> Rule:
    """The rule's values typed; empty, so that nothing satisfies it, where one of them is blank."""
    typed = {name: _as_typed(value, stream, name) for name, value in rule.items()}
    return {} if None in typed.values() else typed


def _as_typed(value: Any, stream: Stream, name: str) -> Any:
    type_: Type = stream.type
    for part in name.split("."):
        if part not in type_.fields:
            raise ValueError(f"xero.{stream.name} has no field {name}")
        type_ = type_.fields[part].type
    return typed_value(value, type_, name)


# -- asking ------------------------------------------------------------------------------------------------


def _candidates(reader: Reader, stream: str, rules: Sequence[Rule]) -> Iterator[Row]:
    groups, whole = _grouped(stream, [rule for rule in rules if rule])
    calls = [call for name, values in groups.items() for call in _calls(stream, name, values)]
    endpoint, client = ENDPOINTS[stream], reader.client
    if whole or len(calls) > FEW_CALLS:
        first = client.page(endpoint.path, endpoint.asked(), 1)
        if whole or client.pages_after(first) <= len(calls):
            yield from client.rows(endpoint.path, endpoint.asked(), first=first)
            return
    for call in calls:
        yield from reader.rows(stream, call)


def _grouped(stream: str, rules: Sequence[Rule]) -> tuple[dict[str, list[Any]], bool]:
    """The values to ask for by field, and whether some rule needs the whole list."""
    groups: dict[str, dict[Any, None]] = {}
    for rule in rules:
        name = next(
            (one for one in ENDPOINTS[stream].searched if one in rule and askable(one, rule[one])), None
        )
        if name is None:
            return {}, True
        groups.setdefault(name, {})[rule[name]] = None
    return {name: list(values) for name, values in groups.items()}, False


def askable(name: str, value: Any) -> bool:
    """Whether a filter can hold the value: there is no known way to write a quote in one
    (connectors/xero/API.md, 5)."""
    if isinstance(value, date):
        return name == "Date"
    if not isinstance(value, str) or not value.strip() or len(quote(value)) > QUERY // 2:
        return False
    if is_id(name):
        return wire.is_guid(value)
    if name in IN_PATH:  # where a GUID would be taken for the record's own id
        return not wire.is_guid(value) and value == value.strip() and not set(value) & set('/\\?#%<>*&:"+.')
    return not set(value) & set('"\\') and value.isprintable()


def _calls(stream: str, name: str, values: Sequence[Any]) -> Iterator[Call]:
    """The calls that bring every record with one of the values."""
    endpoint = ENDPOINTS[stream]
    if name in IN_PATH:
        yield from (endpoint.one(value) for value in values)
    elif is_id(name):
        yield from endpoint.by_ids(name, values)
    else:
        for terms in filters([equality(name, value) for value in values]):
            yield Call(endpoint.path, endpoint.asked(terms))


def equality(name: str, value: Any) -> str:
    if isinstance(value, date):
        moment = f"DateTime({value.year},{value.month:02},{value.day:02})"
        return f"({name}>={moment} AND {name}<={moment})"
    return f'{name}=="{value.strip()}"'
