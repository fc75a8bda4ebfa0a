"""What was begun is finished first: sent again inside the replay window, looked up after it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest

from engine.model.address import Address
from engine.model.change import Batch
from engine.model.errors import ConfigError, InDoubtError, UnavailableError
from engine.sdk.wire import dumps
from tests.engine.passes.passes_kit import Killed, World, amended, compiled, counts, held, without_write_back

INVOICE = Address("shop", "invoices", "1")


def lost(world: World, what: str, stream: str = "invoices") -> None:
    """A push whose request of a stream is lost on its way (`request`) or done and not answered (`answer`)."""

    def arrived(batch: Batch) -> None:
        if batch.stream == stream:
            world.books.arrived = lambda batch: None
            setattr(world.books, f"lose_{what}s", 1)

    world.books.arrived = arrived
    with pytest.raises(InDoubtError):
        world.push()


def wires(world: World, stream: str = "invoices") -> list[tuple[str, str]]:
    batches = [one for one in world.books.writes if one.stream == stream]
    return [(one.key, dumps([one.verb, [[p.target_id, p.body] for p in one.parts]])) for one in batches]


# -- inside the window


def test_an_unanswered_batch_goes_out_again_as_it_was(world: World) -> None:
    without_write_back(world)
    for key in "123":
        world.invoice(key, total=Decimal("12.50"))
    lost(world, "answer")
    report = world.push()
    first, again = wires(world)
    assert first == again  # the key, the order and every byte
    assert len(world.booked()) == 3
    assert counts(report) == {"created": 3}
    assert world.ledger.batches.unfinished() == []


def test_a_lost_request_goes_out_again_and_is_done_once(world: World) -> None:
    world.invoice()
    lost(world, "request")
    assert world.booked() == []
    assert counts(world.push()) == {"created": 1}
    assert len(world.booked()) == 1


def test_what_was_begun_goes_out_as_begun_though_its_record_has_changed(world: World) -> None:
    world.invoice()
    lost(world, "request")
    world.shop.edit("invoices", "1", currency="USD")
    report = world.push()
    assert world.one()["Currency"] == "EUR"
    assert list(held(report)) == ["shop.invoices/1"]  # changed after it had been sent


def test_what_was_begun_is_finished_before_anything_is_read(world: World) -> None:
    world.invoice()
    lost(world, "answer")
    world.shop.edit("invoices", "1", number=None)
    report = world.push()
    assert world.ledger.links.get("invoices", INVOICE) is not None
    assert list(held(report)) == ["shop.invoices/1"]


def test_while_no_answer_comes_nothing_newer_is_decided(world: World) -> None:
    world.invoice("1")
    lost(world, "answer")
    world.invoice("2")
    world.books.lose_answers = 1
    with pytest.raises(InDoubtError):
        world.push()
    assert world.booked("INV-2") == []


def test_what_surely_was_not_processed_this_time_is_still_in_doubt_from_the_first(world: World) -> None:
    world.invoice("1")
    lost(world, "answer")

    def down(batch: Batch) -> None:
        raise UnavailableError("down")

    world.books.arrived = down
    with pytest.raises(UnavailableError):
        world.push()
    assert len(world.ledger.batches.unfinished()) == 1
    world.books.arrived = lambda batch: None
    world.push()
    assert len(world.booked()) == 1


def test_only_what_was_not_settled_is_settled_from_the_second_answer(world: World) -> None:
    for key in "123":
        world.invoice(key)
    world.killable.kill("batches.settle", 3)  # the contact and the first invoice are settled
    with pytest.raises(Killed):
        world.push()
    world.books.edit("invoices", "invoices-2", Note="a person's")
    report = world.push()
    assert counts(report) == {"created": 2, "unchanged": 1}
    assert len(world.booked()) == 3


def test_a_refusal_in_the_second_answer_holds_and_its_neighbours_go_on(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if body.get("Reference") == "INV-2" else ""
    for key in "123":
        world.invoice(key)
    lost(world, "answer")
    report = world.push()
    assert counts(report) == {"created": 2, "held": 1}
    assert held(report) == {"shop.invoices/2": "memory.refused: no"}


def test_a_batch_refused_as_a_whole_the_second_time_is_decided_again_one_by_one(world: World) -> None:
    for key in "123":
        world.invoice(key)
    lost(world, "request")
    world.books.refuse_request = lambda batch: (
        "unreadable" if any(part.title == "INV-2" for part in batch.parts) else ""
    )
    report = world.push()
    assert counts(report) == {"created": 2, "held": 1}
    assert held(report) == {"shop.invoices/2": "memory.request: unreadable"}


def test_a_single_element_refused_as_a_whole_the_second_time_is_held(world: World) -> None:
    world.invoice()
    lost(world, "request")
    world.books.refuse_request = lambda batch: "unreadable"
    assert held(world.push()) == {"shop.invoices/1": "memory.request: unreadable"}


# -- after the window


def test_what_arrived_is_found_and_settled_and_not_sent_again(world: World) -> None:
    without_write_back(world)
    for key in "123":
        world.invoice(key)
    lost(world, "answer")
    world.wait()
    world.books.writes.clear()
    report = world.push()
    assert world.books.writes == []
    assert len(world.booked()) == 3
    assert counts(report) == {"created": 3}
    assert world.link(INVOICE).last_seen["Reference"] == "INV-1"


def test_what_is_surely_absent_is_decided_again_under_a_new_key(world: World) -> None:
    world.invoice()
    lost(world, "request")
    (begun,) = world.ledger.batches.unfinished()
    world.wait()
    world.shop.edit("invoices", "1", note="Written meanwhile")
    assert counts(world.push()) == {"created": 1}
    assert world.one()["Note"] == "Written meanwhile"
    assert [one.key for one in world.books.writes if one.stream == "invoices"] != [begun.batch.key]


def test_what_is_absent_and_not_wanted_any_more_is_not_made(world: World) -> None:
    world.invoice()
    lost(world, "request")
    world.wait()
    world.shop.edit("invoices", "1", status="draft")
    world.push()
    assert world.booked() == []
    assert world.ledger.batches.unfinished() == []


def test_a_clock_that_goes_backwards_is_not_inside_the_window(world: World) -> None:
    world.invoice()
    lost(world, "answer")
    world.wait(-7200)
    world.books.writes.clear()
    world.push()
    assert world.books.writes == []
    assert len(world.booked()) == 1


def test_a_target_that_keeps_no_keys_is_looked_up_at_once(world: World) -> None:
    world.replay_seconds = 0
    world.invoice()
    lost(world, "answer")
    world.books.writes.clear()
    assert counts(world.push()) == {"created": 1}
    assert world.books.writes == []


def test_something_alike_that_is_not_the_same_is_left_to_a_person(world: World) -> None:
    world.invoice()
    lost(world, "answer")
    world.wait()
    world.books.edit("invoices", "invoices-2", Total=Decimal("99.00"))
    report = world.push()
    (reason,) = held(report).values()
    assert reason.startswith(
        "in_doubt: no answer was received when it was sent, "
        "and books.invoices/invoices-2 is similar but not identical"
    )
    assert len(world.booked()) == 1
    world.books.writes.clear()
    world.push()
    assert world.books.writes == []  # it stays held
    world.retry()
    assert counts(world.push()) == {"adopted": 1}  # a person has looked: the match rules say what it is


def test_what_the_target_itself_moves_is_no_difference(world: World) -> None:
    world.invoice()
    lost(world, "answer")
    world.wait()
    world.books.edit("invoices", "invoices-2", Status="PAID", Paid=Decimal("121.00"))
    assert counts(world.push()) == {"created": 1}
    assert len(world.booked()) == 1


def test_two_records_alike_do_not_share_what_stands_there_once(world: World) -> None:
    world.pack = amended(
        '"{{ invoice.number }}", required',
        '"Monthly fee", required',
        'match: [{Reference: "{{ invoice.number }}"}]',
        "match: []",
    )
    without_write_back(world)
    world.invoice("1")
    world.invoice("2")
    lost(world, "answer")
    world.wait()
    world.books.drop("invoices", "invoices-3")  # say that only one of the two got through
    report = world.push()
    assert counts(report) == {"created": 2}
    assert len(world.booked()) == 2
    assert len(set(world.ledger.links.sources("invoices"))) == 2


def test_what_is_linked_already_is_not_taken_for_what_is_in_doubt(world: World) -> None:
    world.pack = amended(
        '"{{ invoice.number }}", required',
        '"Monthly fee", required',
        'match: [{Reference: "{{ invoice.number }}"}]',
        "match: []",
    )
    world.invoice("1")
    world.push()
    world.invoice("2")
    lost(world, "request")
    world.wait()
    assert counts(world.push()) == {"created": 1, "unchanged": 1}
    assert len(world.booked()) == 2


def test_a_record_whose_reference_was_merged_away_is_not_made_twice(world: World) -> None:
    world.invoice()
    lost(world, "answer")
    world.wait()
    world.books.edit("invoices", "invoices-2", Contact={"ContactID": "the-heir"})
    report = world.push()
    (reason,) = held(report).values()
    assert "books.invoices/invoices-2 is similar but not identical" in reason
    assert len(world.booked()) == 1


def test_another_customers_invoice_of_that_number_is_no_reason_to_ask(world: World) -> None:
    world.invoice()
    lost(world, "request")
    world.wait()
    world.books.put(
        "invoices",
        "b9",
        {"InvoiceID": "b9", "Reference": "INV-1", "Date": "2026-03-01", "Contact": {"ContactID": "x"}},
    )
    report = world.push()
    assert held(report) == {}
    assert counts(report) == {"adopted": 1}  # decided again, and the match rules find it


def test_what_has_nothing_to_be_looked_up_by_is_left_to_a_person(world: World) -> None:
    world.pack = {
        "mails": """\
mapping: mails
source: {stream: shop.companies, as: company}
target: {stream: books.contacts}
fields: {Email: "{{ company.email }}"}
"""
    }
    world.company("7", email="info@seven.example")
    world.books.lose_answers = 1
    with pytest.raises(InDoubtError):
        world.push()
    world.wait()
    report = world.push()
    (reason,) = held(report).values()
    assert "it has no values to search by" in reason
    assert len(world.contacts()) == 1


# -- updates


def updated(world: World, what: str) -> None:
    """Company 7 moved to Utrecht, and the update was lost."""
    world.company("7", city="Amsterdam")
    world.invoice()
    world.push()
    world.shop.edit("companies", "7", city="Utrecht")
    lost(world, what, "contacts")


@pytest.mark.parametrize("what", ["answer", "request"])
@pytest.mark.parametrize("seconds", [10, 1000])
@pytest.mark.parametrize("city", ["Utrecht", "Amsterdam", "Breda"])
def test_an_update_in_doubt_ends_as_the_source_says_now(
    world: World, what: str, seconds: int, city: str
) -> None:
    updated(world, what)
    world.wait(seconds)
    world.shop.edit("companies", "7", city=city)
    world.push()
    assert world.contacts()[0]["City"] == city
    world.books.writes.clear()
    world.push()
    assert world.books.writes == []


def test_an_update_that_arrived_is_not_sent_again_after_the_window(world: World) -> None:
    updated(world, "answer")
    world.wait()
    world.books.writes.clear()
    report = world.push()
    assert world.books.writes == []
    assert counts(report, "contacts") == {"updated": 1}


def test_an_update_in_doubt_of_what_is_gone_is_held(world: World) -> None:
    updated(world, "answer")
    world.wait()
    world.books.drop("contacts", "contacts-1")
    report = world.push()
    assert held(report)["shop.companies/7"] == ("missing: changed at the source, but no longer in books")


# -- what the pack does not have any more


@pytest.mark.parametrize("seconds", [10, 1000])
def test_a_batch_of_a_mapping_that_is_gone_is_a_plain_sentence(world: World, seconds: int) -> None:
    world.invoice()
    lost(world, "answer")
    world.wait(seconds)
    full, world.pack = world.pack, {"contacts": world.pack["contacts"]}
    with pytest.raises(ConfigError) as caught:
        world.push()
    assert caught.value.exit_code == 2
    assert str(caught.value) == (
        "the pack no longer has the mapping invoices, but its last writes are still unconfirmed "
        "(shop.invoices/1): restore it for one run, so that nothing is created twice or lost"
    )
    assert len(world.ledger.batches.unfinished()) == 1
    world.pack = full
    assert counts(world.push()) == {"created": 1}
    assert len(world.booked()) == 1


def test_what_can_be_settled_is_settled_before_a_missing_mapping_is_told(world: World) -> None:
    killed_with(
        world, lambda world: world.killable.kill("batches.settle")
    )  # contacts are begun and not settled
    world.ledger.batches.begin(
        "gone", "books", "contacts", "create", world.ledger.batches.unfinished()[0].batch.parts, [""]
    )
    with pytest.raises(ConfigError, match="no longer has the mapping gone"):
        world.push()
    assert [one.mapping for one in world.ledger.batches.unfinished()] == ["gone"]


def killed_with(world: World, prepare: Callable[[World], None]) -> None:
    world.invoice()
    prepare(world)
    with pytest.raises(Killed):
        world.push()


def test_a_mapping_that_became_a_shape_is_gone_as_well(world: World) -> None:
    world.invoice()
    lost(world, "answer")
    shape = "mapping: invoices\nshape: {from: shop.invoices.lines, as: line, to: books.invoices.Lines}\n"
    world.pack = {
        "contacts": world.pack["contacts"],
        "invoices": shape + 'fields: {text: "{{ line.text }}"}\n',
    }
    assert compiled(world.pack).mappings["invoices"].target is None
    with pytest.raises(ConfigError, match="no longer has the mapping invoices"):
        world.push()


@pytest.mark.parametrize("seconds", [10, 1000])
def test_a_mapping_that_leads_elsewhere_by_now_finishes_where_it_began(world: World, seconds: int) -> None:
    world.invoice()
    lost(world, "answer", "contacts")
    elsewhere = """\
mapping: contacts
source: {stream: shop.companies, as: company, keys: referenced}
target: {stream: books.invoices}
fields: {Reference: "{{ company.name }}"}
"""
    world.pack = {"contacts": elsewhere}
    world.wait(seconds)
    world.push()
    assert world.ledger.batches.unfinished() == []
    assert str(world.link(world.company("7"), "contacts").target) == "books.contacts/contacts-1"


# -- killed anywhere


POINTS = [
    ("batches.begin", False),
    ("batches.begin", True),
    ("batches.settle", False),
    ("batches.settle", True),
    ("links.save", False),
    ("links.save", True),
    ("runs.move_cursor", False),
    ("links.record_observed", True),
]


@pytest.mark.parametrize("seconds", [10, 1000])
@pytest.mark.parametrize(("name", "after"), POINTS)
@pytest.mark.parametrize("nth", [1, 2, 5])
def test_a_run_that_is_killed_anywhere_leaves_every_record_exactly_once(
    world: World, name: str, after: bool, nth: int, seconds: int
) -> None:
    world.settings["auto_send"] = True
    for key in range(8):
        world.invoice(f"{key}", customer_id=f"c{key % 3}")
    world.killable.kill(name, nth, after=after)
    for _ in range(2):  # a run that reaches the point, if it does not lie beyond its end
        try:
            world.run()
        except Killed:
            break
    world.killable.spare()
    world.wait(seconds)
    world.run()
    assert sorted(one["Reference"] for one in world.booked()) == [f"INV-{key}" for key in range(8)]
    assert len(world.contacts()) == 3
    assert all("external_id" in world.sold(str(key)) for key in range(8))
    assert len(world.books.acted) == len(set(world.books.acted))
    mailed = len(world.books.acted) + len([row for row in world.ledger.held.rows() if row.verb == "email"])
    assert mailed == 8
    world.books.writes.clear()
    world.shop.writes.clear()
    world.run()
    assert world.books.writes == world.shop.writes == []


@pytest.mark.parametrize("seconds", [10, 1000])
@pytest.mark.parametrize("when", ["arrived", "answered"])
@pytest.mark.parametrize("nth", [1, 3, 5])
def test_a_run_that_is_killed_while_requests_are_under_way_leaves_every_record_once(
    world: World, when: str, nth: int, seconds: int
) -> None:
    for key in range(12):
        world.invoice(f"{key:02}", customer_id=f"c{key % 3}")
    requests = itertools.count(1)

    def reached(batch: Batch) -> None:
        if next(requests) == nth:
            raise Killed

    setattr(world.books, when, reached)
    with pytest.raises(Killed):
        world.push()
    world.wait(seconds)
    report = world.push()
    assert sorted(one["Reference"] for one in world.booked()) == [f"INV-{key:02}" for key in range(12)]
    assert held(report) == {}
