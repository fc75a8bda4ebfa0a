"""Random credit notes: no more is allocated than either side has left, each once, and the rest is reported.

Originals are open, partly or fully paid, voided, drafts, too old, another customer's or not named. Between
the runs people pay, take payments back, void, and name originals.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.e2e.credit_notes import add_invoice
from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served

SEEDS = range(30) if os.environ.get("SYNC_DRILLS") == "full" else range(4)
EPISODES = 3
OLD = "2025-06-01T00:00:00.000Z"


@dataclass(slots=True)
class Books:
    """Invoices and credit notes in PSOhub, and what people do with them in both systems."""

    random: Random
    systems: Systems
    customers: list[Row]  # an invoice of each, to take its customer from
    invoices: dict[int, Row] = field(default_factory=dict)
    notes: dict[int, Row] = field(default_factory=dict)
    payments: list[str] = field(default_factory=list)

    def sell(self) -> None:
        number, like = f"DOC-{len(self.invoices):03}", self.random.choice(self.customers)
        odd: Row = self.random.choice([{}, {}, {}, {}, {"InvoiceDate": OLD}, {"InvoiceStatus": "Draft"}])
        row = add_invoice(self.systems, Decimal(self.random.randint(10, 300)), number, like=like, **odd)
        self.invoices[row["InvoiceID"]] = {**row, "CustomerID": like["CustomerID"]}

    def credit(self) -> None:
        number = f"CR-{len(self.notes):03}"
        named = self.random.choice([*self.invoices.values()])
        like = named if self.random.random() < 0.85 else self.random.choice(self.customers)
        original = {"CreditedInvoiceID": named["InvoiceID"]} if self.random.random() < 0.85 else {}
        amount = Decimal(-self.random.randint(5, 200))
        row = add_invoice(self.systems, amount, number, like=like, **original)
        self.notes[row["InvoiceID"]] = {
            "number": number,
            "customer": like["CustomerID"],
            "original": original.get("CreditedInvoiceID"),
        }

    def name_an_original(self) -> None:
        unnamed = [key for key, note in self.notes.items() if note["original"] is None]
        if unnamed:
            key = self.random.choice(unnamed)
            same = [
                one for one, row in self.invoices.items() if row["CustomerID"] == self.notes[key]["customer"]
            ]
            if same:
                self.notes[key]["original"] = self.random.choice(same)
                self.systems.edit(key, CreditedInvoiceID=self.notes[key]["original"])

    def _open(self) -> list[Row]:
        return [row for row in self.systems.pushed() if row["Status"] == "AUTHORISED"]

    def pay(self) -> None:
        if rows := self._open():
            row = self.random.choice(rows)
            cents = int(row["AmountDue"] * 100)
            paid = Decimal(self.random.choice([cents, self.random.randint(1, cents)])) / 100
            body = {"Invoice": {"InvoiceID": row["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": paid}
            (payment,) = self.systems.put("Payments", [{**body, "Date": "2026-10-20"}])
            self.payments.append(payment["PaymentID"])

    def take_a_payment_back(self) -> None:
        if self.payments:
            index = self.random.randrange(len(self.payments))
            self.systems.delete_payment(self.payments.pop(index))

    def void(self) -> None:
        if rows := [row for row in self._open() if row["AmountDue"] == row["Total"]]:
            self.systems.change(self.random.choice(rows)["InvoiceID"], Status="VOIDED")

    def deeds(self) -> list[Callable[[], None]]:
        return [
            self.sell, self.credit, self.credit, self.credit, self.pay, self.pay, self.take_a_payment_back,
            self.void, self.name_an_original,
        ]  # fmt: skip

    # -- as Xero shows it

    def in_xero(self) -> tuple[dict[str, Row], dict[str, Row]]:
        """Invoices and credit notes by their numbers in PSOhub."""
        invoices = {row["Reference"]: row for row in self.systems.pushed()}
        return invoices, {row["Reference"]: row for row in self.systems.credited()}

    def crediting(self, invoice: int) -> list[str]:
        """The numbers of the credit notes that name an invoice of their own customer."""
        customer = self.invoices[invoice]["CustomerID"]
        return [
            note["number"]
            for note in self.notes.values()
            if note["original"] == invoice and note["customer"] == customer
        ]


@pytest.fixture
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    with served(tmp_path, psohub={"invoices": 12, "customers": 3}, xero={}) as systems:
        offered = {row["CustomerID"]: row for row in systems.offered()}
        customers = [{**row, "InvoiceCurrencyCode": "EUR"} for row in offered.values()]
        made = Books(Random(request.param), systems, customers)
        for _ in range(6):
            made.sell()
        for _ in range(4):
            made.credit()
        yield made


@pytest.mark.parametrize("books", SEEDS, indirect=True)
def test_credit_notes_are_allocated_once_and_as_far_as_both_sides_allow(books: Books, tmp_path: Path) -> None:
    sync, config = Program(tmp_path), books.systems.config(tmp_path)
    for _ in range(EPISODES):
        before = books.in_xero()
        planned = sync("plan", config, "--output", "json").json
        ran = sync("run", config, "--output", "json")
        assert ran.code in (0, 1), ran.err
        check(books, before, ran.json)
        assert planned["moved"] == ran.json["moved"]
        assert outcomes(planned) == outcomes(ran.json)
        after = books.in_xero()
        books.systems.reset()
        again = sync("run", config, "--output", "json").json
        assert books.systems.writes("xero") == books.systems.writes("psohub") == []
        assert books.in_xero() == after
        assert again["moved"] == {}
        for _ in range(books.random.randint(3, 7)):
            books.random.choice(books.deeds())()


def outcomes(report: Any) -> set[tuple[str, str]]:
    rows = [row for row in report["actions_not_done"] if row["verb"] == "allocate"]
    held = [row for row in report["held"] if row["mapping"] == "credit-notes"]
    return {(row["address"], row["outcome"]) for row in rows} | {(row["address"], "held") for row in held}


def check(books: Books, before: tuple[dict[str, Row], dict[str, Row]], report: Any) -> None:
    old_invoices, old_notes = before
    invoices, notes = books.in_xero()
    ids = {row["InvoiceID"]: number for number, row in invoices.items()}
    to: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for number, note in notes.items():
        assert len(note["Allocations"]) <= 1, note
        for one in note["Allocations"]:
            to[ids[one["Invoice"]["InvoiceID"]]].append((number, one["Amount"]))
        used = sum(one["Amount"] for one in note["Allocations"])
        assert note["RemainingCredit"] == note["Total"] - used >= 0
    moved = Decimal(0)
    for key, row in books.invoices.items():
        invoice, crediting = invoices.get(row["InvoiceNumber"]), books.crediting(key)
        allocated = to.pop(row["InvoiceNumber"], [])
        assert {number for number, _ in allocated} <= {*crediting}
        if invoice is None:
            assert not allocated
            continue
        assert invoice["AmountCredited"] == sum(amount for _, amount in allocated)
        fresh = [number for number in crediting if not old_notes.get(number, {}).get("Allocations")]
        due = old_invoices.get(row["InvoiceNumber"], {}).get("AmountDue", invoice["Total"])
        wanted = min(due, sum(notes[number]["Total"] for number in fresh if number in notes))
        if invoice["Status"] == "VOIDED":
            wanted = Decimal(0)
        assert sum(amount for number, amount in allocated if number in fresh) == wanted, (invoice, fresh)
        moved += wanted
    assert not to
    assert sum(report["moved"].get("allocate", {}).values()) == moved
    the_rest_is_reported(books, notes, report)


def the_rest_is_reported(books: Books, notes: dict[str, Row], report: Any) -> None:
    told = {address for address, _ in outcomes(report)}
    rows = {row["source"] for row in report["reconcile"]["rows"] if row["kind"] == "unallocated"}
    for key, note in books.notes.items():
        in_xero, address = notes.get(note["number"]), f"psohub.invoices/{key}"
        left = in_xero is not None and in_xero["RemainingCredit"] > 0
        assert (address in rows) == left, in_xero
        assert in_xero is None or not left or address in told or in_xero["Allocations"], in_xero
