"""What was wanted and not mailed is a row with its reason; limits.emails stops a run before it mails."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.model.change import Batch, Receipt
from engine.model.errors import UnsafePlanError
from engine.passes.plan.plan_totals import add_plan_totals
from engine.passes.push import plan
from engine.passes.write.foresee import foresee, report_foreseen
from engine.planning.guard import Limits, PlanTotals, exceeded
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import World, amended

ACTION = '  - {do: email, when: "{{ settings.auto_send }}"}\n'


@pytest.fixture(autouse=True)
def _sending(world: World) -> None:
    world.settings["auto_send"] = True


def rows(world: World) -> list[tuple[str, str]]:
    return [(row.outcome, row.reason) for row in world.push().not_done.values()]


class Allowance(MemorySystem):
    """Mails so many, and declines the rest."""

    left = 1
    own = ""  # the reference of an invoice that is declined for a reason of its own

    def act(self, batch: Batch) -> Sequence[Receipt]:
        title = batch.parts[0].title
        if title == self.own or (type(self).left <= 0):
            return [Receipt("waiting", batch.parts[0].target_id, "no more today", "books.declined")]
        type(self).left -= 1
        return super().act(batch)


def test_a_reason_of_the_mapping_is_a_row_and_nothing_is_mailed(world: World) -> None:
    reason = "{value: the shop mailed it, when: \"{{ invoice.note == 'mailed' }}\"}"
    world.pack = amended(
        ACTION, f'  - {{do: email, when: "{{{{ settings.auto_send }}}}", unless: {reason}}}\n'
    )
    world.invoice("1", note="mailed")
    world.invoice("2")
    assert rows(world) == [("skipped", "the shop mailed it")]
    assert len(world.books.acted) == 1
    assert rows(world) == []  # it was reported when the record was created


def test_what_is_only_linked_is_a_row_and_is_not_mailed(world: World) -> None:
    world.invoice("1")
    world.push()
    world.books.put("invoices", "b9", {**world.one(), "InvoiceID": "b9", "Reference": "INV-2"})
    world.invoice("2")
    assert rows(world) == [("skipped", "the record exists in books already; it is only linked")]


def test_a_used_up_allowance_waits_and_a_later_run_goes_on_by_itself(world: World) -> None:
    class Two(Allowance):
        left = 2

    world.books_opened = Two
    for key in range(1, 9):
        world.invoice(str(key))
    report = world.push()
    assert report.actions["email"]["done"] == 2
    assert report.actions["email"]["waiting"] == 6
    assert world.ledger.held.rows() == []
    assert len(world.sent(verb="email")) <= 2
    world.books_opened = MemorySystem
    world.push()
    assert len(set(world.books.acted)) == 8


def test_what_is_declined_while_others_are_accepted_is_held(world: World) -> None:
    class One(Allowance):
        left, own = 99, "INV-1"

    world.in_flight = 1
    world.books_opened = One
    for key in "1234":
        world.invoice(key)
    report = world.push()
    assert report.actions["email"] == {"done": 3, "held": 1}
    assert [row.reason for row in world.ledger.held.rows()] == ["no more today"]


def test_the_plan_counts_the_e_mails(world: World) -> None:
    for key in "123":
        world.invoice(key)
    context = world.context("plan")
    plans = plan(context)
    foresight = foresee(context, plans)
    add_plan_totals(context, plans, foresight.mails)
    report_foreseen(context, foresight)
    assert context.totals.emails == 3
    assert context.report.not_done == {}


def test_more_e_mails_than_the_limit_stop_the_run_with_the_arithmetic(world: World) -> None:
    world.limits = Limits(first_run_since=world.limits.first_run_since, emails=2)
    for key in "123":
        world.invoice(key)
    with pytest.raises(UnsafePlanError, match=r"3 e-mails to send, 1 more than limits\.emails: 2"):
        world.push()
    assert world.books.writes == []
    world.push(approved=True)
    assert len(world.books.acted) == 3


def test_a_limit_that_is_met_is_not_exceeded() -> None:
    assert exceeded(PlanTotals(emails=2), Limits(emails=2)) == []
