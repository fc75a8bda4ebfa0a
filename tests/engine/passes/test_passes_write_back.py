"""Create, compare the answer, write back, mail: in this order, and one record first in a new ledger."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.model.address import StreamRef
from engine.model.change import Batch, Receipt
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import SOLD, STREAMS, Killed, World, amended, counts, held, kinds


def order(world: World) -> list[str]:
    """What reached both systems, in order."""
    seen: list[str] = []

    def arrived(batch: Batch) -> None:
        seen.append(f"{batch.verb} {batch.stream} {len(batch.parts)}")

    def back(batch: Batch) -> None:
        seen.append(f"back {len(batch.parts)}")

    world.books.arrived, world.shop.arrived = arrived, back
    return seen


def sold(world: World, count: int) -> None:
    for key in range(1, count + 1):
        world.invoice(str(key))


def closed(stream: str, body: object) -> str:
    return "there is no such call"


# -- the order


def test_the_number_is_written_back_before_the_customer_is_mailed(world: World) -> None:
    """(connectors/psohub/API.md, 8.2)"""
    world.settings["auto_send"] = True
    sold(world, 1)
    seen = order(world)
    world.push()
    assert seen == ["create contacts 1", "create invoices 1", "back 1", "email invoices 1"]


def test_the_first_record_of_a_ledger_goes_out_alone_and_the_others_after_its_write_back(
    world: World,
) -> None:
    world.in_flight = 1
    sold(world, 5)
    seen = order(world)
    world.push()
    assert seen[1:3] == ["create invoices 1", "back 1"]
    assert seen[3:5] == ["create invoices 3", "create invoices 1"]
    sold(world, 9)
    seen.clear()
    world.push()
    assert seen[0] == "create invoices 3"  # the way back is known by now


def test_a_first_write_back_that_is_refused_stops_the_run(world: World) -> None:
    world.settings["auto_send"] = True
    world.shop.refuse = closed
    sold(world, 5)
    report = world.run()
    assert len(world.booked()) == 1
    assert world.books.acted == []
    assert held(report) == {"books.invoices/invoices-2": "memory.refused: there is no such call"}
    (notice,) = report.notices
    assert notice.startswith("stopped: shop did not accept the first write-back, of INV-1")


def test_the_next_run_tries_the_write_back_first_and_creates_nothing(
    world: World,
) -> None:
    world.shop.refuse = closed
    sold(world, 5)
    world.run()
    seen = order(world)
    world.run()
    assert seen == ["back 1"]
    assert len(world.booked()) == 1


def test_the_run_goes_on_once_the_write_back_is_accepted(world: World) -> None:
    world.settings["auto_send"] = True
    world.shop.refuse = closed
    sold(world, 5)
    world.run()
    world.shop.refuse = lambda stream, body: ""
    report = world.run()
    assert counts(report) == {"created": 4, "unchanged": 1}
    assert [world.sold(str(key))["external_id"] for key in range(1, 6)]
    assert len(set(world.books.acted)) == len(world.books.acted) == 5
    assert world.ledger.held.rows() == []


def test_a_record_that_is_refused_itself_does_not_prove_the_way_back(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if body.get("Reference") == "INV-1" else ""
    world.shop.refuse = closed
    sold(world, 4)
    world.run()
    assert [row["Reference"] for row in world.booked()] == ["INV-2"]


def test_without_anything_to_write_back_one_record_goes_out_alone_and_the_rest_follow(world: World) -> None:
    world.pack = amended('  external_id: "{{ invoice.InvoiceID }}"\n', "")
    world.in_flight = 1
    sold(world, 5)
    seen = order(world)
    world.push()
    assert seen[1:] == ["create invoices 1", "create invoices 3", "create invoices 1"]


def test_the_first_payments_that_go_back_go_one_at_a_time_until_one_is_accepted(world: World) -> None:
    world.pack = amended('  external_id: "{{ invoice.InvoiceID }}"\n', "")
    sold(world, 3)
    world.run()
    for row in world.booked():
        world.books.edit("invoices", row["InvoiceID"], Status="PAID", Paid=row["Total"])
    world.shop.refuse = closed
    world.run()
    assert len(world.shop.writes) == 1
    world.shop.refuse = lambda stream, body: ""
    world.run()
    assert [world.sold(str(key))["status"] for key in (1, 2, 3)] == ["paid"] * 3


def test_a_source_record_that_is_gone_does_not_stop_the_run(world: World) -> None:
    sold(world, 3)
    world.killable.kill("batches.begin", 3)
    with pytest.raises(Killed):
        world.push()
    world.shop.drop("invoices", "1")
    world.run()
    assert len(world.booked()) == 3
    assert world.sold("3")["external_id"]


# -- the answer


class Dearer(MemorySystem):
    """Computes one invoice differently than it was sent."""

    def write(self, batch: Batch) -> list[Receipt]:
        receipts = super().write(batch)
        for part, receipt in zip(batch.parts, receipts, strict=True):
            if part.body.get("Reference") == "INV-2" and receipt.target_id:
                self.memory.edit("invoices", receipt.target_id, Total=Decimal("121.50"))
        return [
            Receipt("done", one.target_id, observed=self.memory.records[batch.stream][one.target_id or ""])
            for one in receipts
        ]


def test_an_answer_with_other_totals_holds_write_back_and_mail_and_shows_both(world: World) -> None:
    world.settings["auto_send"] = True
    world.books_opened = Dearer
    sold(world, 3)
    report = world.run()
    assert counts(report) == {"created": 3}
    reason = held(report)["shop.invoices/2"]
    assert "Total 121.00 in shop, 121.50 in books (+0.50)" in reason
    assert reason.startswith("answer: ")
    assert "external_id" not in world.sold("2")
    mailed = {world.books.records["invoices"][key]["Reference"] for _, _, key in world.books.acted}
    assert mailed == {"INV-1", "INV-3"}
    assert ("cents", "INV-2") in kinds(report)


def test_what_the_target_made_something_else_of_is_not_created_again_and_stays_held(world: World) -> None:
    world.settings["auto_send"] = True
    world.books_opened = Dearer
    sold(world, 2)
    world.run()
    report = world.run()
    assert len(world.booked()) == 2
    assert "external_id" not in world.sold("2")
    assert len(world.books.acted) == 1
    assert [row.code for row in world.ledger.held.rows("invoices") if row.verb == "write"] == ["answer"]
    assert ("cents", "INV-2") in kinds(report)


def test_a_person_releases_what_the_target_made_something_else_of(world: World) -> None:
    world.settings["auto_send"] = True
    world.books_opened = Dearer
    sold(world, 2)
    world.run()
    world.retry()
    world.run()
    assert world.sold("2")["external_id"]
    assert len(world.books.acted) == 2


def test_an_answer_within_the_accepted_tolerance_holds_nothing(world: World) -> None:
    class Rounded(Dearer):
        def write(self, batch: Batch) -> list[Receipt]:
            receipts = super().write(batch)
            return [
                Receipt(r.outcome, r.target_id, observed={**r.observed, "Total": Decimal("121.05")})
                if batch.stream == "invoices"
                else r
                for r in receipts
            ]

    world.settings["rounding"] = "accept"
    world.books_opened = Rounded
    sold(world, 1)
    assert held(world.push()) == {}
    assert world.sold("1")["external_id"]


def test_an_answer_that_only_the_next_run_gets_is_compared_too(world: World) -> None:
    world.settings["auto_send"] = True
    world.books_opened = Dearer
    world.killable.kill("batches.settle", 4)  # INV-2 is made, and not settled
    sold(world, 2)
    with pytest.raises(Killed):
        world.push()
    report = world.push()
    assert "121.50 in books" in held(report)["shop.invoices/2"]
    assert len(world.books.acted) == 1


def test_an_answer_to_what_the_source_changed_meanwhile_is_compared_with_what_was_sent(world: World) -> None:
    sold(world, 1)
    world.killable.kill("batches.settle", 2)
    with pytest.raises(Killed):
        world.push()
    world.shop.edit("invoices", "1", total=Decimal("99.00"))
    assert [held_ for held_ in held(world.push()).values() if held_.startswith("answer")] == []


def test_a_number_that_the_source_accepted_and_does_not_show_is_written_back_again(world: World) -> None:
    sold_stream = replace(SOLD, external_id="external_id")
    world.streams = {**STREAMS, StreamRef("shop", "invoices"): sold_stream}
    sold(world, 3)
    world.run()
    world.shop.edit("invoices", "2", external_id=None)
    world.shop.writes.clear()
    report = world.run()
    assert world.sold("2")["external_id"]
    assert len(world.shop.writes) == 1
    assert any("does not show 1 numbers that it accepted" in notice for notice in report.notices)
    world.shop.writes.clear()
    world.run()
    assert world.shop.writes == []
