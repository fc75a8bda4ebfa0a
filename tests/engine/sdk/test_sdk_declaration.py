"""A half-declared connector fails when it is imported, with a sentence that names what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.sdk import (
    DATE,
    DECIMAL,
    TEXT,
    Action,
    Actions,
    Batch,
    Books,
    Connector,
    Context,
    DeclarationError,
    Field,
    Finding,
    Notice,
    Receipt,
    Record,
    Settings,
    Source,
    Stream,
    System,
    Target,
    obj,
)
from engine.sdk.connector import open_system

BILLS = Stream(
    "bills",
    {
        "id": Field(TEXT, writable=False),
        "number": Field(TEXT, required=True),
        "vendor": Field(obj({"id": Field(TEXT)})),
        "date": Field(DATE),
        "currency": Field(TEXT),
        "total": Field(DECIMAL, writable=False),
    },
    title="number",
    date="date",
    creates=True,
    actions={"approve": Action()},
    match_fields=("number", "vendor.id"),
    natural_key=("number", "vendor.id"),
    control_totals=("total",),
    currency="currency",
)


class NoSettings(Settings):
    """Nothing to set."""


class Bare(Source):
    """What every connector has to write."""

    def identity(self) -> str:
        return "bare"

    def check(self) -> Sequence[Finding]:
        return []

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Record | Notice]:
        yield from ()


class Writing(Target):
    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        return [[] for _ in rules]

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return []


class Approving(Actions):
    def act(self, batch: Batch) -> Sequence[Receipt]:
        return []


class Adding(Books):
    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        return {}


def connector(*streams: Stream, system: Callable[[], System] | None = None, **changes: Any) -> Connector:
    opened = system or (lambda: System(Bare(), Writing(), Approving(), Adding()))
    given: dict[str, Any] = {"name": "ledgerly", "open": lambda settings, context: opened()}
    return Connector(settings=NoSettings, streams=streams, **(given | changes))


def test_complete_declaration_is_accepted() -> None:
    assert connector(BILLS).stream("bills") is BILLS
    assert connector(BILLS).stream("receipts") is None


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"name": "open bills"}, 'invalid name "open bills"; use letters, digits, "_" and "-"'),
        ({"key": "uuid"}, 'key names "uuid", which is not one of its fields'),
        ({"title": "called"}, 'title names "called", which is not one of its fields'),
        ({"date": "day"}, 'date names "day", which is not one of its fields'),
        ({"currency": "iso"}, 'currency names "iso", which is not one of its fields'),
        ({"external_id": "xero"}, 'external_id names "xero", which is not one of its fields'),
        ({"joins": ("vendor.name",)}, 'joins names "vendor.name", which is not one of its fields'),
        ({"server_managed": ("state",)}, 'server_managed names "state", which is not one of its fields'),
        ({"control_totals": ("sum",)}, 'control_totals names "sum", which is not one of its fields'),
        ({"control_totals": ("number",)}, 'control total "number" must be a decimal, not text'),
        ({"match_fields": ("number",)}, 'natural_key names "vendor.id", by which it cannot be searched; add'),
        ({"natural_key": ()}, "has no natural_key to find one again if its write is in doubt"),
        ({"actions": ("update",)}, '"update" is not an action; set updates=True'),
        ({"batch_size": 0}, "batch_size and batch_bytes must be at least 1"),
    ],
)
def test_half_declared_stream_is_refused(changes: dict[str, Any], mistake: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        connector(replace(BILLS, **changes))
    assert str(refused.value).startswith(f"connector ledgerly: stream {changes.get('name', 'bills')}: ")
    assert mistake in str(refused.value)


def test_fields_of_a_written_stream_have_to_be_writable() -> None:
    fields = {"id": Field(TEXT, writable=False), "number": Field(TEXT, writable=False, required=True)}
    with pytest.raises(DeclarationError) as refused:
        connector(Stream("bills", fields, updates=True))
    assert str(refused.value) == (
        "connector ledgerly: stream bills: it can be written, but none of its fields is writable; "
        'connector ledgerly: stream bills: field "number" is required, but not writable'
    )


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"name": "a.b"}, 'invalid name "a.b"'),
        ({"in_flight": 0}, "in_flight must be at least 1, not 0"),
        ({"replay_seconds": -1}, "replay_seconds must not be negative"),
    ],
)
def test_half_declared_connector_is_refused(changes: dict[str, Any], mistake: str) -> None:
    with pytest.raises(DeclarationError, match=mistake):
        connector(BILLS, **changes)


def test_two_streams_of_one_name_are_refused() -> None:
    with pytest.raises(DeclarationError, match="connector ledgerly: 2 streams are called bills"):
        connector(BILLS, BILLS)


@pytest.mark.parametrize(
    ("system", "mistake"),
    [
        (lambda: System(Bare(), actions=Approving(), books=Adding()), "can be written, but .* has no Target"),
        (lambda: System(Bare(), Writing(), books=Adding()), "has actions, but .* has no Actions"),
        (lambda: System(Bare(), Writing(), Approving()), r"has control totals, but .* has no Books\.totals"),
    ],
)
def test_opened_system_without_a_part_that_its_streams_need_is_refused(
    system: Callable[[], System], mistake: str
) -> None:
    with pytest.raises(DeclarationError, match=f"connector ledgerly: stream bills {mistake}"):
        open_system(connector(BILLS, system=system), NoSettings(), Context("ledgerly"))


def test_read_only_connector_writes_a_source_only() -> None:
    read_only = replace(BILLS, creates=False, natural_key=(), match_fields=(), actions={}, control_totals=())
    system = open_system(
        connector(read_only, system=lambda: System(Bare())), NoSettings(), Context("ledgerly")
    )
    batch = Batch("bills", "create", "k", (), datetime.now().astimezone())
    assert (system.source.requests, system.source.quotas()) == (0, {})
    assert system.target.find("bills", [{"number": "1"}]) == [[]]
    assert system.target.preflight("bills", [{}]) == [[]]
    assert system.target.write(batch) == []
    assert system.actions.acted("bills", "approve", "1", {}) is None
    assert system.books.totals("bills", {}) == {}
    assert system.books.settle_difference("bills", {}, "adjust_tax", {}) is None
    assert system.books.standing("bills", {}) is None
    assert system.books.web_link("bills", "1") == ""


def test_what_a_read_only_system_is_asked_to_write_is_refused_with_the_reason() -> None:
    from engine.sdk import Address, Part

    part = Part(Address("shop", "orders", "1"), {"number": "1"})
    batch = Batch("bills", "create", "k", (part,), datetime.now().astimezone())
    system = System(Bare())
    (written,), (acted,) = system.target.write(batch), system.actions.act(replace(batch, verb="approve"))
    assert (written.outcome, written.reason) == ("refused", "cannot create bills: this system is read-only")
    assert (acted.outcome, acted.reason) == ("refused", 'bills has no action "approve"')
