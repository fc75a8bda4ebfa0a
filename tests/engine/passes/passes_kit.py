"""A shop that invoices and the books it is kept in: two memory systems, and the mappings between them."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.document import read_document
from engine.ledger import Ledger, open_ledger
from engine.mapping import Catalog, Programs, Run, compile_pack
from engine.model.address import Address, StreamRef
from engine.model.diagnostics import Diagnostics
from engine.model.drift import Row, Standing
from engine.model.link import BegunBatch, Link
from engine.model.report import RunReport
from engine.passes.compare.reconcile import reconcile
from engine.passes.context import RunContext
from engine.passes.push import plan, push
from engine.passes.run import run
from engine.planning.guard import Limits
from engine.sdk import BOOL, DATE, DECIMAL, TEXT, Action, Field, Stream, enum, list_of, obj
from engine.sdk.connector import Connector, Context
from engine.testing.memory import Memory, MemorySystem, memory_connector

COMPANIES = Stream(
    "companies",
    {name: Field(TEXT) for name in ("id", "name", "city", "email")},
    title="name",
)
LINE = obj({"text": Field(TEXT), "account": Field(TEXT), "amount": Field(DECIMAL)})
SOLD = Stream(
    "invoices",
    {
        "id": Field(TEXT, writable=False),
        "number": Field(TEXT, writable=False),
        "status": Field(enum("draft", "approved", "sent", "paid")),
        "date": Field(DATE, writable=False),
        "currency": Field(TEXT, writable=False),
        "customer_id": Field(TEXT, writable=False),
        "total": Field(DECIMAL, writable=False),
        "note": Field(TEXT, writable=False),
        "external_id": Field(TEXT),
        "lines": Field(list_of(LINE), writable=False),
    },
    title="number",
    updates=True,
)
CONTACTS = Stream(
    "contacts",
    {
        "ContactID": Field(TEXT, writable=False),
        **{name: Field(TEXT) for name in ("Name", "Number", "City", "Email", "Phone", "Archived")},
        "MergedInto": Field(TEXT, writable=False),
    },
    key="ContactID",
    title="Name",
    creates=True,
    updates=True,
    batch_size=3,
    match_fields=("Number", "Name", "Email"),
    identifiers=("ContactID", "Number"),
    usable=lambda values: not values.get("Archived"),
    unusable="restore it",
    successor="MergedInto",
    natural_key=("Number", "Name"),
)
BOOKED = Stream(
    "invoices",
    {
        "InvoiceID": Field(TEXT, writable=False),
        "Reference": Field(TEXT),
        "Contact": Field(obj({"ContactID": Field(TEXT)})),
        "Date": Field(DATE),
        "Currency": Field(TEXT),
        "Note": Field(TEXT),
        "Lines": Field(list_of(LINE)),
        "Total": Field(DECIMAL),
        "Status": Field(enum("OPEN", "PAID", "VOIDED", "DELETED")),
        "Paid": Field(DECIMAL, writable=False),
        "Credited": Field(DECIMAL, writable=False),
        "Sent": Field(BOOL, writable=False),
    },
    key="InvoiceID",
    title="Reference",
    creates=True,
    updates=True,
    actions={"email": Action("Mail it to its contact.", to=Field(TEXT), mails=True)},
    batch_size=3,
    match_fields=("Reference", "InvoiceID", "Contact.ContactID", "Date"),
    natural_key=("Reference", "Contact.ContactID", "Date"),
    date="Date",
    control_totals=("Total",),
    currency="Currency",
    server_managed=("Status",),
)
ACCOUNTS = Stream(
    "accounts", {"Code": Field(TEXT), "Name": Field(TEXT)}, key="Code", title="Name", reference=True
)
SHOP, BOOKS = (COMPANIES, SOLD), (CONTACTS, BOOKED, ACCOUNTS)

PACK = {
    "contacts": """\
mapping: contacts
source: {stream: shop.companies, as: company}
target:
  stream: books.contacts
  match: [{Number: "{{ company.id }}"}, {Name: "{{ company.name }}"}]
  on_change: update
fields:
  Name: {value: "{{ company.name }}", required: true}
  Number: "{{ company.id }}"
  City: "{{ company.city }}"
  Email: "{{ company.email }}"
""",
    "invoices": """\
mapping: invoices
source: {stream: shop.invoices, as: invoice, where: "{{ invoice.status in settings.push_statuses }}"}
target:
  stream: books.invoices
  match: [{Reference: "{{ invoice.number }}"}]
  on_change: hold
totals:
  Total: "{{ invoice.total }}"
  on_difference: "{{ settings.rounding }}"
  tolerance: 0.05
fields:
  Reference: {value: "{{ invoice.number }}", required: true}
  Contact: {ref: contacts, key: "{{ invoice.customer_id }}", required: true}
  Date: "{{ invoice.date }}"
  Currency: "{{ invoice.currency }}"
  Note: "{{ invoice.note }}"
  Total: "{{ invoice.total }}"
  Status: OPEN
actions:
  - {do: email, when: "{{ settings.auto_send }}"}
""",
    "status": """\
mapping: status
source: {stream: books.invoices, as: invoice, linked: invoices}
target: {stream: shop.invoices, create: never}
fields:
  external_id: "{{ invoice.InvoiceID }}"
  status: {value: paid, when: "{{ invoice.Status == 'PAID' and invoice.Paid > 0 }}"}
""",
}
SETTINGS: dict[str, Any] = {"auto_send": False, "push_statuses": ["sent", "paid"], "rounding": "hold"}
STREAMS = {
    StreamRef(system, one.name): one
    for system, streams in (("shop", SHOP), ("books", BOOKS))
    for one in streams
}
CATALOG = Catalog(
    streams={str(ref): stream for ref, stream in STREAMS.items()},
    settings={
        "auto_send": Field(BOOL),
        "push_statuses": Field(list_of(TEXT)),
        "rounding": Field(enum("accept", "adjust_tax", "rounding_line", "hold")),
    },
    tables={"accounts": ACCOUNTS.type},
    table_streams={"accounts": "books.accounts"},
)


@functools.cache
def _compiled(files: tuple[tuple[str, str], ...]) -> Programs:
    diagnostics = Diagnostics()
    with tempfile.TemporaryDirectory() as folder:
        documents = []
        for name, text in files:
            path = Path(folder, f"{name}.yaml")
            path.write_text(text, encoding="utf-8")
            documents.append(read_document(path, diagnostics))
    programs = compile_pack([one for one in documents if one is not None], CATALOG, diagnostics)
    assert not diagnostics.errors, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    return programs


def compiled(pack: Mapping[str, str] = PACK) -> Programs:
    return _compiled(tuple(sorted(pack.items())))


def amended(old: str, new: str, *more: str, pack: Mapping[str, str] = PACK) -> dict[str, str]:
    """The pack with one text (or more: old, new, old, new) replaced by another wherever it occurs."""
    out = dict(pack)
    pairs = (old, new, *more)
    for at in range(0, len(pairs), 2):
        assert any(pairs[at] in text for text in out.values()), pairs[at]
        out = {name: text.replace(pairs[at], pairs[at + 1]) for name, text in out.items()}
    return out


def without_write_back(world: World) -> None:
    """Nothing is written back, so that the first record of the ledger does not go out alone."""
    world.pack = {name: text for name, text in world.pack.items() if name != "status"}


def booked(stream: str, values: Mapping[str, Any]) -> Standing | None:
    """The state of an invoice in the books, as a real system would report it."""
    if stream != "invoices" or "Total" not in values:
        return None
    paid, credited = (Decimal(values.get(name) or 0) for name in ("Paid", "Credited"))
    total, currency = Decimal(values["Total"]), str(values.get("Currency") or "")
    match values.get("Status"):
        case "VOIDED":
            return Standing("voided", currency, total, paid)
        case "DELETED":
            return Standing("deleted", currency, total, paid)
        case "PAID":
            return Standing("credited" if credited and not paid else "paid", currency, total, paid)
    return Standing("part_paid" if paid else "credited" if credited else "open", currency, total, paid)


def sold(stream: str, values: Mapping[str, Any]) -> Standing | None:
    if stream != "invoices" or "total" not in values:
        return None
    total, status = Decimal(values["total"]), values.get("status")
    if status == "draft":
        return Standing("draft", values.get("currency", ""), total)
    paid = status == "paid"
    return Standing(
        "paid" if paid else "open", values.get("currency", ""), total, total if paid else Decimal(0)
    )


def exists(stream: str, values: Mapping[str, Any]) -> bool:
    return values.get("Status") not in ("VOIDED", "DELETED") and not values.get("MergedInto")


class Killed(BaseException):
    """The process ends here, without a chance to tidy up."""


class KillableLedger:
    """A ledger that ends the process at a call such as `batches.settle`, before or just after it is carried
    out, and whose batches age: after some time has passed, they were begun so much longer ago.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._countdown: dict[tuple[str, bool], int] = {}  # (call, after it) -> calls left
        self._ages: dict[str, timedelta] = {}  # key of a batch -> time passed since it was begun
        self.links = _KillableStore(self, "links", ledger.links)
        self.batches = _KillableStore(self, "batches", ledger.batches)
        self.held = _KillableStore(self, "held", ledger.held)
        self.dismissed = _KillableStore(self, "dismissed", ledger.dismissed)
        self.runs = _KillableStore(self, "runs", ledger.runs)

    def kill(self, call: str, nth: int = 1, *, after: bool = False) -> None:
        self._countdown[call, after] = nth

    def spare(self) -> None:
        """Nothing ends the process any more."""
        self._countdown.clear()

    def age(self, by: timedelta) -> None:
        for begun in self._ledger.batches.unfinished():
            self._ages[begun.batch.key] = self._ages.get(begun.batch.key, timedelta(0)) + by

    def aged(self, begun: BegunBatch) -> BegunBatch:
        age = self._ages.get(begun.batch.key, timedelta(0))
        return replace(begun, batch=replace(begun.batch, begun=begun.batch.begun - age))

    def count(self, call: str, *, after: bool) -> None:
        if (left := self._countdown.get((call, after))) is not None:
            self._countdown[call, after] = left - 1
            if left == 1:
                del self._countdown[call, after]
                raise Killed(f"{call}, {'after' if after else 'before'}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


class _KillableStore:
    """One store of the ledger."""

    def __init__(self, ledger: KillableLedger, name: str, store: Any) -> None:
        self._ledger, self._name, self._store = ledger, name, store

    def __getattr__(self, method: str) -> Any:
        call, carry_out = f"{self._name}.{method}", getattr(self._store, method)

        def called(*given: Any, **more: Any) -> Any:
            self._ledger.count(call, after=False)
            result = carry_out(*given, **more)
            self._ledger.count(call, after=True)
            return [self._ledger.aged(one) for one in result] if call == "batches.unfinished" else result

        return called


Opened = Callable[[Memory, Sequence[Stream], Context], MemorySystem]


@dataclass
class World:
    """Both systems and the ledger between them. Each `push`, `run` and `reconcile` is a run of its own."""

    url: str
    shop: Memory = field(default_factory=lambda: Memory(standing=sold))
    books: Memory = field(default_factory=lambda: Memory(standing=booked, exists=exists))
    pack: Mapping[str, str] = field(default_factory=lambda: PACK)
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))
    limits: Limits = field(default_factory=lambda: Limits(first_run_since=date(2026, 1, 1)))
    in_flight: int = 2
    replay_seconds: int = 300
    streams: Mapping[StreamRef, Stream] = field(default_factory=lambda: STREAMS)
    shop_opened: Opened = MemorySystem
    books_opened: Opened = MemorySystem

    def __post_init__(self) -> None:
        self.killable = KillableLedger(open_ledger(self.url))
        self.ledger: Ledger = self.killable  # type: ignore[assignment]  # it has all that a ledger has

    def close(self) -> None:
        self.ledger.close()

    def wait(self, seconds: int = 1000) -> None:
        """Time passes; keys that the target kept are forgotten after its window."""
        self.killable.age(timedelta(seconds=seconds))
        if seconds > self.replay_seconds:
            for memory in (self.books, self.shop):
                memory.answers.clear()
                memory.failed.clear()

    # -- the shop's side

    def company(self, key: str = "7", **values: Any) -> Address:
        self.shop.put("companies", key, {"id": key, "name": f"Company {key}", **values})
        return Address("shop", "companies", key)

    def invoice(self, key: str = "1", **values: Any) -> Address:
        """An invoice that was sent; its customer is there too."""
        made: dict[str, Any] = {
            "id": key,
            "number": f"INV-{key}",
            "status": "sent",
            "date": date(2026, 3, 1),
            "currency": "EUR",
            "customer_id": "7",
            "total": Decimal("121.00"),
        }
        made |= values
        if made["customer_id"] not in self.shop.records.get("companies", {}):
            self.company(made["customer_id"])
        self.shop.put("invoices", key, {name: one for name, one in made.items() if one is not None})
        return Address("shop", "invoices", key)

    def sold(self, key: str = "1") -> dict[str, Any]:
        return self.shop.records["invoices"][key]

    # -- the books' side

    def booked(self, reference: str | None = None) -> list[dict[str, Any]]:
        """The invoices in the books, in the order in which they were made."""
        rows = list(self.books.records.get("invoices", {}).values())
        return [one for one in rows if reference is None or one.get("Reference") == reference]

    def one(self, reference: str = "INV-1") -> dict[str, Any]:
        (found,) = self.booked(reference)
        return found

    def contacts(self) -> list[dict[str, Any]]:
        return list(self.books.records.get("contacts", {}).values())

    def sent(self, stream: str = "invoices", verb: str = "create") -> list[list[str]]:
        """The requests that reached the books: for each the titles in it."""
        batches = [one for one in self.books.writes if (one.stream, one.verb) == (stream, verb)]
        return [[part.title for part in one.parts] for one in batches]

    # -- what runs between

    def context(self, command: str = "push", *, approved: bool = False) -> RunContext:
        connectors = self._connectors()
        return RunContext(
            programs=compiled(self.pack),
            streams=self.streams,
            systems={name: one.open(None, Context(name)) for name, one in connectors.items()},
            connectors=connectors,
            settings=self.settings,
            file_tables={},
            table_streams={name: StreamRef.parse(text) for name, text in CATALOG.table_streams.items()},
            ledger=self.ledger,
            report=RunReport(command, "world"),
            run=Run(date(2026, 3, 14), "run-1"),
            limits=self.limits,
            approved=approved,
        )

    def _connectors(self) -> dict[str, Connector]:
        timing = {"in_flight": self.in_flight, "replay_seconds": self.replay_seconds}
        return {
            "shop": memory_connector(SHOP, self.shop, name="shop", opened=self.shop_opened, **timing),
            "books": memory_connector(BOOKS, self.books, name="books", opened=self.books_opened, **timing),
        }

    def push(self, *, approved: bool = False) -> RunReport:
        context = self.context(approved=approved)
        push(context)
        return context.report

    def run(self, *, approved: bool = False) -> RunReport:
        context = self.context("run", approved=approved)
        run(context)
        return context.report

    def reconcile(self, *, full: bool = True) -> RunReport:
        context = self.context("reconcile")
        reconcile(context, full=full)
        return context.report

    def plan(self) -> list[Any]:
        return [change for flow_plan in plan(self.context("plan")) for change in flow_plan.changes]

    def retry(self) -> None:
        """`sync held retry` with every record named: all of it is tried again."""
        for row in self.ledger.held.rows():
            self.ledger.held.retry(row.mapping, row.address, row.verb)

    def link(self, address: Address, mapping: str = "invoices") -> Link:
        found = self.ledger.links.get(mapping, address)
        assert found is not None
        return found


def counts(report: RunReport, mapping: str = "invoices") -> dict[str, int]:
    """What is not nought."""
    return {name: count for name, count in report.flow(mapping).counts().items() if count}


def held(report: RunReport) -> dict[str, str]:
    """Address (with the verb, where it is one that is held) -> code: reason."""
    found = {}
    for (name, address), one in report.held.items():
        _, slash, verb = name.partition("/")
        found[f"{address}{slash}{verb}"] = f"{one.code}: {one.reason}"
    return found


def rows(report: RunReport) -> list[Row]:
    assert report.reconcile is not None
    return report.reconcile.rows


def kinds(report: RunReport) -> list[tuple[str, str]]:
    return [(row.kind, row.title) for row in rows(report)]
