"""Begin, write, settle: batches, requests under way at once, refusals, and what stops a delivery."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine.ledger import open_ledger
from engine.model.address import StreamRef
from engine.model.change import Batch, Part, Receipt
from engine.model.errors import InDoubtError, SignInError, SyncError, UnavailableError
from engine.passes.push import push
from engine.passes.write.deliver import Delivery
from engine.passes.write.work import PendingWrite
from engine.sdk.wire import dumps
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import BOOKED, World, amended, counts, held, without_write_back


def without_contacts(world: World) -> None:
    """Invoices alone, so that every request is one for them."""
    world.pack = {
        "invoices": amended(
            '  Contact: {ref: contacts, key: "{{ invoice.customer_id }}", required: true}\n', ""
        )["invoices"]
    }


def test_a_request_holds_as_many_records_as_the_stream_takes(world: World) -> None:
    without_contacts(world)
    for key in range(1, 8):
        world.invoice(str(key))
    world.in_flight = 1
    world.push()
    assert world.sent() == [["INV-1", "INV-2", "INV-3"], ["INV-4", "INV-5", "INV-6"], ["INV-7"]]


def test_a_request_is_no_larger_than_the_stream_takes(world: World) -> None:
    without_contacts(world)
    small = {"Reference": "INV-1", "Note": "x" * 40}
    stream = replace(BOOKED, batch_size=50, batch_bytes=2 * len(dumps(small)))
    context = world.context()
    context.streams = {**context.streams, StreamRef("books", "invoices"): stream}
    bodies = [small, small, small, {**small, "Note": "y" * 500}, small]
    writes = [
        PendingWrite(Part(world.invoice(str(at)), body, title=str(at))) for at, body in enumerate(bodies)
    ]
    Delivery(context, context.flow("invoices"), "create").deliver(writes)
    # The one that is too large by itself goes alone: only the target can say whether that is too much.
    assert sorted(world.sent()) == [["0", "1"], ["2"], ["3"], ["4"]]


def test_as_many_requests_are_under_way_as_the_connector_allows_and_no_more(world: World) -> None:
    without_contacts(world)
    world.in_flight = 3
    for key in range(18):
        world.invoice(f"{key:02}")
    together, lock, now, most = threading.Barrier(3, timeout=20), threading.Lock(), 0, 0

    def arrived(batch: Batch) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()  # opens for three at once, and breaks where there never are three
        with lock:
            now -= 1

    world.books.arrived = arrived
    world.push()
    assert most == 3
    assert len(world.booked()) == 18


def test_a_connector_that_allows_one_request_meets_one_at_a_time(world: World) -> None:
    without_contacts(world)
    world.in_flight = 1
    for key in range(9):
        world.invoice(str(key))
    busy = threading.Lock()

    def arrived(batch: Batch) -> None:
        assert busy.acquire(blocking=False)

    world.books.arrived, world.books.answered = arrived, lambda batch: busy.release()
    world.push()
    assert len(world.booked()) == 9


def test_a_batch_is_on_disk_as_it_is_sent_before_it_is_sent(world: World) -> None:
    without_write_back(world)
    for key in "12":
        world.invoice(key)
    looked = []

    def arrived(batch: Batch) -> None:
        ledger = open_ledger(world.url)  # another connection sees only what is committed
        try:
            (begun,) = [one for one in ledger.batches.unfinished() if one.batch.key == batch.key]
        finally:
            ledger.close()
        assert begun.batch == batch
        assert begun.open == tuple(range(len(batch.parts)))
        looked.append(batch.stream)

    world.books.arrived = arrived
    world.push()
    assert looked == ["contacts", "invoices"]


def test_each_batch_goes_out_under_its_own_key(world: World) -> None:
    """(connectors/psohub/API.md, 8.23)"""
    for key in "1234":
        world.invoice(key)
    world.push()
    keys = [one.key for one in world.books.writes]
    assert len(set(keys)) == len(keys) == 3


def test_one_refused_element_is_held_and_its_neighbours_go_on(world: World) -> None:
    without_write_back(world)
    world.books.refuse = lambda stream, body: "no such account" if body.get("Reference") == "INV-2" else ""
    for key in "123":
        world.invoice(key)
    report = world.push()
    assert [one["Reference"] for one in world.booked()] == ["INV-1", "INV-3"]
    assert held(report) == {"shop.invoices/2": "memory.refused: no such account"}
    assert counts(report) == {"created": 2, "held": 1}
    assert world.sent() == [["INV-1", "INV-2", "INV-3"]]


def test_a_request_refused_as_a_whole_is_split_one_by_one(world: World) -> None:
    without_write_back(world)

    def refuse(batch: Batch) -> str:
        wrong = any(part.body.get("Reference") == "INV-2" for part in batch.parts)
        return "the request cannot be read" if wrong else ""

    world.books.refuse_request = refuse
    for key in "123":
        world.invoice(key)
    report = world.push()
    assert sorted(world.sent()) == [["INV-1"], ["INV-1", "INV-2", "INV-3"], ["INV-2"], ["INV-3"]]
    assert held(report) == {"shop.invoices/2": "memory.request: the request cannot be read"}
    assert [one["Reference"] for one in world.booked()] == ["INV-1", "INV-3"]
    assert world.ledger.batches.unfinished() == []


def test_what_the_target_gave_to_two_records_is_held_not_linked_twice(world: World) -> None:
    class Careless(MemorySystem):
        def write(self, batch: Batch) -> list[Receipt]:
            (first, *others) = super().write(batch)
            return [first, *(replace(one, target_id=first.target_id) for one in others)]

    world.books_opened = Careless
    without_contacts(world)
    for key in "12":
        world.invoice(key)
    report = world.push()
    (reason,) = held(report).values()
    assert reason.startswith("taken: books.invoices/invoices-1 is already linked to shop.invoices/1")
    assert len(world.ledger.links.sources("invoices")) == 1
    assert world.ledger.batches.unfinished() == []


# -- what stops a delivery


def stops_at(reference: str, error: SyncError) -> Callable[[Batch], None]:
    def arrived(batch: Batch) -> None:
        if any(part.body.get("Reference") == reference for part in batch.parts):
            raise error

    return arrived


def test_what_was_on_its_way_is_settled_before_a_delivery_stops(world: World) -> None:
    without_contacts(world)
    for key in range(1, 10):
        world.invoice(str(key))
    second_is_in = threading.Event()

    def arrived(batch: Batch) -> None:
        if batch.parts[0].title == "INV-1":
            second_is_in.wait(timeout=20)
            raise UnavailableError("down")
        second_is_in.set()

    world.books.arrived = arrived
    with pytest.raises(UnavailableError, match="down"):
        world.push()
    assert [one["Reference"] for one in world.booked()][:3] == ["INV-4", "INV-5", "INV-6"]
    assert len(world.ledger.links.sources("invoices")) == len(world.booked())


@pytest.mark.parametrize("error", [UnavailableError("the day is spent"), SignInError("signed out")])
def test_what_surely_was_not_processed_leaves_no_doubt_behind(world: World, error: SyncError) -> None:
    world.books.arrived = stops_at("INV-1", error)
    world.invoice("1")
    with pytest.raises(type(error)):
        world.push()
    assert world.ledger.batches.unfinished() == []
    world.books.arrived = lambda batch: None
    world.wait()  # long after any window: nothing has to be looked up
    context = world.context()
    push(context)
    assert counts(context.report) == {"created": 1}


def test_what_is_in_doubt_stays_begun(world: World) -> None:
    world.books.arrived = stops_at("INV-1", InDoubtError("the line was cut"))
    world.invoice("1")
    with pytest.raises(InDoubtError):
        world.push()
    (begun,) = world.ledger.batches.unfinished()
    assert [part.title for part in begun.batch.parts] == ["INV-1"]


def test_the_first_of_several_reasons_is_the_one_that_is_told(world: World) -> None:
    without_contacts(world)
    world.in_flight = 1
    for key in range(1, 10):
        world.invoice(str(key))
    world.books.arrived = stops_at("INV-4", UnavailableError("down"))
    with pytest.raises(UnavailableError):
        world.push()
    assert world.sent() == [["INV-1", "INV-2", "INV-3"]]  # nothing goes out after it


def test_a_batch_that_cannot_be_written_down_is_not_sent(world: World) -> None:
    class Full:
        """The disk is full as soon as something is to be begun."""

        def __init__(self, batches: Any) -> None:
            self._batches = batches

        def __getattr__(self, name: str) -> Any:
            return getattr(self._batches, name)

        def begin(self, *given: Any) -> Any:
            raise UnavailableError("no room is left")

    world.killable.batches = Full(world.killable.batches)  # type: ignore[assignment]
    world.invoice()
    with pytest.raises(UnavailableError, match="no room"):
        world.push()
    assert world.books.writes == []


def test_a_receipt_in_doubt_leaves_its_record_open_and_says_so(world: World) -> None:
    world.books_opened = Vague
    for key in "123":
        world.invoice(key)
    report = world.push()
    (reason,) = held(report).values()
    assert list(held(report)) == ["shop.invoices/2"]
    assert reason.startswith("begun: its answer does not name this one; unknown whether it arrived")
    assert counts(report) == {"created": 2, "held": 1}
    assert world.ledger.held.rows() == []  # the ledger has the open batch, and that is memory enough


def test_a_record_in_doubt_is_not_decided_again_while_it_is(world: World) -> None:
    world.books_opened = Vague
    for key in "123":
        world.invoice(key)
    world.push()
    world.shop.edit("invoices", "2", currency="USD")
    report = world.push()  # answered from memory, which is no wiser
    assert list(held(report)) == ["shop.invoices/2"]
    assert len(world.booked("INV-2")) == 1
    assert world.ledger.held.rows() == []
    world.wait()
    report = world.push()
    assert held(report) == {
        "shop.invoices/2": "changed: changed since it was sent (Currency); "
        "on_change is hold, `sync held retry` sends the current version"
    }
    assert len(world.booked("INV-2")) == 1


class Vague(MemorySystem):
    """Does all it is asked for, and does not name INV-2 in its answers."""

    def write(self, batch: Batch) -> list[Receipt]:
        answered = super().write(batch)
        unnamed = Receipt("doubt", reason="its answer does not name this one", code="memory.answer")
        return [
            unnamed if part.title == "INV-2" else one for part, one in zip(batch.parts, answered, strict=True)
        ]


def test_settling_is_one_commit_for_each_receipt(world: World) -> None:
    without_write_back(world)
    for key in "123":
        world.invoice(key)
    context = world.context()
    links: list[int] = []

    class Watched:
        def __init__(self, batches: Any) -> None:
            self._batches = batches

        def __getattr__(self, name: str) -> Any:
            return getattr(self._batches, name)

        def settle(self, *given: Any) -> None:
            self._batches.settle(*given)
            with sqlite3.connect(world.url.removeprefix("sqlite:///")) as other:
                ((count,),) = other.execute("SELECT count(*) FROM links WHERE mapping = 'invoices'")
            other.close()
            links.append(count)

    world.killable.batches = Watched(world.killable.batches)  # type: ignore[assignment]
    push(context)
    assert links == [0, 1, 2, 3]  # the contact, then the invoices one after the other


def test_money_goes_out_with_the_digits_it_came_with(world: World) -> None:
    world.invoice(total=Decimal("12.50"))
    world.push()
    assert str(world.one()["Total"]) == "12.50"


# -- interrupted


class Pressing:
    """Presses Ctrl-C when the first receipt is in, and so often again while answers are waited for."""

    def __init__(self, again: int = 0) -> None:
        self.again, self.armed = again, False

    def stage(self, name: str, total: int | None = None) -> None:
        del total
        self.armed = self.armed or name == "pushing invoices"
        if name.startswith("interrupted") and self.again:
            raise KeyboardInterrupt

    def step(self, count: int = 1) -> None:
        del count
        if self.armed:
            self.armed = False
            raise KeyboardInterrupt


def press(world: World, again: int = 0) -> None:
    without_contacts(world)
    for key in range(9):
        world.invoice(str(key))
    context = world.context()
    context.progress = Pressing(again)
    with pytest.raises(KeyboardInterrupt):
        push(context)


def once_each(world: World) -> bool:
    world.push()
    return sorted(one["Reference"] for one in world.booked()) == [f"INV-{key}" for key in range(9)]


def test_an_interrupted_delivery_settles_what_is_under_way_and_begins_nothing_more(world: World) -> None:
    slow, calls = threading.Event(), iter(range(9))

    def arrived(batch: Batch) -> None:
        if next(calls):
            slow.wait(0.2)  # so that it is still under way when the first one is answered

    world.books.arrived = arrived
    press(world)
    assert len(world.books.writes) == 2
    (begun,) = world.ledger.batches.unfinished()  # the one whose settling was cut short
    assert begun.open == (1, 2)
    assert once_each(world)


@pytest.mark.parametrize("again", [0, 1])
def test_an_interrupt_does_not_wait_for_an_answer_that_stays_away(
    world: World, monkeypatch: pytest.MonkeyPatch, again: int
) -> None:
    monkeypatch.setattr("engine.passes.write.deliver.GRACE", 30 if again else 0.1)
    away, calls = threading.Event(), iter(range(9))

    def arrived(batch: Batch) -> None:
        if next(calls):
            away.wait(20)

    world.books.arrived = arrived
    started = time.monotonic()
    press(world, again)
    assert time.monotonic() - started < 10
    assert len(world.ledger.batches.unfinished()) == 2
    away.set()
    for thread in threading.enumerate():
        if thread.name.startswith("write"):
            thread.join(20)
    assert once_each(world)
