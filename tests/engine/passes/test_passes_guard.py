"""The guard stops before the first write, with the arithmetic; an approved run goes on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.model.errors import InDoubtError, UnsafePlanError
from engine.passes.plan.plan_totals import add_plan_totals
from engine.passes.push import plan
from engine.planning.guard import Limits
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import World, amended, counts

SINCE = date(2026, 1, 1)


def test_too_many_changes_stop_before_the_first_write(world: World) -> None:
    world.limits = Limits(first_run_since=SINCE, changes=3)
    for key in "123":
        world.invoice(key)
    with pytest.raises(UnsafePlanError) as caught:
        world.push()
    assert str(caught.value) == (
        "4 to create + 0 to update = 4 changes, 1 more than limits.changes: 3. "
        "Nothing was written. Review it with `sync plan`, then run with --yes."
    )
    assert world.books.writes == []
    assert world.ledger.links.counts() == {}
    assert world.ledger.held.rows() == []


def test_an_approved_run_goes_on(world: World) -> None:
    world.limits = Limits(first_run_since=SINCE, changes=1)
    world.invoice()
    assert counts(world.push(approved=True)) == {"created": 1}


def test_what_needs_no_write_is_no_change(world: World) -> None:
    world.limits = Limits(first_run_since=SINCE, changes=0)
    world.books.put("contacts", "c1", {"ContactID": "c1", "Name": "Company 7", "Number": "7"})
    world.books.put("invoices", "b1", {"InvoiceID": "b1", "Reference": "INV-1"})
    world.invoice("1")
    world.invoice("2", number=None)
    world.invoice("3", date=date(2025, 12, 31))
    assert counts(world.push()) == {"adopted": 1, "held": 1, "skipped": 1}


def test_what_was_begun_is_finished_whatever_the_limits_say(world: World) -> None:
    world.invoice()
    world.books.lose_answers = 1
    with pytest.raises(InDoubtError):
        world.push()
    world.limits = Limits(first_run_since=SINCE, changes=0)
    with pytest.raises(UnsafePlanError):
        world.push()
    assert world.ledger.batches.unfinished() == []


def test_amounts_hold_for_each_currency(world: World) -> None:
    world.limits = Limits(first_run_since=SINCE, amount=Decimal(1000))
    world.invoice("1", total=Decimal("600.50"))
    world.invoice("2", total=Decimal("400.00"))
    world.invoice("3", total=Decimal("900.00"), currency="USD")
    with pytest.raises(UnsafePlanError) as caught:
        world.push()
    assert str(caught.value).startswith(
        "new and changed documents total 1,000.50 EUR, 0.50 more than limits.amount: 1,000. Nothing"
    )


def test_credits_are_not_set_off_against_invoices(world: World) -> None:
    world.limits = Limits(first_run_since=SINCE, amount=Decimal(100))
    world.invoice("1", total=Decimal("60.00"))
    world.invoice("2", total=Decimal("-60.00"))
    with pytest.raises(UnsafePlanError, match=r"120\.00 EUR"):
        world.push()


def test_a_limit_of_amounts_holds_where_the_mapping_states_no_totals(world: World) -> None:
    totals = world.pack["invoices"]
    begin, end = totals.index("totals:"), totals.index("fields:")
    world.pack = {**world.pack, "invoices": totals[:begin] + totals[end:]}
    world.limits = Limits(first_run_since=SINCE, amount=Decimal(100))
    world.invoice()
    with pytest.raises(UnsafePlanError, match=r"121\.00 EUR, 21\.00 more"):
        world.push()


def test_an_update_counts_by_what_it_adds_or_takes(world: World) -> None:
    world.pack = amended("on_change: hold", "on_change: update")
    world.invoice("1", total=Decimal("100000.00"))
    world.push()
    world.limits = Limits(first_run_since=SINCE, amount=Decimal(50))
    world.shop.edit("invoices", "1", total=Decimal("100050.00"))
    assert counts(world.push()) == {"updated": 1}
    world.shop.edit("invoices", "1", total=Decimal("99999.00"))
    with pytest.raises(UnsafePlanError, match=r"51\.00 EUR, 1\.00 more"):
        world.push()


def test_every_limit_that_is_passed_is_told(world: World) -> None:
    world.limits = Limits(changes=1, amount=Decimal(1))
    world.invoice("1", date=date(2019, 5, 4))
    with pytest.raises(UnsafePlanError) as caught:
        world.push()
    told = str(caught.value).split("; ")
    assert len(told) == 3
    assert told[0] == (
        "this is the first run and limits.first_run_since is not set: 2 records would be created, "
        "the oldest dated 2019-05-04"
    )


# -- the first run


def test_a_first_run_without_a_cut_off_date_stops_though_contacts_come_first(world: World) -> None:
    world.limits = Limits()
    world.invoice()
    with pytest.raises(UnsafePlanError, match="this is the first run"):
        world.push()
    assert world.books.writes == []


def test_a_first_run_with_a_cut_off_date_goes_on(world: World) -> None:
    world.invoice()
    assert counts(world.push()) == {"created": 1}


def test_links_of_another_mapping_do_not_make_it_the_second_run(world: World) -> None:
    world.invoice()
    world.push()
    credit = world.pack["invoices"].replace("mapping: invoices", "mapping: credits")
    credit = credit.replace("{{ invoice.number }}", "{{ 'C' ~ invoice.number }}")
    world.pack = {**world.pack, "credits": credit}
    world.limits = Limits()
    with pytest.raises(UnsafePlanError, match="first run"):
        world.push()


def test_a_first_run_that_only_adopts_goes_on(world: World) -> None:
    world.limits = Limits()
    world.books.put("invoices", "b1", {"InvoiceID": "b1", "Reference": "INV-1"})
    world.invoice()
    assert counts(world.push()) == {"adopted": 1}


def test_a_later_run_needs_no_cut_off_date(world: World) -> None:
    world.invoice("1")
    world.push()
    world.limits = Limits()
    world.invoice("2")
    assert counts(world.push()) == {"created": 1, "unchanged": 1}


def test_flows_without_dates_have_no_first_run(world: World) -> None:
    world.pack = {"contacts": world.pack["contacts"]}
    world.limits = Limits()
    world.company()
    assert counts(world.push(), "contacts") == {"created": 1}


def test_a_plan_is_counted_like_a_push(world: World) -> None:
    world.invoice("1", total=Decimal("7.00"), currency="USD")
    context = world.context("plan")
    add_plan_totals(context, plan(context))
    assert (context.totals.creates, context.totals.updates, context.totals.amounts) == (
        2,
        0,
        {"USD": Decimal("7.00")},
    )


def test_an_amount_without_a_currency_counts_in_the_targets_own(world: World) -> None:
    class Based(MemorySystem):
        def base_currency(self) -> str:
            return "NZD"

    world.books_opened = Based
    world.invoice("1", total=Decimal("7.00"), currency="NZD")
    world.invoice("2", total=Decimal("5.00"), currency="none")
    world.pack = amended(
        'Currency: "{{ invoice.currency }}"',
        'Currency: {value: "{{ invoice.currency }}", when: "{{ invoice.currency != \'none\' }}"}',
    )
    world.limits = Limits(first_run_since=SINCE, amount=Decimal("10.00"))
    with pytest.raises(UnsafePlanError, match=r"documents total 12\.00 NZD"):
        world.push()
