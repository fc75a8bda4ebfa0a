"""Records that a source has and cannot give, and records that another config pushes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.model.address import Address
from engine.model.link import HeldRow
from engine.model.record import Elsewhere, Unusable
from engine.planning.decide import IN_DOUBT
from tests.engine.passes.passes_kit import PACK, World, amended, counts, held, rows

TOTAL = 'unreadable: total: expected a number, found the text "1.234,50"'
NEGATIVE = amended(
    "{{ invoice.status in settings.push_statuses }}",
    "{{ invoice.status in settings.push_statuses and invoice.total >= 0 }}",
)
TWO_FLOWS = {**NEGATIVE, "others": PACK["invoices"].replace("mapping: invoices", "mapping: others")}

# Both are compared with the books, as invoices and credit notes are.
COMPARED = {
    **TWO_FLOWS,
    "others-status": PACK["status"]
    .replace("mapping: status", "mapping: others-status")
    .replace("linked: invoices", "linked: others"),
}


def test_record_that_cannot_be_read_is_held_until_it_can(world: World) -> None:
    broken = world.invoice("1", total="1.234,50")
    world.invoice("2")
    for _ in range(2):
        report = world.run()
        assert held(report) == {str(broken): TOTAL}
        assert [one["Reference"] for one in world.booked()] == ["INV-2"]
    (row,) = world.ledger.held.rows()
    assert (row.address, row.title, row.where) == (broken, "INV-1", "shop")
    world.invoice("1", total=Decimal("121.00"))
    assert held(world.run()) == {}
    assert world.ledger.held.rows() == []
    assert len(world.booked()) == 2


def test_record_that_cannot_be_read_and_is_gone_waits_no_longer(world: World) -> None:
    world.invoice("1", total="1.234,50")
    world.run()
    del world.shop.records["invoices"]["1"]
    assert held(world.run()) == {}
    assert world.ledger.held.rows() == []


@pytest.mark.parametrize("pack", [PACK, NEGATIVE])
def test_draft_that_cannot_be_read_is_not_held(world: World, pack: dict[str, str]) -> None:
    world.pack = pack
    world.invoice("1", status="draft", total="1.234,50")
    assert held(world.run()) == {}


def test_where_that_reads_what_cannot_be_read_does_not_leave_it_out(world: World) -> None:
    world.pack = NEGATIVE
    broken = world.invoice("1", total="1.234,50")
    assert held(world.run()) == {str(broken): TOTAL}


def test_two_mappings_of_one_stream_hold_a_record_once(world: World) -> None:
    world.pack = TWO_FLOWS
    world.invoice("1", total="1.234,50")
    report = world.push()
    assert [mapping for mapping, _ in report.held] == ["invoices"]
    assert [row.mapping for row in world.ledger.held.rows()] == ["invoices"]


def test_a_document_that_two_mappings_may_take_is_in_the_books_once(world: World) -> None:
    world.pack = COMPARED
    broken = world.invoice("1", status={"a": "word"})
    for _ in range(2):
        report = world.run()
        assert [(row.kind, row.source, row.amount) for row in rows(report)] == [
            ("source_only", broken, Decimal("-121.00"))
        ]
    world.ledger.dismissed.dismiss("invoices", broken, "paid in cash", "a bookkeeper")
    report = world.run()
    assert held(report) == {}
    assert [row.note for row in rows(report)] == ["dismissed: paid in cash"]


def test_a_pushed_document_that_cannot_be_read_any_more_is_in_the_books_once(world: World) -> None:
    where = "invoice.status in settings.push_statuses"
    nobodys = TWO_FLOWS["others"].replace(where, f"{where} and invoice.customer_id == 'none'")
    world.pack = {**COMPARED, "invoices": PACK["invoices"], "others": nobodys}
    world.invoice("1")
    world.run()
    world.shop.edit("invoices", "1", customer_id={"a": "word"})
    report = world.run()
    assert [row for row in rows(report) if row.kind == "source_only"] == []


def test_customer_that_cannot_be_read_holds_its_invoices_and_no_others(world: World) -> None:
    invoice = world.invoice("1", customer_id="7")
    world.invoice("2", customer_id="8")
    world.shop.put("companies", "7", {"id": "7", "name": {"first": "A"}})
    reasons = held(world.run())
    assert reasons["shop.companies/7"].startswith("unreadable: name: expected text")
    assert reasons[str(invoice)].startswith("reference: needs shop.companies/7, which is held: name")
    assert [one["Reference"] for one in world.booked()] == ["INV-2"]


def test_pushed_record_that_cannot_be_read_any_more_is_held(world: World) -> None:
    world.invoice("1")
    world.run()
    broken = world.invoice("1", total="1.234,50")
    assert held(world.run()) == {str(broken): TOTAL}
    assert len(world.booked()) == 1


def test_record_in_doubt_stays_in_doubt_though_it_cannot_be_read(world: World) -> None:
    broken = world.invoice("1", total="1.234,50")
    row = HeldRow("invoices", broken, IN_DOUBT, "look it up", "books", "print", datetime.now(UTC), "INV-1")
    world.ledger.held.save(row)
    assert held(world.push()) == {str(broken): f"{IN_DOUBT}: look it up"}
    assert [one.code for one in world.ledger.held.rows()] == [IN_DOUBT]


def test_pushed_document_that_the_target_shows_unreadably_is_held(world: World) -> None:
    world.invoice("1")
    world.run()
    (key,) = world.books.records["invoices"]
    world.books.records["invoices"][key]["Total"] = "much"
    world.books.changed["invoices", key] += timedelta(days=1)
    for _ in range(2):
        report = world.run()
        assert f"books.invoices/{key}" in held(report)
        assert [row.kind for row in rows(report) if row.kind == "missing"] == []


def test_document_of_others_that_cannot_be_read_is_reported_only(world: World) -> None:
    world.invoice("1")
    world.run()
    world.books.put("invoices", "X", {"InvoiceID": "X", "Total": "much"})
    report = world.run()
    assert held(report) == {}
    assert [one for one in report.notices if one.startswith("books.invoices/X: Total")]


def test_what_another_config_pushes_is_counted_and_nothing_else(world: World) -> None:
    world.invoice("1")
    values = {"status": "sent", "number": "INV-2", "total": Decimal(50)}
    theirs = Elsewhere(Address("shop", "invoices", "2"), "unit 9", values)
    draft = Elsewhere(Address("shop", "invoices", "3"), "unit 9", {**values, "status": "draft"})
    world.shop.notices["invoices"] = [theirs, draft]
    report = world.run()
    assert report.elsewhere == {theirs.address: "unit 9"}
    assert counts(report) == {"created": 1, "skipped": 1}
    assert (held(report), [row.kind for row in rows(report)]) == ({}, [])


def test_record_whose_owner_becomes_known_waits_no_longer(world: World) -> None:
    address = Address("shop", "invoices", "2")
    unknown = Unusable(address, "its unit is not stated", "INV-2", "unit", {"status": "sent"})
    world.shop.notices["invoices"] = [unknown]
    assert held(world.run()) == {str(address): "unit: its unit is not stated"}
    world.shop.notices["invoices"] = [Elsewhere(address, "unit 9", {"status": "sent"})]
    assert held(world.run()) == {}
    assert world.ledger.held.rows() == []
