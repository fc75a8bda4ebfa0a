"""A held record that a person has dismissed is left alone until its source changes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.model.address import Address
from tests.engine.passes.passes_kit import World, amended, counts, held, rows


def dismiss(world: World) -> None:
    """Dismiss all that is held."""
    for row in world.ledger.held.rows():
        world.ledger.dismissed.dismiss(row.mapping, row.address, "all right", "a bookkeeper")


def dismissed(world: World) -> list[str]:
    return [str(address) for _, address in world.ledger.dismissed.all()]


def test_what_the_mapping_refused_is_not_pushed_though_it_could_be(world: World) -> None:
    world.pack = amended('"{{ invoice.note }}"', '{value: "{{ invoice.note }}", required: true}')
    world.invoice("1")
    world.run()
    dismiss(world)
    world.pack = amended('"{{ invoice.note }}"', '"{{ invoice.note }}"')
    for _ in range(2):
        report = world.run()
        assert held(report) == {}
        assert counts(report) == {"skipped": 1}
        assert world.booked() == []
    (row,) = rows(world.reconcile())
    assert (row.kind, row.note, row.amount) == ("source_only", "dismissed: all right", Decimal("-121.00"))


def test_what_the_target_refused_is_not_sent_again(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if stream == "invoices" else ""
    world.invoice("1")
    world.run()
    dismiss(world)
    world.books.refuse = lambda stream, body: ""
    assert counts(world.run()) == {"skipped": 1}
    assert world.booked() == []


@pytest.mark.parametrize("change", ["total", "note"])
def test_it_is_decided_anew_when_its_source_changes(world: World, change: str) -> None:
    world.books.refuse = lambda stream, body: "no" if stream == "invoices" else ""
    world.invoice("1")
    world.run()
    dismiss(world)
    world.run()
    values = {"total": Decimal("130.00")} if change == "total" else {"note": "changed"}
    world.shop.edit("invoices", "1", **values)
    assert [change.__class__.__name__ for change in world.plan()][-1:] == ["Create"]
    assert dismissed(world) == ["shop.invoices/1"]  # a plan writes nothing
    report = world.run()
    assert held(report) == {"shop.invoices/1": "memory.refused: no"}
    assert dismissed(world) == []


def test_a_changed_invoice_that_is_fine_as_it_was_sent_stays_so(world: World) -> None:
    world.invoice("1", note="first")
    world.run()
    world.shop.edit("invoices", "1", note="second")
    assert list(held(world.run())) == ["shop.invoices/1"]
    dismiss(world)
    world.books.edit("invoices", world.one()["InvoiceID"], Status="PAID", Paid=Decimal("121.00"))
    report = world.run()
    assert held(report) == {}
    assert world.sold()["status"] == "paid"  # written back, which is no change at the source
    assert held(world.run()) == {}
    assert world.one()["Note"] == "first"
    world.shop.edit("invoices", "1", note="third")
    assert list(held(world.run())) == ["shop.invoices/1"]


def test_a_write_back_that_the_source_refused_can_be_dismissed(world: World) -> None:
    world.shop.refuse = lambda stream, body: "the period is closed"
    world.invoice("1")
    world.run()
    dismiss(world)
    assert dismissed(world) == ["books.invoices/invoices-2"]
    world.shop.refuse = lambda stream, body: ""
    world.shop.writes.clear()
    for report in (world.run(), world.reconcile()):
        assert held(report) == {}
        assert world.shop.writes == []
    world.books.edit("invoices", "invoices-2", Status="PAID", Paid=Decimal("121.00"))
    world.run()
    assert world.sold()["status"] == "paid"


def test_what_needs_a_dismissed_record_says_so(world: World) -> None:
    world.company("7", name=None)
    world.invoice("1")
    world.run()
    world.ledger.dismissed.dismiss("contacts", Address("shop", "companies", "7"), "a test", "a bookkeeper")
    report = world.run()
    assert list(held(report)) == ["shop.invoices/1"]
    assert "dismissed by a bookkeeper: a test" in held(report)["shop.invoices/1"]


def test_undone_it_is_held_as_it_was(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if stream == "invoices" else ""
    world.invoice("1")
    before = held(world.run())
    (row,) = world.ledger.held.rows()
    dismiss(world)
    world.run()
    world.ledger.dismissed.undo("invoices", Address("shop", "invoices", "1"))
    assert world.ledger.held.rows() == [row]
    assert held(world.run()) == before


def test_what_was_held_by_an_older_version_ends_with_the_next_change(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if stream == "invoices" else ""
    world.invoice("1")
    world.killable.kill("dismissed.note_sources")
    with pytest.raises(BaseException, match="note_sources"):
        world.run()
    world.killable.spare()
    dismiss(world)
    assert held(world.run()) == {}
    world.shop.edit("invoices", "1", note="changed")
    assert list(held(world.run())) == ["shop.invoices/1"]
