"""A difference that a person has accepted is quiet as long as it stays as it is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.model.report import RunReport
from tests.engine.passes.passes_kit import World, kinds, rows


def edit(world: World, **values: object) -> None:
    world.books.edit("invoices", world.one()["InvoiceID"], **values)


def accept(world: World, why: str = "agreed") -> None:
    (drifted,) = world.ledger.accepted.reported()
    world.ledger.accepted.accept(drifted, why, "a bookkeeper")


def drifted(report: RunReport) -> bool:
    assert report.reconcile is not None
    return report.reconcile.drifted


EDITS: dict[str, dict[str, object]] = {
    "voided": {"Status": "VOIDED"},
    "deleted": {"Status": "DELETED"},
    "edited": {"Date": "2026-04-01"},
    "cents": {"Total": Decimal("121.02")},
}


@pytest.mark.parametrize("kind", EDITS)
@pytest.mark.parametrize("full", [True, False])
def test_what_is_accepted_is_a_row_and_no_drift(world: World, kind: str, full: bool) -> None:
    world.invoice("1")
    world.run()
    edit(world, **EDITS[kind])
    before = world.reconcile()
    assert drifted(before)
    accept(world)
    after = world.reconcile(full=full)
    assert not drifted(after)
    assert kinds(after) == kinds(before)
    assert {row.accepted.why for row in rows(after) if row.accepted} == {"agreed"}
    assert [row.amount for row in rows(after)] == [row.amount for row in rows(before)]


def test_what_is_missing_can_be_accepted(world: World) -> None:
    world.invoice("1")
    world.run()
    world.books.drop("invoices", world.one()["InvoiceID"])
    world.reconcile()
    accept(world)
    assert not drifted(world.reconcile())
    assert not drifted(world.run())


def test_a_payment_that_was_removed_can_be_accepted(world: World) -> None:
    world.invoice("1")
    world.run()
    edit(world, Status="PAID", Paid=Decimal("121.00"))
    world.run()
    edit(world, Status="OPEN", Paid=Decimal(0))
    assert kinds(world.run()) == [("unpaid", "INV-1")]
    accept(world)
    assert not drifted(world.run())


@pytest.mark.parametrize("side", ["source", "target"])
def test_it_is_reported_again_when_either_side_changes(world: World, side: str) -> None:
    world.invoice("1")
    world.run()
    edit(world, Total=Decimal("121.02"))
    world.run()
    accept(world)
    if side == "source":
        world.shop.edit("invoices", "1", total=Decimal("130.00"))
    else:
        edit(world, Total=Decimal("121.03"))
    report = world.run()
    assert drifted(report)
    assert all("changed since it was accepted on " in row.note for row in rows(report))
    accept(world, "again")
    assert not drifted(world.run())


def test_what_is_paid_meanwhile_stays_accepted(world: World) -> None:
    world.invoice("1")
    world.run()
    edit(world, Date="2026-04-01")
    world.run()
    accept(world)
    edit(world, Status="PAID", Paid=Decimal("121.00"))
    report = world.run()
    assert not drifted(report)
    assert [row.kind for row in rows(report)] == ["paid", "edited"]


def test_what_is_right_again_is_not_accepted_any_more(world: World) -> None:
    world.invoice("1")
    world.run()
    edit(world, Date="2026-04-01")
    world.run()
    accept(world)
    edit(world, Date="2026-03-01")
    assert kinds(world.run()) == []
    assert world.ledger.accepted.all() == {}
    edit(world, Date="2026-04-01")
    assert drifted(world.run())


def test_what_is_undone_is_reported_again(world: World) -> None:
    world.invoice("1")
    world.run()
    edit(world, Date="2026-04-01")
    world.run()
    accept(world)
    (target,) = world.ledger.accepted.all()
    world.ledger.accepted.undo(target)
    assert drifted(world.run())


def test_what_is_no_longer_there_says_how_to_decide(world: World) -> None:
    world.invoice("1")
    world.run()
    edit(world, Status="VOIDED")
    (row,) = rows(world.reconcile())
    assert row.advice == (
        "`sync unlink CONFIG shop.invoices/1` lets the next push create it again; "
        "`sync accept CONFIG shop.invoices/1 --why TEXT` if it is meant"
    )
