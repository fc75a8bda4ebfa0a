"""Status back: an ordinary mapping the other way, updates only, over the ledger's links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.change import Batch, Receipt
from engine.model.errors import InDoubtError, UnavailableError
from engine.model.record import Entry, Notice, Record
from engine.passes.compare.readings import Readings
from engine.passes.write.write_back import WriteBack
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import Killed, World, amended, counts, held, kinds

PAID = {"Status": "PAID", "Paid": Decimal("121.00")}


def back(world: World) -> list[dict[str, object]]:
    """What was written back to the shop, in order."""
    return [dict(part.body) for batch in world.shop.writes for part in batch.parts]


def pay(world: World, key: str = "invoices-2") -> None:
    world.books.edit("invoices", key, **PAID)


def test_the_number_goes_back_to_the_record_that_was_pushed(world: World) -> None:
    world.invoice()
    report = world.run()
    assert world.sold()["external_id"] == "invoices-2"
    assert world.sold()["status"] == "sent"
    assert counts(report, "status") == {"updated": 1}


def test_a_payment_goes_back(world: World) -> None:
    world.invoice()
    world.run()
    pay(world)
    world.run()
    assert world.sold()["status"] == "paid"


def test_only_what_changed_goes_back(world: World) -> None:
    world.invoice("1")
    world.invoice("2")
    world.run()
    world.shop.writes.clear()
    pay(world)
    world.run()
    assert back(world) == [{"external_id": "invoices-2", "status": "paid"}]
    world.shop.writes.clear()
    world.run()
    world.reconcile()
    assert back(world) == []


def test_what_was_not_pushed_gets_nothing_back(world: World) -> None:
    world.books.put("invoices", "b9", {"InvoiceID": "b9", "Reference": "by hand", **PAID})
    world.run()
    world.reconcile()
    assert back(world) == []


def test_the_report_counts_a_flow_that_writes_nothing_back(world: World) -> None:
    assert "status" in world.run().flows


def test_nothing_is_made_at_the_source(world: World) -> None:
    world.invoice()
    world.run()
    assert {batch.verb for batch in world.shop.writes} == {"update"}


def test_edits_at_the_target_are_not_copied_back(world: World) -> None:
    world.invoice(note="ours")
    world.run()
    before = dict(world.sold())
    world.books.edit("invoices", "invoices-2", Note="theirs", Total=Decimal("1.00"))
    world.run()
    world.reconcile()
    assert world.sold() == before


def test_what_the_source_refuses_is_held_with_its_words_and_tried_again_by_each_run(world: World) -> None:
    world.shop.refuse = lambda stream, body: "the period is closed"
    world.invoice("1")
    report = world.run()
    assert held(report) == {"books.invoices/invoices-2": "memory.refused: the period is closed"}
    assert counts(report, "status") == {"held": 1}
    for again in (world.run, world.reconcile):
        world.shop.writes.clear()
        report = again()
        assert back(world) == [{"external_id": "invoices-2"}]  # once
        assert held(report) == {"books.invoices/invoices-2": "memory.refused: the period is closed"}
    world.shop.refuse = lambda stream, body: ""
    world.run()  # which reads only what changed since
    assert world.sold()["external_id"] == "invoices-2"
    assert world.ledger.held.rows() == []


def test_a_refused_payment_goes_back_once_the_source_takes_it(world: World) -> None:
    world.invoice()
    world.run()
    pay(world)
    world.shop.refuse = lambda stream, body: "no"
    assert list(held(world.run())) == ["books.invoices/invoices-2"]
    world.shop.refuse = lambda stream, body: ""
    world.run()
    assert world.sold()["status"] == "paid"
    assert world.ledger.held.rows() == []


def test_what_the_source_no_longer_has_is_held_and_not_tried_again(world: World) -> None:
    world.invoice("1")
    world.run()
    pay(world)
    world.shop.drop("invoices", "1")
    report = world.run()
    assert held(report) == {
        "books.invoices/invoices-2": "gone: shop no longer has the record; nothing can be written back"
    }
    world.shop.writes.clear()
    world.run()
    assert back(world) == []


def test_a_payment_that_was_taken_back_writes_nothing(world: World) -> None:
    world.invoice()
    world.run()
    pay(world)
    world.run()
    world.shop.writes.clear()
    world.books.edit("invoices", "invoices-2", Status="OPEN", Paid=Decimal(0))
    report = world.run()
    assert back(world) == []
    assert kinds(report) == [("unpaid", "INV-1")]
    world.books.edit("invoices", "invoices-2", **PAID)
    world.run()
    assert back(world) == []  # the shop knows it as paid


def test_what_the_mapping_refuses_is_held_and_goes_back_once_it_can(world: World) -> None:
    world.pack = amended('"{{ invoice.InvoiceID }}"', '{value: "{{ invoice.Note }}", required: true}')
    world.invoice()
    report = world.run()
    assert list(held(report)) == ["books.invoices/invoices-2"]
    world.books.edit("invoices", "invoices-2", Note="N-1")
    world.run()
    assert world.sold()["external_id"] == "N-1"
    assert world.ledger.held.rows() == []


def test_what_was_held_and_is_in_order_again_is_released(world: World) -> None:
    world.invoice()
    world.run()
    world.shop.refuse = lambda stream, body: "closed" if "status" in body else ""
    pay(world)
    world.run()
    world.books.edit("invoices", "invoices-2", Status="OPEN", Paid=Decimal(0))
    report = world.run()
    assert held(report) == {}
    assert world.ledger.held.rows() == []


def test_what_its_mapping_refused_and_is_as_it_was_written_back_is_released(world: World) -> None:
    world.pack = amended('"{{ invoice.InvoiceID }}"', '{value: "{{ invoice.Note }}", required: true}')
    world.invoice(note="N-1")
    world.run()
    world.books.edit("invoices", "invoices-2", Note=" ")
    assert list(held(world.run())) == ["books.invoices/invoices-2"]
    world.books.edit("invoices", "invoices-2", Note="N-1")
    world.shop.writes.clear()
    report = world.run()
    assert held(report) == {}
    assert world.ledger.held.rows() == []
    assert back(world) == []


def test_a_payload_that_becomes_empty_writes_nothing_and_is_released(world: World) -> None:
    world.pack = amended('  external_id: "{{ invoice.InvoiceID }}"\n', "")
    world.invoice()
    world.shop.refuse = lambda stream, body: "the period is closed"
    world.run()
    assert back(world) == []
    pay(world)
    report = world.run()
    assert list(held(report)) == ["books.invoices/invoices-2"]
    world.books.edit("invoices", "invoices-2", Status="OPEN", Paid=Decimal(0))
    world.shop.writes.clear()
    report = world.run()
    assert back(world) == []
    assert held(report) == {}
    assert world.ledger.held.rows() == []


def test_a_payload_that_becomes_empty_after_it_was_written_stays_as_it_is(world: World) -> None:
    world.pack = amended('  external_id: "{{ invoice.InvoiceID }}"\n', "")
    world.invoice()
    world.run()
    pay(world)
    world.run()
    world.books.edit("invoices", "invoices-2", Status="OPEN", Paid=Decimal(0))
    world.run()
    pay(world)
    world.run()
    assert back(world) == [{"status": "paid"}]
    assert world.sold()["status"] == "paid"


def test_what_was_adopted_long_after_it_changed_gets_its_number_back(world: World) -> None:
    world.books.put("invoices", "b1", {"InvoiceID": "b1", "Reference": "INV-2", "Total": Decimal("121.00")})
    world.invoice("1")
    world.run()  # the cursor is past b1 now
    world.invoice("2")
    world.run()
    assert world.sold("2")["external_id"] == "b1"


def test_what_a_where_leaves_out_is_not_written_back(world: World) -> None:
    linked = "linked: invoices}"
    world.pack = amended(linked, "linked: invoices, where: \"{{ invoice.Status == 'PAID' }}\"}")
    world.invoice()
    world.run()
    assert back(world) == []
    pay(world)
    world.run()
    assert back(world) == [{"external_id": "invoices-2", "status": "paid"}]


def test_on_change_hold_holds_what_would_go_back_a_second_time(world: World) -> None:
    world.pack = amended("create: never}", "create: never, on_change: hold}")
    world.invoice()
    world.run()
    pay(world)
    report = world.run()
    assert held(report)["books.invoices/invoices-2"].startswith("changed: ")
    assert world.sold()["status"] == "sent"


# -- the cursor


def cursor(world: World) -> datetime | None:
    return world.ledger.runs.cursor("status")


def test_a_run_reads_what_changed_since_the_last_one(world: World) -> None:
    for key in "123":
        world.invoice(key)
    world.run()
    assert cursor(world) == world.books.changed["invoices", "invoices-4"]
    pay(world, "invoices-3")
    context = world.context("run")
    readings = Readings(full=False, began=context.now())
    readings.read(context, WriteBack(context, context.flow("status")))
    reading = readings.by_mapping["status"]
    assert sorted(reading.keys) == ["invoices-3", "invoices-4"]  # overlapping rather than missing
    assert not reading.is_whole


def test_the_first_reading_is_of_the_whole_book(world: World) -> None:
    world.books.put("invoices", "b9", {"InvoiceID": "b9", "Reference": "by hand", "Total": Decimal(1)})
    report = world.run()
    assert kinds(report) == [("unknown", "by hand")]


def test_the_cursor_never_moves_backwards(world: World) -> None:
    world.invoice()
    world.run()
    ahead = datetime(2030, 1, 1, tzinfo=UTC)
    world.ledger.runs.move_cursor("status", ahead)
    pay(world)
    world.reconcile()
    assert cursor(world) == ahead


def test_the_cursor_stays_while_the_work_is_not_done(world: World) -> None:
    world.invoice()

    def down(batch: Batch) -> None:
        raise UnavailableError("down")

    world.shop.arrived = down
    with pytest.raises(UnavailableError):
        world.run()
    assert cursor(world) is None
    world.shop.arrived = lambda batch: None
    world.run()
    assert world.sold()["external_id"] == "invoices-2"
    assert cursor(world) is not None


@pytest.mark.parametrize("kind", ["cut_off", "unreadable"])
def test_the_cursor_does_not_pass_what_was_kept_from_us(world: World, kind: str) -> None:
    world.books.notices["invoices"] = [Notice(kind, "invoices", "not all of it")]
    world.invoice()
    report = world.run()
    assert report.notices == ["not all of it"]
    assert cursor(world) is None
    world.books.notices.clear()
    world.run()
    assert cursor(world) is not None


# -- begun and not settled


@pytest.mark.parametrize("seconds", [10, 1000])
@pytest.mark.parametrize("what", ["answer", "request"])
@pytest.mark.parametrize("then", ["run", "reconcile"])
def test_what_was_begun_to_go_back_is_finished_first(
    world: World, seconds: int, what: str, then: str
) -> None:
    world.invoice()
    world.run()
    pay(world)
    setattr(world.shop, f"lose_{what}s", 1)
    with pytest.raises(InDoubtError):
        world.run()
    world.wait(seconds)
    getattr(world, then)()
    assert world.sold()["status"] == "paid"
    assert world.ledger.batches.unfinished() == []
    world.shop.writes.clear()
    world.run()
    assert back(world) == []


def test_what_was_begun_to_go_back_and_is_otherwise_by_now_goes_back_as_it_is_now(world: World) -> None:
    world.pack = amended(
        "value: paid, when: \"{{ invoice.Status == 'PAID' and invoice.Paid > 0 }}\"",
        "value: \"{{ 'paid' if invoice.Status == 'PAID' else 'sent' }}\"",
    )
    world.invoice()
    world.run()
    pay(world)
    world.shop.lose_answers = 1
    with pytest.raises(InDoubtError):
        world.run()
    world.wait()
    world.books.edit("invoices", "invoices-2", Status="OPEN", Paid=Decimal(0))
    world.run()
    assert world.sold()["status"] == "sent"


@pytest.mark.parametrize(
    "name", ["batches.begin", "batches.settle", "links.save", "links.record_observed", "runs.move_cursor"]
)
@pytest.mark.parametrize("after", [True, False])
def test_a_run_killed_while_it_brings_back_owes_nothing_in_the_end(
    world: World, name: str, after: bool
) -> None:
    for key in "12345":
        world.invoice(key)
    world.run()
    for at in range(2, 7):
        pay(world, f"invoices-{at}")
    world.killable.kill(name, 2 if name in ("batches.begin", "batches.settle") else 1, after=after)
    with pytest.raises(Killed):
        world.reconcile(full=False)
    world.wait()
    world.run()
    assert [world.sold(key)["status"] for key in "12345"] == ["paid"] * 5
    assert world.ledger.batches.unfinished() == []


def test_nothing_is_decided_for_what_is_in_doubt_with_the_source(world: World) -> None:
    class Vague(MemorySystem):
        def write(self, batch: Batch) -> list[Receipt]:
            super().write(batch)
            return [Receipt("doubt") for _ in batch.parts]

    world.shop_opened = Vague
    world.invoice()
    world.run()
    report = world.run()  # within the window: asked again, and no wiser
    assert held(report)["books.invoices/invoices-2"].startswith("begun: ")
    world.shop_opened = MemorySystem
    world.wait()
    report = world.run()
    assert held(report) == {}
    assert world.ledger.links.get("status", Address("books", "invoices", "invoices-2")) is not None


class Large(MemorySystem):
    """Lists only what is dated from March on, and says so."""

    kind = "narrowed"

    def read(self, stream: str, **asked: Any) -> Iterator[Entry]:
        for entry in super().read(stream, **asked):
            listed = stream != "invoices" or asked.get("keys") is not None
            recent = isinstance(entry, Record) and entry.values.get("Date", date.min) >= date(2026, 3, 1)
            if listed or (recent and self.kind == "narrowed"):
                yield entry
        if stream == "invoices" and asked.get("keys") is None:
            yield Notice(self.kind, stream, "too many to be listed")


class Unlisting(Large):
    kind = "unlisted"


@pytest.mark.parametrize("opened", [Large, Unlisting])
def test_what_is_not_listed_is_asked_for_by_its_id_before_it_is_missing(
    world: World, opened: type[MemorySystem]
) -> None:
    for key, day in (("1", 1), ("2", 2), ("3", 3), ("4", 3)):
        world.invoice(key, date=date(2026, day, 1))
    world.push()
    world.books_opened = opened
    for reference in ("INV-2", "INV-4"):
        world.books.drop("invoices", world.one(reference)["InvoiceID"])
    world.books.edit("invoices", world.one("INV-1")["InvoiceID"], Status="PAID", Paid=Decimal("121.00"))
    report = world.reconcile()
    assert kinds(report) == [("missing", "INV-2"), ("missing", "INV-4"), ("paid", "INV-1")]
    assert world.sold("1")["status"] == "paid"
    assert world.sold("3")["external_id"]
    assert "too many to be listed" in report.notices
