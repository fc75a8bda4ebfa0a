"""A work queue that shows only so many records at once is worked off in rounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine.model.address import Address, StreamRef
from engine.model.change import Change, Create, Update
from engine.model.errors import UnsafePlanError
from engine.model.payload import Payload, Ref
from engine.model.record import Entry, Notice, Record
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.rounds import in_full_requests
from engine.passes.push import plan, push
from engine.passes.run import run
from engine.planning.guard import Limits
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import SOLD, Killed, World, amended, counts, held, kinds

PAGE = 3


class Queue(MemorySystem):
    """A source whose invoices are a work queue: those without an external id, at most a page of them."""

    page = PAGE

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Entry]:
        found = list(super().read(stream, since=since, keys=keys, paths=paths))
        if stream != "invoices" or keys is not None:
            yield from found
            return
        waiting = [one for one in found if isinstance(one, Record) and "external_id" not in one.values]
        yield from waiting[: self.page]
        if len(waiting) >= self.page:
            yield Notice("queue_full", stream, "a full page of the queue")


@pytest.fixture(autouse=True)
def _queue(world: World) -> None:
    world.shop_opened = Queue
    world.streams = {**world.streams, StreamRef("shop", "invoices"): replace(SOLD, work_queue=True)}


def queued(world: World, count: int) -> None:
    for key in range(count):
        world.invoice(f"{key:02}")


def test_a_queue_longer_than_a_page_is_worked_off_in_rounds(world: World) -> None:
    queued(world, 8)
    report = world.run()
    assert len(world.booked()) == 8
    assert all("external_id" in world.sold(f"{key:02}") for key in range(8))
    assert counts(report) == {"created": 8}
    assert counts(report, "status") == {"updated": 8}
    assert report.notices == []


def test_a_queue_of_exactly_full_pages_ends(world: World) -> None:
    queued(world, 6)
    report = world.run()
    assert counts(report) == {"created": 6}
    assert report.notices == []


def test_one_push_is_one_round_and_says_that_there_may_be_more(world: World) -> None:
    queued(world, 4)
    context = world.context()
    assert push(context) is True
    assert len(world.booked()) == PAGE
    queued(world, 0)
    world.run()
    assert push(world.context()) is False


def test_a_page_that_nothing_leaves_ends_the_rounds_and_is_told(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if str(body.get("Reference")) < "INV-03" else ""
    queued(world, 5)
    report = world.run()
    assert counts(report) == {"held": 3}
    assert len(report.notices) == 1
    assert report.notices[0].startswith("the source's work queue may have more records than it returns")
    assert world.booked() == []


def test_held_records_on_the_page_do_not_end_the_rounds_while_others_leave_it(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if body.get("Reference") == "INV-01" else ""
    queued(world, 8)
    report = world.run()
    assert counts(report) == {"created": 7, "held": 1}
    assert len(world.booked()) == 7


def test_a_record_met_in_several_rounds_counts_once(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if body.get("Reference") == "INV-00" else ""
    queued(world, 8)
    report = world.run()
    assert counts(report, "contacts") == {"created": 1}  # the one customer is met in every round
    assert sum(counts(report).values()) == 8
    assert list(held(report)) == ["shop.invoices/00"]


def test_what_was_made_and_not_written_back_makes_room_before_it_is_given_up(world: World) -> None:
    queued(world, 5)
    world.killable.kill("batches.begin", 3)  # after the customer and the first invoice: its number
    with pytest.raises(Killed):
        world.push()
    report = world.run()
    assert len(world.booked()) == 5
    assert counts(report, "status") == {"updated": 5}
    assert report.notices == []


def test_without_a_way_back_the_rounds_end(world: World) -> None:
    world.pack = {name: text for name, text in world.pack.items() if name != "status"}
    queued(world, 5)
    report = world.run()
    assert counts(report) == {"created": 3}
    assert len(report.notices) == 1


def test_a_queue_without_an_end_is_left_and_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.passes.run.MAX_ROUNDS", 2)
    queued(world, 8)
    report = world.run()
    assert report.notices == ["stopped after 2 rounds; the work queue may hold more: run again"]
    assert len(world.booked()) == 2 * PAGE


def test_the_limits_hold_over_all_rounds_and_say_what_was_written(world: World) -> None:
    world.limits = Limits(first_run_since=world.limits.first_run_since, changes=6)
    queued(world, 8)
    context = world.context("run")
    with pytest.raises(UnsafePlanError) as caught:
        run(context)
    assert str(caught.value) == (
        "7 to create + 0 to update = 7 changes, 1 more than limits.changes: 6. "
        "Earlier rounds wrote 4 of these changes, nothing else was written. "
        "Review it with `sync plan`, then run with --yes."
    )
    assert len(world.booked()) == 3
    assert counts(context.report) == {"created": 3}


def test_the_amount_limit_holds_over_all_rounds(world: World) -> None:
    world.limits = Limits(first_run_since=world.limits.first_run_since, amount=Decimal("400.00"))
    queued(world, 8)
    with pytest.raises(UnsafePlanError, match=r"726\.00 EUR, 326\.00 more"):
        world.run()


def test_what_an_early_round_found_unknown_is_in_the_report(world: World) -> None:
    world.run()
    world.books.put(
        "invoices",
        "b9",
        {"InvoiceID": "b9", "Reference": "by hand", "Total": Decimal(1), "Date": "2026-03-01"},
    )
    queued(world, 8)
    report = world.run()
    assert kinds(report) == [("unknown", "by hand")]
    assert report.reconcile is not None
    assert report.reconcile.documents == 8


def test_the_books_are_read_once_after_the_last_round(world: World) -> None:
    class Logging(MemorySystem):
        def read(self, stream: str, *, since: datetime | None = None, **how):  # type: ignore[no-untyped-def]
            if stream == "invoices":
                seen.append((since, len(self.memory.records.get("invoices", {}))))
            return super().read(stream, since=since, **how)

    seen: list[tuple[datetime | None, int]] = []
    world.books_opened = Logging
    queued(world, 7)
    world.run()
    assert seen == [(None, 7)]


@pytest.mark.parametrize("nth", range(1, 9))
def test_a_run_killed_between_rounds_owes_nothing_in_the_end(world: World, nth: int) -> None:
    queued(world, 7)
    world.killable.kill("batches.begin", nth)
    with suppress(Killed):
        world.run()
    world.killable.spare()
    world.wait()
    world.run()
    assert len(world.booked()) == 7
    assert all("external_id" in world.sold(f"{key:02}") for key in range(7))
    assert world.ledger.batches.unfinished() == []


def test_what_a_later_round_made_is_not_missing_though_the_clock_there_is_slow(world: World) -> None:
    class Slow(MemorySystem):
        """Its clock does not move, so that it never shows anything as changed since."""

        def read(self, stream: str, *, since: datetime | None = None, **how):  # type: ignore[no-untyped-def]
            return super().read(stream, **how) if since is None else iter(())

    world.books_opened = Slow
    queued(world, 8)
    report = world.run()
    assert len(world.booked()) == 8
    assert kinds(report) == []


def test_the_cursor_moves_when_the_last_round_is_done(world: World) -> None:
    queued(world, 4)
    world.killable.kill("runs.move_cursor")
    with pytest.raises(Killed):
        world.run()
    assert len(world.booked()) == 4
    assert world.ledger.runs.cursor("status") is None


def test_rounds_end_though_a_source_is_never_through(world: World) -> None:
    class Endless(MemorySystem):
        def read(self, stream: str, **how):  # type: ignore[no-untyped-def]
            yield from super().read(stream, **how)
            yield Notice("queue_full", stream, "for ever")

    world.shop_opened = Endless
    world.pack = amended("on_change: hold", "on_change: update")
    queued(world, 2)
    report = world.run()
    assert counts(report) == {"created": 2}
    assert len(report.notices) == 1


class Silent(Queue):
    """Shows a page of its queue, and does not say that there is more."""

    def read(self, stream: str, **how: Any) -> Iterator[Entry]:
        yield from (one for one in super().read(stream, **how) if not isinstance(one, Notice))


def test_a_queue_that_hides_its_length_is_read_until_it_offers_nothing_new(world: World) -> None:
    world.shop_opened = Silent
    queued(world, 8)
    report = world.run()
    assert counts(report) == {"created": 8}
    assert report.notices == []


class Forgetful(MemorySystem):
    """Shows all of its invoices as the queue, and never the number that it accepted."""

    def read(self, stream: str, **how: Any) -> Iterator[Entry]:
        for one in super().read(stream, **how):
            if isinstance(one, Record) and stream == "invoices":
                one = replace(one, values={k: v for k, v in one.values.items() if k != "external_id"})
            yield one


@pytest.mark.parametrize("count", [1, 4])
def test_a_number_that_is_never_shown_does_not_keep_a_run_going(world: World, count: int) -> None:
    world.shop_opened = Forgetful
    shows = replace(SOLD, work_queue=True, external_id="external_id")
    world.streams = {**world.streams, StreamRef("shop", "invoices"): shows}
    queued(world, count)
    assert counts(world.run()) == {"created": count}
    assert len(world.shop.writes) == count
    report = world.run()
    assert len(world.shop.writes) == count + 1  # the first is tried again, once
    assert len([notice for notice in report.notices if "does not show" in notice]) == 1


def test_a_run_without_news_reads_the_queue_once(world: World) -> None:
    queued(world, 2)
    world.run()
    readings: list[str] = []

    class Logging(Silent):
        def read(self, stream: str, **how: Any) -> Iterator[Entry]:
            readings.extend([stream] if how["keys"] is None else [])
            return super().read(stream, **how)

    world.shop_opened = Logging
    world.run()
    assert readings.count("invoices") == 1


# -- planning a queue that is longer than a page


class Wider(Queue):
    """Shows twice as much at once whenever it is asked to, up to a cap."""

    page, cap = PAGE, 100

    def widen(self, stream: str) -> bool:
        before, self.page = self.page, min(2 * self.page, self.cap)
        return stream == "invoices" and self.page > before


def planned(world: World, *, everything: bool) -> tuple[int, bool]:
    plans = plan(world.context("plan"), everything=everything)
    created = [change for one in plans for change in one.changes if isinstance(change, Create)]
    invoices = sum(change.payload.mapping == "invoices" for change in created)
    return invoices, any(one.queue_full for one in plans)


def test_a_plan_shows_a_page_and_says_that_there_is_more(world: World) -> None:
    world.shop_opened = Wider
    queued(world, 8)
    assert planned(world, everything=False) == (3, True)


def test_a_plan_of_everything_reads_on(world: World) -> None:
    world.shop_opened = Wider
    queued(world, 8)
    assert planned(world, everything=True) == (8, False)
    assert world.booked() == []
    assert counts(world.run()) == {"created": 8}


def test_a_plan_of_everything_ends_at_the_systems_cap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wider, "cap", 6)
    world.shop_opened = Wider
    queued(world, 8)
    assert planned(world, everything=True) == (6, True)


def test_a_plan_of_everything_ends_where_a_queue_cannot_be_widened(world: World) -> None:
    queued(world, 8)
    assert planned(world, everything=True) == (3, True)


# -- full requests -----------------------------------------------------------------------------------------


def plan_of(mapping: str, changes: Sequence[Change], *, full: bool = True) -> FlowPlan:
    """A plan for a target that takes three records in a request."""
    target = SimpleNamespace(schema=SimpleNamespace(batch_size=3))
    return FlowPlan(cast(Any, SimpleNamespace(name=mapping, target=target)), [*changes], queue_full=full)


def payload(mapping: str, key: str, customer: str = "") -> Payload:
    body = {"Contact": Ref("contacts", Address("shop", "contacts", customer))} if customer else {}
    return Payload(Address("shop", mapping, key), mapping, body)


def creates(mapping: str, *pairs: tuple[str, str]) -> list[Change]:
    return [Create(payload(mapping, key, customer)) for key, customer in pairs]


def keys(plan: FlowPlan) -> list[str]:
    return [change.payload.address.key for change in plan.changes if isinstance(change, Create | Update)]


def test_what_does_not_fill_a_request_waits_for_the_next_round() -> None:
    (kept,) = in_full_requests(
        [plan_of("invoices", creates("invoices", *[(f"{at}", "") for at in range(5)]))]
    )
    assert keys(kept) == ["0", "1", "2"]


def test_less_than_a_request_goes_if_nothing_else_makes_room() -> None:
    plans = [plan_of("invoices", creates("invoices", ("0", ""), ("1", "")))]
    assert in_full_requests(plans) == plans


def test_the_end_of_the_queue_goes_as_it_is() -> None:
    plans = [plan_of("invoices", creates("invoices", *[(f"{at}", "") for at in range(5)]), full=False)]
    assert in_full_requests(plans) == plans


def test_what_refers_to_a_customer_that_waits_waits_with_it() -> None:
    contacts = plan_of("contacts", creates("contacts", *[(key, "") for key in "abcd"]), full=False)
    sold = [("0", "d"), ("1", "a"), ("2", "a"), ("3", "b"), ("4", "c"), ("5", "c")]
    customers, invoices = in_full_requests([contacts, plan_of("invoices", creates("invoices", *sold))])
    assert keys(customers) == ["a", "b", "c"]
    assert keys(invoices) == ["1", "2", "3"]


def test_what_an_update_refers_to_does_not_wait() -> None:
    """A changed record does not come back with the queue."""
    contacts = plan_of("contacts", creates("contacts", *[(key, "") for key in "abcd"]), full=False)
    changed = Update(payload("invoices", "old", "d"), "id")
    invoices = plan_of("invoices", [changed, *creates("invoices", ("1", "d"), ("2", "a"), ("3", "b"))])
    customers, sold = in_full_requests([contacts, invoices])
    assert set(keys(customers)) == {"d", "a", "b"}
    assert keys(sold) == ["old", "1", "2", "3"]
