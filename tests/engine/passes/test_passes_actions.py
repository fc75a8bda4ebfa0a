"""E-mails: wanted with the record, begun before they are asked for, and never asked for twice."""

from __future__ import annotations

import pytest

from engine.ledger import open_ledger
from engine.model.address import Address
from engine.model.change import Batch, Receipt
from engine.model.errors import InDoubtError, UnavailableError
from engine.testing.memory import MemorySystem
from tests.engine.passes.passes_kit import Killed, World, amended, counts, held

INVOICE = Address("shop", "invoices", "1")


@pytest.fixture(autouse=True)
def _sending(world: World) -> None:
    world.settings["auto_send"] = True


def mails(world: World) -> list[str]:
    """The references of the invoices that were mailed, in order."""
    keys = [key for stream, verb, key in world.books.acted if (stream, verb) == ("invoices", "email")]
    return [str(world.books.records["invoices"][key]["Reference"]) for key in keys]


def asked(world: World) -> int:
    """How many requests for an e-mail reached the books."""
    return len(world.sent(verb="email"))


def lost_mail(world: World, what: str) -> None:
    """A push whose first request for an e-mail is lost, or carried out and not answered."""

    def arrived(batch: Batch) -> None:
        if batch.verb == "email":
            world.books.arrived = lambda batch: None
            setattr(world.books, f"lose_{what}s", 1)

    world.books.arrived = arrived
    with pytest.raises(InDoubtError):
        world.push()


def state(world: World) -> str | None:
    return world.ledger.batches.actions("invoices", "email").get(INVOICE.key)


def test_each_new_invoice_is_mailed_once(world: World) -> None:
    for key in "123":
        world.invoice(key)
    report = world.push()
    assert sorted(mails(world)) == ["INV-1", "INV-2", "INV-3"]
    assert report.actions == {"email": {"done": 3, "held": 0}}
    world.push()
    assert asked(world) == 3


def test_a_request_asks_for_one_e_mail(world: World) -> None:
    for key in "123":
        world.invoice(key)
    world.push()
    assert sorted(world.sent(verb="email")) == [["INV-1"], ["INV-2"], ["INV-3"]]


def test_an_e_mail_is_begun_before_it_is_asked_for(world: World) -> None:
    world.invoice()
    seen = []

    def arrived(batch: Batch) -> None:
        if batch.verb == "email":
            ledger = open_ledger(world.url)
            seen.append(ledger.batches.actions("invoices", "email")[INVOICE.key])
            ledger.close()

    world.books.arrived = arrived
    world.push()
    assert seen == ["begun"]
    assert state(world) == "done"


def test_a_later_update_mails_nothing(world: World) -> None:
    world.pack = amended("on_change: hold", "on_change: update")
    world.invoice()
    world.push()
    world.shop.edit("invoices", "1", note="Later")
    assert counts(world.push()) == {"updated": 1}
    assert asked(world) == 1


def test_switching_mailing_on_mails_nothing_that_stands_already(world: World) -> None:
    world.settings["auto_send"] = False
    world.invoice("1")
    world.push()
    world.settings["auto_send"] = True
    world.invoice("2")
    world.push()
    assert mails(world) == ["INV-2"]


def test_switching_mailing_on_mails_nothing_that_is_merely_updated(world: World) -> None:
    world.pack = amended("on_change: hold", "on_change: update")
    world.settings["auto_send"] = False
    world.invoice("1")
    world.push()
    world.settings["auto_send"] = True
    world.shop.edit("invoices", "1", note="Later")
    assert counts(world.push()) == {"updated": 1}
    assert mails(world) == []


def test_a_refused_e_mail_is_held_and_the_invoice_is_kept(world: World) -> None:
    world.books.refuse_act = lambda stream, verb, key: "the contact has no address"
    world.invoice()
    report = world.push()
    assert counts(report) == {"created": 1}
    assert report.actions == {"email": {"done": 0, "held": 1}}
    assert held(report) == {"shop.invoices/1/email": "memory.verb: email: the contact has no address"}
    world.push()
    assert asked(world) == 1


def test_a_refused_e_mail_goes_out_once_it_is_released(world: World) -> None:
    world.books.refuse_act = lambda stream, verb, key: "the contact has no address"
    world.invoice()
    world.push()
    world.books.refuse_act = lambda stream, verb, key: ""
    world.retry()
    report = world.push()
    assert report.actions == {"email": {"done": 1, "held": 0}}
    assert mails(world) == ["INV-1"]
    assert world.ledger.held.rows() == []


# -- in doubt


def test_in_doubt_it_is_read_whether_it_went_out(world: World) -> None:
    world.invoice()
    lost_mail(world, "answer")
    report = world.push()
    assert asked(world) == 1
    assert report.actions == {"email": {"done": 1, "held": 0}}
    assert state(world) == "done"


def test_inside_the_window_a_lost_request_goes_out_under_its_key(world: World) -> None:
    world.invoice()
    lost_mail(world, "request")
    world.push()
    assert mails(world) == ["INV-1"]


def test_inside_the_window_a_target_that_cannot_tell_is_asked_under_the_same_key(world: World) -> None:
    world.books.reports_acted = False
    world.invoice()
    lost_mail(world, "answer")
    world.push()
    (key,) = {one.key for one in world.books.writes if one.verb == "email"}
    assert key
    assert asked(world) == 2  # answered from memory the second time
    assert mails(world) == ["INV-1"]


@pytest.mark.parametrize("tells", [True, False])
def test_after_the_window_what_is_in_doubt_is_held_and_not_requested_again(world: World, tells: bool) -> None:
    world.books.reports_acted = tells
    world.invoice()
    lost_mail(world, "request")
    world.wait()
    report = world.push()
    assert held(report) == {
        "shop.invoices/1/email": "in_doubt: email: unknown whether it was sent; "
        "ask the recipient, then pass it to `sync held retry` to send it, or to "
        "`sync held drop` if it has arrived"
    }
    assert report.actions == {"email": {"done": 0, "held": 1}}
    world.push()
    assert mails(world) == []
    world.retry()
    world.push()
    assert mails(world) == ["INV-1"]


def test_after_the_window_what_went_out_is_read_and_done(world: World) -> None:
    world.invoice()
    lost_mail(world, "answer")
    world.wait()
    world.push()
    assert mails(world) == ["INV-1"]
    assert state(world) == "done"


def test_an_e_mail_that_surely_was_not_asked_for_is_wanted_again(world: World) -> None:
    def spent(batch: Batch) -> None:
        if batch.verb == "email":
            raise UnavailableError("the day is spent")

    world.books.arrived = spent
    world.invoice()
    with pytest.raises(UnavailableError):
        world.push()
    assert state(world) == "wanted"
    world.books.arrived = lambda batch: None
    world.wait()  # tomorrow
    report = world.push()
    assert held(report) == {}
    assert mails(world) == ["INV-1"]


def test_a_receipt_in_doubt_is_told_and_read_by_the_next_run(world: World) -> None:
    class Vague(MemorySystem):
        def act(self, batch: Batch) -> list[Receipt]:
            super().act(batch)
            return [Receipt("doubt")]

    world.books_opened = Vague
    world.invoice()
    report = world.push()
    assert held(report) == {
        "shop.invoices/1/email": "begun: email: no usable answer; the next run checks whether it was sent"
    }
    assert held(world.push()) == {}
    assert asked(world) == 1


@pytest.mark.parametrize("seconds", [10, 1000])
def test_an_invoice_that_is_found_again_is_mailed_once(world: World, seconds: int) -> None:
    world.invoice()
    world.killable.kill("batches.settle", 2)  # the invoice is made, and not settled
    with pytest.raises(Killed):
        world.push()
    world.wait(seconds)
    world.push()
    assert mails(world) == ["INV-1"]


@pytest.mark.parametrize(
    ("name", "nth", "after"),
    [("batches.begin", 3, False), ("batches.begin", 3, True), ("batches.settle", 3, False)],
)
@pytest.mark.parametrize("seconds", [10, 1000])
def test_a_run_killed_around_an_e_mail_never_asks_twice(
    world: World, name: str, nth: int, after: bool, seconds: int
) -> None:
    world.invoice()
    world.killable.kill(name, nth, after=after)
    with pytest.raises(Killed):
        world.push()
    world.wait(seconds)
    for _ in range(3):
        world.push()
    assert len(mails(world)) <= 1
    assert asked(world) <= 1
    assert mails(world) == ["INV-1"] or [row.code for row in world.ledger.held.rows()] == ["in_doubt"]


# -- the mapping has changed its mind


def wanted_and_killed(world: World) -> None:
    """The invoice is made, its e-mail is wanted, and the run ends before it is asked for."""
    world.invoice()
    world.killable.kill("batches.begin", 3)
    with pytest.raises(Killed):
        world.push()
    assert state(world) == "wanted"


def test_an_e_mail_wanted_before_mailing_was_switched_off_is_held_not_sent(world: World) -> None:
    wanted_and_killed(world)
    world.settings["auto_send"] = False
    report = world.push()
    assert mails(world) == []
    assert held(report) == {
        "shop.invoices/1/email": "not_wanted: email: wanted when the record was created, but the "
        "mapping no longer wants it; nothing was sent"
    }
    assert [row.verb for row in world.ledger.held.rows()] == ["email"]


def test_an_e_mail_that_is_wanted_again_goes_out_and_is_released(world: World) -> None:
    wanted_and_killed(world)
    world.settings["auto_send"] = False
    world.push()
    world.settings["auto_send"] = True
    report = world.push()
    assert mails(world) == ["INV-1"]
    assert held(report) == {}
    assert world.ledger.held.rows() == []


def test_an_e_mail_whose_action_is_gone_from_the_mapping_is_held_not_sent(world: World) -> None:
    wanted_and_killed(world)
    world.pack = amended('actions:\n  - {do: email, when: "{{ settings.auto_send }}"}\n', "")
    report = world.push()
    assert mails(world) == []
    assert list(held(report)) == ["shop.invoices/1/email"]


def test_a_wanted_e_mail_goes_out_though_its_record_is_held_by_now(world: World) -> None:
    wanted_and_killed(world)
    world.shop.edit("invoices", "1", currency="USD")  # changed after it had been sent
    report = world.push()
    assert mails(world) == ["INV-1"]
    assert list(held(report)) == ["shop.invoices/1"]


@pytest.mark.parametrize("how", ["draft", "dropped"])
def test_a_wanted_e_mail_of_what_the_source_does_not_push_any_more_is_held(world: World, how: str) -> None:
    wanted_and_killed(world)
    if how == "draft":
        world.shop.edit("invoices", "1", status="draft")
    else:
        world.shop.drop("invoices", "1")
    report = world.push()
    assert mails(world) == []
    assert "shop.invoices/1/email" in held(report)


def with_to(world: World, to: str) -> None:
    mail = '{do: email, when: "{{ settings.auto_send }}"}'
    world.pack = amended(mail, mail.replace("email,", f"email, to: {to},"))


def test_a_request_carries_what_it_goes_to(world: World) -> None:
    with_to(world, '"{{ invoice.note }}"')
    world.invoice("1", note="a@b.example")
    world.invoice("2", note=None)
    report = world.push()
    bodies = {
        part.address.key: part.body
        for batch in world.books.writes
        for part in batch.parts
        if batch.verb == "email"
    }
    assert bodies == {"1": {"to": "a@b.example"}}
    (row,) = report.not_done.values()
    assert (row.address.key, row.outcome, row.code) == ("2", "waiting", "no_address")
    assert row.reason.startswith("no address to send it to")


def test_it_goes_to_what_the_record_says_when_it_is_carried_out(world: World) -> None:
    with_to(world, '"{{ invoice.note }}"')
    world.invoice("1", note="old@b.example")
    world.books.refuse_act = lambda stream, verb, key: "later"
    world.push()
    world.books.refuse_act = lambda stream, verb, key: ""
    world.shop.edit("invoices", "1", note="new@b.example")
    world.ledger.held.retry("invoices", INVOICE)
    world.push()
    sent = [part.body for batch in world.books.writes for part in batch.parts if batch.verb == "email"]
    assert sent == [{"to": "old@b.example"}, {"to": "new@b.example"}]
