"""A request that fails without naming a record is looked up, and split down to the record that causes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from engine.model.address import StreamRef
from engine.model.change import Batch, Receipt
from engine.model.errors import InDoubtError, UnavailableError
from engine.passes.push import push
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import (
    BOOKED,
    PACK,
    STREAMS,
    Killed,
    World,
    amended,
    counts,
    held,
    without_write_back,
)

WORDS = "500: An error occurred in Xero"
ALONE = f"{WORDS} (each time this record is sent, even alone; others are accepted)"


@pytest.fixture(autouse=True)
def _all_at_once(world: World) -> None:
    without_write_back(world)


def poison(*titles: str, stream: str = "invoices", verb: str = "") -> Callable[[Batch], str]:
    def fail(batch: Batch) -> str:
        meant = batch.stream == stream and verb in ("", batch.verb)
        return WORDS if meant and any(part.title in titles for part in batch.parts) else ""

    return fail


def down(batch: Batch) -> str:
    return WORDS if batch.stream == "invoices" else ""


def of_fifty(world: World, invoices: int) -> None:
    """As many invoices, in requests of up to 50."""
    world.streams = {**STREAMS, StreamRef("books", "invoices"): replace(BOOKED, batch_size=50)}
    for key in range(1, invoices + 1):
        world.invoice(str(key))


def references(world: World) -> Counter[str]:
    return Counter(one["Reference"] for one in world.booked())


def once_each(world: World, keys: range, *without: int) -> bool:
    return references(world) == Counter(f"INV-{key}" for key in keys if key not in without)


def no_key_twice(world: World) -> bool:
    return all(count == 1 for count in Counter(batch.key for batch in world.books.writes).values())


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("bad", [1, 2, 27, 50, 51, 60])
def test_the_good_ones_go_through_and_the_bad_one_is_held_by_its_name(
    world: World, bad: int, after: bool
) -> None:
    of_fifty(world, 60)
    world.books.fail, world.books.fails_after = poison(f"INV-{bad}"), after
    report = world.push()
    assert once_each(world, range(1, 61), bad)
    assert held(report) == {f"shop.invoices/{bad}": f"books.failed: {ALONE}"}
    assert counts(report) == {"created": 59, "held": 1}
    assert world.ledger.batches.unfinished() == []
    assert no_key_twice(world)
    assert len(world.sent()) <= 16
    (row,) = world.ledger.held.rows("invoices")
    assert (row.title, row.reason) == (f"INV-{bad}", ALONE)
    assert row.fingerprint  # the same payload is not sent again
    world.books.writes.clear()
    world.invoice("61")
    assert counts(world.push()) == {"created": 1, "held": 1, "unchanged": 59}
    assert world.sent() == [["INV-61"]]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("bad", [(1, 2), (1, 60), (3, 17, 31, 48), tuple(range(1, 7))])
def test_several_bad_ones_are_all_found(world: World, bad: tuple[int, ...], after: bool) -> None:
    of_fifty(world, 60)
    world.books.fail, world.books.fails_after = poison(*(f"INV-{key}" for key in bad)), after
    report = world.push()
    assert once_each(world, range(1, 61), *bad)
    assert held(report) == {f"shop.invoices/{key}": f"books.failed: {ALONE}" for key in bad}
    assert no_key_twice(world)


def test_a_failure_that_passes_holds_nothing(world: World) -> None:
    of_fifty(world, 60)
    failures = iter([WORDS])
    world.books.fail = lambda batch: next(failures, "") if batch.stream == "invoices" else ""
    assert counts(world.push()) == {"created": 60}
    assert once_each(world, range(1, 61))


def test_one_record_alone_is_sent_twice_before_it_is_held(world: World) -> None:
    without_neighbours(world)
    failures = iter([WORDS])
    world.books.fail = lambda batch: next(failures, "") if batch.stream == "invoices" else ""
    assert counts(world.push()) == {"created": 1}
    assert world.sent() == [["INV-1"], ["INV-1"]]
    assert no_key_twice(world)


def without_neighbours(world: World) -> None:
    world.invoice("1")


# -- the system itself


def test_a_system_that_fails_every_request_is_down_and_nothing_is_held(world: World) -> None:
    of_fifty(world, 120)
    world.books.fail = down
    with pytest.raises(UnavailableError) as caught:
        world.push()
    assert str(caught.value) == (
        "books.invoices: every request to create fails, even for one record alone "
        f"({WORDS}); nothing was lost, run again"
    )
    assert len(world.sent()) <= 12
    assert world.ledger.held.rows() == []
    assert world.ledger.batches.unfinished() == []
    world.books.fail = lambda batch: ""
    assert counts(world.push()) == {"created": 120}
    assert once_each(world, range(1, 121))
    assert no_key_twice(world)


def test_a_system_that_stays_down_holds_nothing_however_often_it_is_tried(world: World) -> None:
    of_fifty(world, 60)
    world.books.fail = down
    for _ in range(6):
        with pytest.raises(UnavailableError):
            world.push()
        world.company("9", name="Another customer")  # contacts are accepted meanwhile
    assert world.ledger.held.rows() == []


def test_a_system_that_goes_down_under_way_holds_nothing(world: World) -> None:
    of_fifty(world, 200)
    world.in_flight = 1
    world.books.fail = lambda batch: down(batch) if len(world.sent()) > 2 else ""
    with pytest.raises(UnavailableError):
        world.push()
    assert world.ledger.held.rows() == []
    world.books.fail = lambda batch: ""
    world.push()
    assert once_each(world, range(1, 201))


def test_one_record_that_fails_with_nothing_else_accepted_is_reported_and_tried_again(world: World) -> None:
    world.invoice("1")
    world.books.fail = poison("INV-1")
    reason = f"books.failed: {WORDS}; nothing else was accepted since, so books may be down: run again"
    assert held(world.push()) == {"shop.invoices/1": reason}
    assert world.ledger.held.rows() == []
    assert world.ledger.batches.unfinished() == []
    world.invoice("2")  # a later invoice goes through, and shows that it is not the system
    assert held(world.push()) == {"shop.invoices/1": f"books.failed: {ALONE}"}
    assert once_each(world, range(2, 3))


def test_the_only_record_there_is_is_held_once_it_has_failed_often_enough(world: World) -> None:
    world.invoice("1")
    world.books.fail = poison("INV-1")
    world.push()
    assert list(held(world.push())) == ["shop.invoices/1"]
    (row,) = world.ledger.held.rows()
    assert row.reason == f"{WORDS} (3 times, with this record alone)"


def quiet(world: World) -> bool:
    """Whether a further run has nothing to send, and nothing that it would send once more."""
    before = len(world.books.writes)
    world.push()
    return len(world.books.writes) == before and world.ledger.batches.unfinished() == []


def failing_updates(world: World, *keys: str) -> None:
    """Invoices that went through, and were changed into what fails."""
    world.pack = amended("on_change: hold", "on_change: update")
    without_write_back(world)
    for key in keys:
        world.invoice(key)
    world.push()
    for key in keys:
        world.shop.edit("invoices", key, total=Decimal(9))
    world.books.fail = poison(*(f"INV-{key}" for key in keys), verb="update")


REPEATED = f"books.failed: {WORDS} (3 times, with this record alone)"


def test_one_that_is_held_already_keeps_no_other_from_being_held(world: World) -> None:
    failing_updates(world, "1")
    world.push()
    world.invoice("2")
    assert held(world.push()) == {"shop.invoices/1": f"books.failed: {ALONE}"}
    world.shop.edit("invoices", "2", total=Decimal(9))
    world.books.fail = poison("INV-1", "INV-2", verb="update")
    world.push()
    assert held(world.push()) == {
        "shop.invoices/1": f"books.failed: {ALONE}",
        "shop.invoices/2": REPEATED,
    }
    assert quiet(world)


@pytest.mark.parametrize("gone", ["deleted", "draft"])
def test_one_that_is_not_to_be_sent_any_more_keeps_no_other_from_being_held(world: World, gone: str) -> None:
    world.invoice("1")
    world.books.fail = poison("INV-1", "INV-2")
    world.push()
    if gone == "deleted":
        world.shop.drop("invoices", "1")
    else:
        world.shop.edit("invoices", "1", status="draft")
    world.invoice("2")
    world.push()
    assert held(world.push()) == {"shop.invoices/2": REPEATED}
    assert quiet(world)


def test_two_that_always_fail_while_nothing_else_is_sent_are_both_held(world: World) -> None:
    failing_updates(world, "1", "2")
    for _ in range(2):
        world.push()
        assert world.ledger.held.rows() == []  # alone once in each run: the books may be down
    assert held(world.push()) == {"shop.invoices/1": REPEATED, "shop.invoices/2": REPEATED}
    assert quiet(world)


def test_three_that_always_fail_wait_until_another_is_accepted(world: World) -> None:
    failing_updates(world, "1", "2", "3")
    for _ in range(4):
        with pytest.raises(UnavailableError, match="every request to update fails"):
            world.push()
    assert world.ledger.held.rows() == []
    world.invoice("4")
    assert set(held(world.push())) == {f"shop.invoices/{key}" for key in "123"}
    assert quiet(world)


def test_invoices_that_go_out_one_by_one_to_a_system_that_is_down_are_not_held(world: World) -> None:
    """The first of a ledger: each fails in a request of its own, run after run."""
    world.pack = PACK
    for key in "1234":
        world.invoice(key)
    world.books.fail = down
    for _ in range(6):
        with pytest.raises(UnavailableError):
            world.run()
    assert world.ledger.held.rows() == []
    world.books.fail = lambda batch: ""
    world.run()
    assert once_each(world, range(1, 5))


# -- every verb and stream


def test_a_bad_contact_holds_its_own_invoices_and_no_others(world: World) -> None:
    for key in range(1, 7):
        world.invoice(str(key), customer_id=str(key))
    world.books.fail = poison("Company 4", stream="contacts")
    report = world.push()
    assert once_each(world, range(1, 7), 4)
    assert held(report)["shop.companies/4"] == f"books.failed: {ALONE}"
    assert "needs shop.companies/4, which is held" in held(report)["shop.invoices/4"]


@pytest.mark.parametrize("after", [False, True])
def test_a_bad_update_is_found_among_good_ones(world: World, after: bool) -> None:
    for key in range(1, 7):
        world.invoice(str(key), customer_id=str(key))
    world.push()
    for key in range(1, 7):
        world.shop.edit("companies", str(key), city="Breda")
    world.books.fail, world.books.fails_after = poison("Company 4", stream="contacts", verb="update"), after
    report = world.push()
    assert {one["Name"]: one.get("City") for one in world.contacts()} == {
        f"Company {key}": None if key == 4 else "Breda" for key in range(1, 7)
    }
    assert held(report)["shop.companies/4"] == f"books.failed: {ALONE}"
    assert no_key_twice(world)


@pytest.mark.parametrize("after", [False, True])
def test_an_action_that_fails_is_never_requested_twice_and_stops_no_other(world: World, after: bool) -> None:
    world.settings["auto_send"] = True
    for key in "123":
        world.invoice(key)
    world.books.fail = poison("INV-2", verb="email")
    if after:  # the e-mail went out before the error
        world.books.arrived = lambda batch: (
            world.books.acted.append(("invoices", "email", batch.parts[0].target_id or ""))
            if batch.verb == "email" and batch.parts[0].title == "INV-2"
            else None
        )
    report = world.push()
    assert world.sent(verb="email") == [["INV-1"], ["INV-2"], ["INV-3"]]
    assert len(world.books.acted) == (3 if after else 2)
    if after:
        assert held(report) == {}
    else:
        (reason,) = held(report).values()
        assert reason.startswith(f"in_doubt: email: {WORDS}; unknown whether it was sent; ask the recipient")
    world.push()
    assert len(world.sent(verb="email")) == 3


def test_actions_stop_when_every_one_of_them_fails(world: World) -> None:
    world.settings["auto_send"] = True
    for key in range(9):
        world.invoice(str(key))
    world.books.fail = lambda batch: WORDS if batch.verb == "email" else ""
    with pytest.raises(UnavailableError, match="every request to email fails"):
        world.push()
    assert len(world.sent(verb="email")) <= 4


def test_a_bad_write_back_is_held_and_the_others_are_made(world: World) -> None:
    world.pack = PACK
    for key in "123":
        world.invoice(key)
    world.shop.fail = lambda batch: WORDS if batch.parts[0].title == "INV-2" else ""
    report = world.run()
    assert [bool(world.sold(key).get("external_id")) for key in "123"] == [True, False, True]
    assert list(held(report).values()) == [f"shop.failed: {ALONE}"]


# -- doubt


def test_an_error_is_looked_up_by_the_next_run_if_this_one_cannot(world: World) -> None:
    """Inside the window of its key, which would only repeat the error."""
    world.invoice("1")
    world.invoice("2")
    world.books.fail, world.books.fails_after = poison("INV-2"), True
    world.killable.kill("batches.forget")
    with pytest.raises(Killed):
        world.push()
    (begun,) = world.ledger.batches.unfinished()
    assert (begun.spent, begun.failure) == (True, WORDS)
    world.push()
    assert once_each(world, range(1, 2))
    assert no_key_twice(world)


def test_a_request_that_stays_unanswered_is_sent_in_smaller_ones_after_the_window(world: World) -> None:
    of_fifty(world, 50)
    bad = {"INV-13"}

    def arrived(batch: Batch) -> None:
        if batch.stream == "invoices" and bad & {part.title for part in batch.parts}:
            raise InDoubtError("it gave up", "no usable answer: timed out")

    world.books.arrived = arrived
    for _ in range(8):
        try:
            report = world.push()
        except InDoubtError:
            world.wait()
            continue
        break
    assert once_each(world, range(1, 51), 13)
    assert held(report)["shop.invoices/13"].startswith("books.failed: no usable answer: timed out (each time")
    world.push()
    world.books.arrived = lambda batch: None
    world.ledger.held.retry("invoices", world.invoice("13"), "write")
    world.push()
    assert once_each(world, range(1, 51))


def test_what_failed_before_is_sent_after_what_did_not(world: World) -> None:
    of_fifty(world, 3)
    world.books.fail = down
    with pytest.raises(UnavailableError):
        world.push()
    world.books.fail = lambda batch: ""
    world.books.writes.clear()
    world.in_flight = 1
    world.invoice("4", total=Decimal(5))
    world.push()
    assert world.sent() == [["INV-4"], ["INV-1"], ["INV-2"], ["INV-3"]]


def test_a_record_released_by_a_person_does_not_take_its_neighbours_down(world: World) -> None:
    of_fifty(world, 20)
    world.books.fail = poison("INV-7")
    world.push()
    for key in range(21, 31):
        world.invoice(str(key))
    world.ledger.held.retry("invoices", world.invoice("7"), "write")
    world.books.writes.clear()
    report = world.push()
    assert sorted(map(len, world.sent())) == [1, 10]
    assert held(report) == {"shop.invoices/7": f"books.failed: {ALONE}"}
    assert once_each(world, range(1, 31), 7)


def test_an_error_that_names_some_and_leaves_others_open_is_looked_up_at_once(world: World) -> None:
    """An answered error is repeated under its key, so asking again would show nothing new."""

    class Summarising(MemorySystem):
        def write(self, batch: Batch) -> list[Receipt]:
            answered = super().write(batch)
            if all(one.outcome == "done" for one in answered):
                return list(answered)
            unnamed = Receipt("doubt", reason="not named", code="books.request")
            return [unnamed if one.outcome == "done" else one for one in answered]

    world.pack = amended('match: [{Reference: "{{ invoice.number }}"}]', "match: []")
    without_write_back(world)
    world.books_opened = Summarising
    world.books.refuse = lambda stream, body: "no such account" if body.get("Reference") == "INV-2" else ""
    for key in "123":
        world.invoice(key)
    context = world.context()
    push(context)
    assert references(world) == Counter(["INV-1", "INV-3"])
    assert held(context.report) == {"shop.invoices/2": "memory.refused: no such account"}
    assert counts(context.report) == {"created": 2, "held": 1}
    assert world.sent() == [["INV-1", "INV-2", "INV-3"]]


def test_bad_ones_at_the_front_stop_no_later_run(world: World) -> None:
    """The first invoices of a ledger go out one by one, until one has been written back."""
    of_fifty(world, 10)
    bad = (1, 10, 2, 3)  # the first four in the order of their keys
    world.books.fail = poison(*(f"INV-{key}" for key in bad))
    with suppress(UnavailableError):  # if the first three that it tries are all bad
        world.run()
    report = world.run()
    assert once_each(world, range(1, 11), *bad)
    assert held(report) == {f"shop.invoices/{key}": f"books.failed: {ALONE}" for key in bad}
