"""Both books compared: what a reconcile report says of each document, and what both come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from engine.model.address import StreamRef
from engine.model.change import Batch, Receipt
from engine.model.drift import Book
from engine.model.record import Notice, Record
from engine.planning.guard import Limits
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import SOLD, World, amended, counts, held, kinds, rows


def pushed(world: World, *keys: str) -> None:
    for key in keys:
        world.invoice(key)
    world.run()


def edit(world: World, reference: str, **values: object) -> None:
    world.books.edit("invoices", world.one(reference)["InvoiceID"], **values)


def books(world: World, *, full: bool = True) -> list[tuple[str, Decimal, Decimal, int]]:
    report = world.reconcile(full=full).reconcile
    assert report is not None
    return [(one.currency, one.source, one.target, one.documents) for one in report.books]


STATES: dict[str, dict[str, Any]] = {
    "paid": {"Status": "PAID", "Paid": Decimal("121.00")},
    "part_paid": {"Paid": Decimal("21.00")},
    "credited": {"Status": "PAID", "Paid": Decimal(0), "Credited": Decimal("121.00")},
    "voided": {"Status": "VOIDED"},
    "deleted": {"Status": "DELETED"},
}


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("state", STATES)
def test_a_row_shows_the_state_of_a_document(world: World, state: str, full: bool) -> None:
    pushed(world, "1", "2")
    edit(world, "INV-1", **STATES[state])
    report = world.reconcile(full=full)
    assert kinds(report) == [(state, "INV-1")]
    (row,) = rows(report)
    assert (str(row.source), str(row.target)) == ("shop.invoices/1", "books.invoices/invoices-2")
    assert row.link == "memory:invoices/invoices-2"


def test_what_did_not_change_since_is_known_from_the_last_reading(world: World) -> None:
    pushed(world, "1", "2")
    edit(world, "INV-1", **STATES["part_paid"])
    world.run()
    for _ in range(2):
        pushed(world, "3")
        report = world.run()
        assert kinds(report) == [("part_paid", "INV-1")]


def test_a_payment_says_how_much_of_how_much(world: World) -> None:
    pushed(world, "1")
    edit(world, "INV-1", Paid=Decimal("21.00"))
    (row,) = rows(world.reconcile())
    assert row.note == "21.00 of 121.00 EUR"


def test_an_open_document_as_it_was_sent_needs_no_row(world: World) -> None:
    pushed(world, "1")
    report = world.reconcile()
    assert rows(report) == []
    assert report.reconcile is not None
    assert report.reconcile.documents == 1
    assert not report.reconcile.drifted


def test_an_edit_is_told_field_by_field(world: World) -> None:
    world.invoice("1", note="Work")
    world.run()
    edit(world, "INV-1", Note="Travel", Date="2026-04-01", Sent=True)
    (row,) = rows(world.reconcile())
    assert row.kind == "edited"
    said = [(one.path, one.before, one.after) for one in row.differences]
    assert said == [("Date", "2026-03-01", date(2026, 4, 1)), ("Note", "Work", "Travel")]


def test_a_field_that_was_not_sent_is_the_targets_own(world: World) -> None:
    pushed(world, "1")
    edit(world, "INV-1", Note="For the files", Sent=True)
    assert rows(world.reconcile()) == []


def test_what_the_system_itself_moves_is_no_edit(world: World) -> None:
    pushed(world, "1")
    edit(world, "INV-1", Status="PAID", Paid=Decimal("121.00"))
    assert kinds(world.reconcile()) == [("paid", "INV-1")]


def test_money_with_other_zeros_and_text_with_other_spaces_are_no_edits(world: World) -> None:
    world.invoice("1", note="Two\nlines")
    world.run()
    edit(world, "INV-1", Total=Decimal("121"), Note=" Two\r\nlines ")
    assert rows(world.reconcile()) == []


def test_an_edit_is_never_overwritten_by_a_later_push(world: World) -> None:
    world.pack = amended("on_change: hold", "on_change: update")
    world.invoice("1", note="ours")
    world.run()
    edit(world, "INV-1", Note="theirs")
    world.run()  # which has seen it, and that does not make it ours
    world.shop.edit("invoices", "1", currency="USD")
    report = world.run()
    assert held(report) == {
        "shop.invoices/1": 'edited: edited in books since the last sync (Note: "ours" -> "theirs"); '
        "this update would overwrite that. Make both sides match"
    }
    assert world.one()["Note"] == "theirs"
    world.shop.edit("invoices", "1", note="theirs")
    assert counts(world.run()) == {"updated": 1}
    assert world.one()["Currency"] == "USD"


def test_an_edit_of_a_contact_is_never_overwritten_either(world: World) -> None:
    world.company("7", city="Utrecht", email="old@seven.example")
    world.invoice("1")
    world.run()
    world.books.edit("contacts", "contacts-1", Email="new@seven.example", Phone="030")
    world.shop.edit("companies", "7", city="Breda")
    report = world.run()
    assert list(held(report)) == ["shop.companies/7"]
    assert world.contacts()[0]["Email"] == "new@seven.example"
    world.shop.edit("companies", "7", email="new@seven.example")
    assert counts(world.run(), "contacts") == {"updated": 1}
    assert world.contacts()[0] == {
        "ContactID": "contacts-1",
        "Name": "Company 7",
        "Number": "7",
        "City": "Breda",
        "Email": "new@seven.example",
        "Phone": "030",
    }


def test_what_the_target_writes_its_own_way_does_not_stand_in_an_updates_way(world: World) -> None:
    class Shouting(MemorySystem):
        """Keeps cities in capitals, and answers so."""

        def write(self, batch: Batch) -> list[Receipt]:
            receipts = super().write(batch)
            for one in receipts:
                values = self.memory.records[batch.stream][one.target_id or ""]
                values["City"] = str(values.get("City", "")).upper()
            return [
                replace(one, observed=dict(self.memory.records[batch.stream][one.target_id or ""]))
                for one in receipts
            ]

    world.books_opened = Shouting
    world.pack = {"contacts": world.pack["contacts"]}
    world.company("7", city="Utrecht")
    world.push()
    world.shop.edit("companies", "7", city="Breda")
    assert counts(world.push(), "contacts") == {"updated": 1}
    assert world.contacts()[0]["City"] == "BREDA"


def test_an_update_of_what_is_gone_is_held_and_not_sent(world: World) -> None:
    world.invoice("1")
    world.push()
    world.books.drop("contacts", "contacts-1")
    world.shop.edit("companies", "7", city="Breda")
    report = world.push()
    assert held(report) == {"shop.companies/7": "missing: changed at the source, but no longer in books"}


# -- missing and unknown


def test_what_does_not_stand_there_any_more_is_missing(world: World) -> None:
    pushed(world, "1", "2")
    world.books.drop("invoices", world.one("INV-1")["InvoiceID"])
    report = world.reconcile()
    assert kinds(report) == [("missing", "INV-1")]
    world.books.writes.clear()
    world.run()
    assert world.books.writes == []  # it is told, and not made again


def test_only_a_reading_of_the_whole_book_can_say_that_something_is_missing(world: World) -> None:
    pushed(world, "1", "2")
    world.books.drop("invoices", world.one("INV-1")["InvoiceID"])
    report = world.reconcile(full=False)
    assert kinds(report) == []
    assert report.reconcile is not None
    assert report.reconcile.documents == 2


@pytest.mark.parametrize("kind", ["cut_off", "unreadable"])
def test_absence_from_a_reading_that_is_not_whole_proves_nothing(world: World, kind: str) -> None:
    pushed(world, "1", "2")
    world.books.drop("invoices", world.one("INV-1")["InvoiceID"])
    world.books.notices["invoices"] = [Notice(kind, "invoices", "not all of it")]
    report = world.reconcile()
    assert kinds(report) == []
    assert report.notices == ["not all of it"]


def test_a_missing_document_makes_the_books_differ(world: World) -> None:
    pushed(world, "1", "2")
    world.books.drop("invoices", world.one("INV-1")["InvoiceID"])
    assert books(world) == [("EUR", Decimal("242.00"), Decimal("121.00"), 2)]


def test_what_no_link_knows_is_unknown(world: World) -> None:
    pushed(world, "1")
    world.books.put(
        "invoices",
        "b9",
        {"InvoiceID": "b9", "Reference": "by hand", "Total": Decimal("5000"), "Currency": "EUR"},
    )
    (row,) = rows(world.run())
    assert (row.kind, row.title, row.source, str(row.target), row.note) == (
        "unknown",
        "by hand",
        None,
        "books.invoices/b9",
        "5,000.00 EUR",
    )


@pytest.mark.parametrize("values", [{"Status": "VOIDED"}, {"Date": "2025-12-31"}])
def test_what_is_void_or_older_than_the_cut_off_date_is_not_unknown(
    world: World, values: dict[str, object]
) -> None:
    world.limits = Limits(first_run_since=date(2026, 1, 1))
    world.books.put("invoices", "b9", {"InvoiceID": "b9", "Total": Decimal(1), **values})
    assert rows(world.reconcile()) == []


def test_what_another_mapping_made_is_not_unknown(world: World) -> None:
    fees = """\
mapping: fees
source: {stream: shop.companies, as: company, keys: all}
target: {stream: books.invoices}
fields: {Reference: "{{ company.name }}", Date: 2026-03-01, Total: 10, Currency: EUR}
"""
    world.pack = {**world.pack, "fees": fees}
    world.invoice("1")
    world.run()
    assert len(world.booked()) == 2
    assert rows(world.reconcile()) == []


def test_what_the_source_does_not_have_any_more_is_unknown_to_it(world: World) -> None:
    pushed(world, "1", "2")
    world.shop.drop("invoices", "1")
    (row,) = rows(world.reconcile())
    assert (row.kind, row.title, str(row.source)) == ("unknown", "INV-1", "shop.invoices/1")
    assert (row.note, row.source_title) == ("shop no longer has shop.invoices/1", "INV-1")
    assert books(world) == [("EUR", Decimal("121.00"), Decimal("242.00"), 2)]


@pytest.mark.parametrize("kind", ["cut_off", "queue_full", "unreadable"])
def test_what_the_source_merely_did_not_show_is_not_held_against_it(world: World, kind: str) -> None:
    pushed(world, "1", "2")
    world.shop.drop("invoices", "1")
    world.shop.notices["invoices"] = [Notice(kind, "invoices", "a full page")]
    assert rows(world.reconcile()) == []
    assert books(world) == [("EUR", Decimal("242.00"), Decimal("242.00"), 2)]
    assert world.reconcile().notices == ([] if kind == "queue_full" else ["a full page"])


QUEUE = replace(SOLD, work_queue=True, match_fields=("number",))


class Queue(MemorySystem):
    """Leaves out what carries an external id, unless it is asked for by its key."""

    def read(self, stream: str, *, keys: Sequence[str] | None = None, **how: Any) -> Iterator[Any]:
        for record in super().read(stream, keys=keys, **how):
            if keys is not None or not isinstance(record, Record) or "external_id" not in record.values:
                yield record


@pytest.mark.parametrize("full", [True, False])
def test_what_a_queue_leaves_out_is_asked_for(world: World, full: bool) -> None:
    pushed(world, "1", "2")
    world.shop_opened = Queue
    world.streams = {**world.streams, StreamRef("shop", "invoices"): QUEUE}
    assert kinds(world.reconcile(full=full)) == []
    world.shop.drop("invoices", "1")
    assert kinds(world.reconcile(full=full)) == [("unknown", "INV-1")]


def test_a_run_does_not_ask_for_all_that_a_long_queue_leaves_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.passes.compare.sources.FEW", 1)
    pushed(world, "1", "2")
    world.shop_opened = Queue
    world.streams = {**world.streams, StreamRef("shop", "invoices"): QUEUE}
    world.shop.drop("invoices", "1")
    report = world.run()
    assert kinds(report) == []
    assert report.reconcile is not None
    assert not report.reconcile.readings[0].complete
    assert kinds(world.reconcile()) == [("unknown", "INV-1")]
    assert kinds(world.run()) == [("unknown", "INV-1")]  # the ledger knows


def test_absence_from_a_list_that_is_cut_off_without_a_word_proves_nothing(world: World) -> None:
    """(connectors/psohub/API.md, 8.12)"""

    class Capped(MemorySystem):
        """Shows one invoice at most, also of those that are asked for by key."""

        def read(self, stream: str, **how: Any) -> Iterator[Any]:
            found = super().read(stream, **how)
            yield from islice(found, 1) if stream == "invoices" else found

    pushed(world, "1", "2", "3")
    world.streams = {**world.streams, StreamRef("shop", "invoices"): QUEUE}
    world.shop_opened = Capped
    for report in (world.run(), world.reconcile()):
        assert kinds(report) == []
    world.shop.drop("invoices", "3")
    assert kinds(world.reconcile()) == [("unknown", "INV-3")]


# -- cents, and payments taken back


def test_cents_that_differ_are_told(world: World) -> None:
    pushed(world, "1")
    edit(world, "INV-1", Total=Decimal("121.01"))
    found = {row.kind: row for row in rows(world.reconcile())}
    assert set(found) == {"edited", "cents"}
    (one,) = found["cents"].differences
    assert (one.path, one.before, one.after) == ("Total", Decimal("121.00"), Decimal("121.01"))


def test_cents_that_were_accepted_are_no_news_up_to_the_tolerance(world: World) -> None:
    world.settings["rounding"] = "accept"
    pushed(world, "1", "2")
    edit(world, "INV-1", Total=Decimal("121.05"))
    edit(world, "INV-2", Total=Decimal("121.06"))
    assert [row.title for row in rows(world.reconcile()) if row.kind == "cents"] == ["INV-2"]


def test_a_rounding_policy_without_totals_compares_nothing(world: World) -> None:
    world.settings["rounding"] = "rounding_line"
    world.pack = amended('  Total: "{{ invoice.total }}"\n  on_d', "  on_d")
    pushed(world, "1")
    assert rows(world.reconcile()) == []


def test_a_later_edit_at_the_source_shows_in_the_cents(world: World) -> None:
    pushed(world, "1")
    world.shop.edit("invoices", "1", total=Decimal("130.00"))
    assert kinds(world.reconcile()) == [("cents", "INV-1")]


def test_a_payment_that_was_taken_back_is_told(world: World) -> None:
    pushed(world, "1")
    edit(world, "INV-1", **STATES["paid"])
    world.run()
    assert world.sold()["status"] == "paid"
    edit(world, "INV-1", Status="OPEN", Paid=Decimal("100.00"))
    report = world.run()
    assert kinds(report) == [("unpaid", "INV-1"), ("part_paid", "INV-1")]
    assert rows(report)[0].note == "paid in shop, not in books"
    assert world.sold()["status"] == "paid"  # the shop knows no way back


def test_drift_stands_before_news_and_titles_in_order(world: World) -> None:
    pushed(world, "1", "2", "3")
    edit(world, "INV-1", **STATES["paid"])
    edit(world, "INV-3", Note="theirs", Currency="USD")
    edit(world, "INV-2", Currency="USD")
    # In another currency by now, they are in the books of both.
    edited = [("edited", "INV-2")] * 2 + [("edited", "INV-3")] * 2
    assert kinds(world.reconcile()) == [*edited, ("paid", "INV-1")]


# -- totals


def test_both_books_are_summed_by_currency(world: World) -> None:
    world.invoice("1", total=Decimal("100.10"))
    world.invoice("2", total=Decimal("200.20"))
    world.invoice("3", total=Decimal("300.00"), currency="USD")
    world.run()
    edit(world, "INV-2", Total=Decimal("200.25"))
    assert books(world) == [
        ("EUR", Decimal("300.30"), Decimal("300.35"), 2),
        ("USD", Decimal("300.00"), Decimal("300.00"), 1),
    ]


@pytest.mark.parametrize("full", [True, False])
def test_totals_are_whole_whatever_was_read(world: World, full: bool) -> None:
    pushed(world, "1", "2")
    world.books.put(
        "invoices",
        "b1",
        {"InvoiceID": "b1", "Reference": "INV-3", "Total": Decimal("121.00"), "Currency": "EUR"},
    )
    world.run()
    pushed(world, "3")  # adopted: it is not read again, and counts all the same
    assert books(world, full=full) == [("EUR", Decimal("363.00"), Decimal("363.00"), 3)]


def test_what_is_void_counts_for_nothing_in_the_books(world: World) -> None:
    pushed(world, "1", "2")
    edit(world, "INV-1", Status="VOIDED")
    assert books(world) == [("EUR", Decimal("242.00"), Decimal("121.00"), 2)]


def test_the_totals_of_several_mappings_are_one_for_each_currency(world: World) -> None:
    renamed = {
        f"{name}2": text.replace("mapping: invoices", "mapping: others")
        .replace("mapping: status", "mapping: others-status")
        .replace("linked: invoices", "linked: others")
        .replace("{{ invoice.number }}", "{{ 'Z' ~ invoice.number }}")
        for name, text in world.pack.items()
        if name != "contacts"
    }
    world.pack = {**world.pack, **renamed}
    world.invoice("1")
    world.run()
    assert books(world) == [("EUR", Decimal("242.00"), Decimal("242.00"), 2)]


def test_what_is_held_is_in_the_books_and_told_as_only_in_the_source(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if body.get("Reference") == "INV-2" else ""
    world.invoice("1")
    world.invoice("2")
    report = world.run()
    assert report.reconcile is not None
    assert report.reconcile.books == [Book("EUR", Decimal("242.00"), Decimal("121.00"), 2)]
    (row,) = rows(report)
    assert (row.kind, row.title, row.note) == ("source_only", "INV-2", "held: no")
    assert row.amount == Decimal("-121.00")
    assert list(held(report)) == ["shop.invoices/2"]


def test_a_pack_without_a_way_back_compares_nothing(world: World) -> None:
    world.pack = {name: text for name, text in world.pack.items() if name != "status"}
    world.invoice("1")
    report = world.run()
    assert rows(report) == []
    assert counts(report) == {"created": 1}
