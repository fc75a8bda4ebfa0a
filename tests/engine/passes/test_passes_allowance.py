"""A day's allowance of e-mails: plan and run keep it alike, and what is beyond it is sent on a later day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.model.report import RunReport
from engine.passes.push import plan, push
from engine.passes.write.foresee import foresee
from engine.sdk.system import Allowance
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import World


class TwoADay(MemorySystem):
    """Mails two on a day."""

    def allowance(self, stream: str, verb: str) -> Allowance | None:
        return Allowance(2, "the two of a day are used up")


class NothingADay(MemorySystem):
    """Mails nothing at all."""

    def allowance(self, stream: str, verb: str) -> Allowance | None:
        return Allowance(0, "nothing is ever mailed")


@pytest.fixture
def five(world: World) -> World:
    world.settings["auto_send"] = True
    world.books_opened = TwoADay
    for key in "12345":
        world.invoice(key)
    return world


def foreseen(world: World, later: timedelta = timedelta()) -> tuple[int, set[str]]:
    """The e-mails that a plan counts, and the reasons of the others."""
    context = world.context("plan")
    context.now = lambda: datetime.now(UTC) + later
    foresight = foresee(context, plan(context))
    return foresight.mails, {row.reason for row in foresight.rows.values() if row.outcome == "waiting"}


def pushed(world: World, later: timedelta = timedelta()) -> RunReport:
    context = world.context()
    context.now = lambda: datetime.now(UTC) + later
    push(context)
    return context.report


def done(report: RunReport) -> int:
    return report.actions.get("email", {}).get("done", 0)


def test_what_is_beyond_the_allowance_waits_with_its_reason(five: World) -> None:
    planned, reasons = foreseen(five)
    report = pushed(five)
    assert planned == done(report) == len(five.books.acted) == 2
    assert {row.reason for row in report.not_done.values()} == reasons
    assert reasons == {"the two of a day are used up; later runs try again"}
    assert len(report.not_done) == 3
    assert five.ledger.held.rows() == []


def test_what_was_sent_on_the_day_counts_against_it(five: World) -> None:
    pushed(five)
    asked = len(five.books.acted)
    assert foreseen(five)[0] == 0
    report = pushed(five)
    assert done(report) == 0
    assert len(report.not_done) == 3
    assert len(five.books.acted) == asked


def test_a_later_day_takes_up_what_waits(five: World) -> None:
    pushed(five)
    sent = []
    for days in (1, 2):
        planned, _ = foreseen(five, timedelta(days=days))
        sent.append(done(pushed(five, timedelta(days=days))))
        assert planned == sent[-1]
    assert sent == [2, 1]
    assert len(set(five.books.acted)) == 5


def test_without_any_allowance_nothing_is_requested(five: World) -> None:
    five.books_opened = NothingADay
    planned, reasons = foreseen(five)
    report = pushed(five)
    assert (planned, done(report), five.books.acted) == (0, 0, [])
    assert reasons == {"nothing is ever mailed"}
    assert {row.reason for row in report.not_done.values()} == reasons
    assert five.ledger.held.rows() == []
