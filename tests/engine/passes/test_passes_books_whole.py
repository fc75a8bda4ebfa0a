"""The books are whole: what is in one system only is a row, and the rows add up to the difference."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.address import StreamRef
from engine.model.record import Notice
from engine.model.report import Reconciled, RunReport
from engine.planning.guard import Limits
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import SOLD, STREAMS, World, amended, kinds, rows


def told(report: RunReport, *which: str) -> list[tuple[str, str, str, Decimal]]:
    found = rows(report)
    return [(row.kind, row.title, row.note, row.amount) for row in found if not which or row.kind in which]


def reconciled(report: RunReport) -> Reconciled:
    assert report.reconcile is not None
    return report.reconcile


def differences(report: RunReport) -> dict[str, Decimal]:
    return {book.currency: book.difference for book in reconciled(report).books if book.difference}


def explained(report: RunReport) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(report):
        sums[row.currency] += row.amount
    return {currency: total for currency, total in sums.items() if total}


def stranger(world: World, key: str, total: str = "5000", **values: object) -> None:
    made = {"InvoiceID": key, "Reference": f"by hand {key}", "Currency": "EUR", "Date": date(2026, 3, 1)}
    world.books.put("invoices", key, {**made, "Total": Decimal(total), **values})


def test_what_the_mapping_refuses_is_only_in_the_source(world: World) -> None:
    world.invoice("1")
    world.invoice("2", number=None)
    report = world.run()
    ((kind, _, note, amount),) = told(report)
    assert (kind, amount) == ("source_only", Decimal("-121.00"))
    assert note.startswith("held: ")
    assert differences(report) == {"EUR": Decimal("-121.00")}


def test_a_currency_that_the_source_does_not_say_is_the_one_in_which_it_was_sent(world: World) -> None:
    """Also once the mapping leaves the invoice out, because it was paid."""
    world.settings["push_statuses"] = ["sent"]
    world.invoice("1", currency=None)
    world.run()
    world.books.edit("invoices", world.one()["InvoiceID"], Currency="EUR")  # what the target made of it
    world.invoice("1", currency=None, status="paid")
    report = world.run()
    assert told(report, "cents") == []
    assert (differences(report), explained(report)) == ({}, {})


def test_what_is_older_than_the_cut_off_date_is_only_in_the_source(world: World) -> None:
    world.limits = Limits(first_run_since=date(2026, 3, 1))
    world.invoice("1", date=date(2026, 2, 28))
    report = world.run()
    assert told(report) == [
        ("source_only", "INV-1", "older than the cut-off date 2026-03-01", Decimal("-121.00"))
    ]
    assert not reconciled(report).drifted
    assert told(world.reconcile()) == told(report)


def test_what_where_leaves_out_is_only_in_the_source(world: World) -> None:
    world.settings["push_statuses"] = ["sent"]
    world.invoice("1", status="approved")
    world.invoice("2", status="paid")
    report = world.run()
    assert told(report) == [
        ("source_only", "INV-1", "`where` leaves it out (invoices)", Decimal("-121.00")),
        ("source_only", "INV-2", "paid; `where` leaves it out (invoices)", Decimal("-121.00")),
    ]
    assert told(world.reconcile()) == told(report)


def test_drafts_are_in_no_book_and_are_counted(world: World) -> None:
    world.invoice("1", status="draft")
    world.invoice("2", status="draft", total=Decimal("9.00"))
    report = world.run()
    assert told(report) == []
    assert [(book.currency, book.source, book.documents) for book in reconciled(report).drafts] == [
        ("EUR", Decimal("130.00"), 2)
    ]
    assert reconciled(report).books == []


def test_what_was_not_pushed_yet_is_only_in_the_source(world: World) -> None:
    world.invoice("1")
    assert told(world.reconcile()) == [("source_only", "INV-1", "not pushed yet", Decimal("-121.00"))]
    assert told(world.run()) == []


def test_credit_notes_reduce_the_books(world: World) -> None:
    world.invoice("1", total=Decimal("-21.00"))
    world.settings["push_statuses"] = ["paid"]
    report = world.run()
    assert told(report) == [("source_only", "INV-1", "`where` leaves it out (invoices)", Decimal("21.00"))]
    assert reconciled(report).books[0].source == Decimal("-21.00")


def test_what_is_only_in_the_target_is_in_its_totals_in_every_run(world: World) -> None:
    world.invoice("1")
    stranger(world, "b9")
    for _ in range(3):
        report = world.run()
        assert told(report) == [("unknown", "by hand b9", "5,000.00 EUR", Decimal("5000"))]
        assert differences(report) == {"EUR": Decimal("5000")}
    world.books.edit("invoices", "b9", Status="VOIDED")
    assert told(world.run()) == []


def test_what_is_gone_from_the_target_leaves_the_books_after_a_full_reading(world: World) -> None:
    stranger(world, "b9")
    world.run()
    world.books.drop("invoices", "b9")
    assert kinds(world.run()) == [("unknown", "by hand b9")]
    assert told(world.reconcile()) == []
    assert told(world.run()) == []


def test_a_stranger_that_is_adopted_is_no_stranger_any_more(world: World) -> None:
    stranger(world, "b9", "121.00", Reference="INV-1")
    world.run()
    world.invoice("1")
    report = world.run()
    assert told(report, "unknown") == []
    assert differences(report) == {}
    assert reconciled(report).documents == 1


def test_what_is_missing_stays_missing_in_runs_that_read_less(world: World) -> None:
    world.invoice("1")
    world.invoice("2")
    world.run()
    values = world.one("INV-1")
    world.books.drop("invoices", values["InvoiceID"])
    assert differences(world.reconcile()) == {"EUR": Decimal("-121.00")}
    report = world.run()
    assert told(report) == [("missing", "INV-1", "no longer there", Decimal("-121.00"))]
    world.books.put("invoices", values["InvoiceID"], values)
    assert told(world.run()) == []


def test_accepted_cents_are_a_row_in_every_run_and_no_drift(world: World) -> None:
    world.settings["rounding"] = "accept"
    world.books.totals = lambda stream, body: {"Total": body["Total"] + Decimal("0.01")}
    world.invoice("1")
    world.run()
    world.books.edit("invoices", world.one()["InvoiceID"], Total=Decimal("121.01"))
    for report in (world.reconcile(), world.run(), world.run()):
        ((_, title, note, amount),) = told(report, "rounded")
        assert (title, note, amount) == ("INV-1", "accepted by on_difference: accept", Decimal("0.01"))
        assert differences(report) == {"EUR": Decimal("0.01")}


def test_what_was_accepted_stays_accepted_when_the_mapping_no_longer_takes_the_document(world: World) -> None:
    world.settings |= {"rounding": "accept", "push_statuses": ["sent"]}
    world.pack = amended('  Total: "{{ invoice.total }}"\n  Status', "  Status")
    world.invoice("1")
    world.books.totals = lambda stream, body: {"Total": Decimal("121.01")}
    world.run()
    world.books.edit("invoices", world.one()["InvoiceID"], Total=Decimal("121.01"), Currency="EUR")
    world.shop.edit("invoices", "1", status="paid")
    report = world.run()
    assert told(report, "rounded", "cents") == [
        ("rounded", "INV-1", "accepted by on_difference: accept", Decimal("0.01"))
    ]


def test_a_document_in_another_currency_is_in_the_books_of_both(world: World) -> None:
    world.invoice("1")
    world.run()
    world.books.edit("invoices", world.one()["InvoiceID"], Currency="USD", Total=Decimal("130.00"))
    report = world.reconcile()
    assert differences(report) == {"EUR": Decimal("-121.00"), "USD": Decimal("130.00")}
    assert explained(report) == differences(report)


def test_totals_say_what_the_source_says_though_a_run_does_not_see_it(world: World) -> None:
    world.invoice("1")
    world.run()
    world.shop.edit("invoices", "1", total=Decimal("130.00"))
    world.run()

    class Nothing(MemorySystem):
        def read(self, stream: str, *, keys: Sequence[str] | None = None, **how: Any) -> Iterator[Any]:
            if stream == "invoices":
                yield Notice("cut_off", "invoices", "nothing is shown today")
            else:
                yield from super().read(stream, keys=keys, **how)

    world.shop_opened = Nothing
    for report in (world.run(), world.reconcile()):
        assert differences(report) == {"EUR": Decimal("-9.00")}
        assert explained(report) == differences(report)
        assert not reconciled(report).readings[0].complete


def test_a_record_of_an_old_ledger_that_was_not_seen_since_counts_as_it_was_pushed(world: World) -> None:
    world.invoice("1")
    world.run()
    world.ledger.documents.drop([StreamRef("shop", "invoices").address("1")])
    world.shop.drop("invoices", "1")
    world.shop.notices["invoices"] = [Notice("cut_off", "invoices", "not all of it")]
    world.books.edit("invoices", world.one()["InvoiceID"], Status="VOIDED")
    report = world.reconcile()
    assert told(report) == [("voided", "INV-1", "", Decimal("-121.00"))]


def test_what_the_report_has_read_is_named(world: World) -> None:
    world.invoice("1")
    world.run()
    source, target = reconciled(world.run()).readings
    assert (source.stream, source.records, source.since, source.complete) == ("shop.invoices", 1, None, True)
    assert (target.stream, target.records, target.complete) == ("books.invoices", 1, True)
    assert target.since is not None
    assert reconciled(world.reconcile()).readings[1].since is None


def test_what_is_held_stays_in_the_books_though_a_list_is_cut_off_without_a_word(world: World) -> None:
    class Empty(MemorySystem):
        def read(self, stream: str, **how: Any) -> Iterator[Any]:
            yield from () if stream == "invoices" else super().read(stream, **how)

    sold = replace(SOLD, work_queue=True, match_fields=("number",))
    world.streams = {**world.streams, StreamRef("shop", "invoices"): sold}
    world.books.refuse = lambda stream, body: "no" if stream == "invoices" else ""
    world.invoice("1")
    world.run()
    world.shop_opened = Empty
    for report in (world.reconcile(), world.reconcile(full=False)):
        assert differences(report) == {"EUR": Decimal("-121.00")}
        assert explained(report) == differences(report)
    assert [str(row.address) for row in world.ledger.held.rows()] == ["shop.invoices/1"]
    world.shop.drop("invoices", "1")
    assert differences(world.run()) == {}
    assert world.ledger.held.rows() == []


# -- whatever happens, the rows explain the totals

KEY = st.integers(0, 7)
TOTAL = st.sampled_from([Decimal("121.00"), Decimal("0.01"), Decimal("-40.00"), Decimal("0.00")])
CURRENCY = st.sampled_from(["EUR", "EUR", "USD"])
STATUS = st.sampled_from(["draft", "approved", "sent", "sent", "sent", "paid"])
DAY = st.sampled_from([date(2025, 12, 31), date(2026, 3, 1), date(2026, 3, 1)])
NOTE = st.sampled_from(["fine", "fine", "refused"])
CENTS = st.sampled_from([Decimal("0.01"), Decimal("-0.04"), Decimal("3.00")])
HAPPENS = st.one_of(
    st.tuples(st.just("sell"), KEY, TOTAL, CURRENCY, STATUS, DAY, NOTE),
    st.tuples(st.just("sell"), KEY, TOTAL, CURRENCY, STATUS, DAY, NOTE),
    st.tuples(st.just("set_status"), KEY, STATUS),
    st.tuples(st.just("change_total"), KEY, TOTAL),
    st.tuples(st.just("delete"), KEY),
    st.tuples(st.just("enter_by_hand"), KEY, TOTAL, CURRENCY, DAY),
    st.tuples(st.just("book"), KEY, st.sampled_from(["VOIDED", "DELETED", "PAID", "OPEN"])),
    st.tuples(st.just("round"), KEY, CENTS),
    st.tuples(st.just("part_pay"), KEY),
    st.tuples(st.just("change_currency"), KEY, CURRENCY),
    st.tuples(st.just("erase"), KEY),
)
THEN = st.sampled_from(["run", "run", "push", "reconcile", "reconcile since"])


class Population:
    """A shop and its books, to which things happen between runs."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.books.refuse = lambda stream, body: "no" if body.get("Note") == "refused" else ""

    def sell(self, key: int, total: Decimal, currency: str, status: str, day: date, note: str) -> None:
        self.world.invoice(str(key), total=total, currency=currency, status=status, date=day, note=note)

    def set_status(self, key: int, status: str) -> None:
        self.change(key, status=status)

    def change_total(self, key: int, total: Decimal) -> None:
        self.change(key, total=total)

    def change(self, key: int, **values: object) -> None:
        if str(key) in self.world.shop.records.get("invoices", {}):
            self.world.shop.edit("invoices", str(key), **values)

    def delete(self, key: int) -> None:
        if str(key) in self.world.shop.records.get("invoices", {}):
            self.world.shop.drop("invoices", str(key))

    def enter_by_hand(self, key: int, total: Decimal, currency: str, day: date) -> None:
        stranger(self.world, f"b{key}", str(total), Currency=currency, Date=day)

    def edit(self, key: int, **values: object) -> None:
        if booked := self.world.booked():
            self.world.books.edit("invoices", booked[key % len(booked)]["InvoiceID"], **values)

    def book(self, key: int, status: str) -> None:
        self.edit(key, Status=status)

    def round(self, key: int, cents: Decimal) -> None:
        if booked := self.world.booked():
            self.edit(key, Total=booked[key % len(booked)]["Total"] + cents)

    def part_pay(self, key: int) -> None:
        self.edit(key, Paid=Decimal("0.01"))

    def change_currency(self, key: int, currency: str) -> None:
        self.edit(key, Currency=currency)

    def erase(self, key: int) -> None:
        if booked := self.world.booked():
            self.world.books.drop("invoices", booked[key % len(booked)]["InvoiceID"])

    def then(self, command: str) -> RunReport | None:
        if command == "push":
            self.world.push()
            return None
        return self.world.run() if command == "run" else self.world.reconcile(full=command == "reconcile")

    # -- what both books come to, counted without the engine

    def source_totals(self) -> dict[str, Decimal]:
        linked = {link.address.key for link in self.world.ledger.links.all("invoices")}
        sold = self.world.shop.records.get("invoices", {})
        issued = {key: values for key, values in sold.items() if values["status"] != "draft" or key in linked}
        return summed((values["currency"], values["total"]) for values in issued.values())

    def target_totals(self) -> dict[str, Decimal]:
        linked = {link.target.key for link in self.world.ledger.links.all("invoices")}
        return summed(
            (values["Currency"], values["Total"])
            for values in self.world.booked()
            if values.get("Status") not in ("VOIDED", "DELETED")
            and (values["InvoiceID"] in linked or str(values["Date"]) >= "2026-01-01")
        )


def summed(amounts: Any) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        sums[currency] += amount
    return {currency: total for currency, total in sums.items() if total}


@given(
    episodes=st.lists(st.tuples(st.lists(HAPPENS, max_size=6), THEN), min_size=1, max_size=5),
    policy=st.sampled_from(["hold", "accept"]),
    queue=st.booleans(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_rows_explain_the_difference_to_the_cent(
    episodes: list[tuple[list[Any], str]], policy: str, queue: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(f"sqlite:///{folder}/world.db")
        world.settings |= {"rounding": policy, "push_statuses": ["sent"]}
        if queue:
            sold = replace(SOLD, work_queue=True, match_fields=("number",))
            world.streams = {**STREAMS, StreamRef("shop", "invoices"): sold}
        population = Population(world)
        try:
            for happened, command in episodes:
                for name, *given_ in happened:
                    getattr(population, name)(*given_)
                if (report := population.then(command)) is not None:
                    assert explained(report) == differences(report)
            report = world.reconcile()
            assert explained(report) == differences(report)
            books = reconciled(report).books
            assert summed((book.currency, book.source) for book in books) == population.source_totals()
            assert summed((book.currency, book.target) for book in books) == population.target_totals()
        finally:
            world.close()
