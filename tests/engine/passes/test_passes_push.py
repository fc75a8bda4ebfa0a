"""Push end to end over two memory systems: what is read, what goes out, and in which order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.model.change import Create, Skipped, Unchanged, Update
from engine.model.payload import Ref
from engine.model.record import Notice
from engine.passes.push import push
from engine.planning.guard import Limits
from tests.engine.passes.passes_kit import COMPANIES, World, amended, counts, held, without_write_back


def test_an_invoice_and_its_contact_are_made_and_linked(world: World) -> None:
    address = world.invoice("1", note="Work in March")
    report = world.push()
    (contact,) = world.contacts()
    assert contact == {"ContactID": "contacts-1", "Name": "Company 7", "Number": "7"}
    assert world.one() == {
        "InvoiceID": "invoices-2",
        "Reference": "INV-1",
        "Contact": {"ContactID": "contacts-1"},
        "Date": "2026-03-01",
        "Currency": "EUR",
        "Note": "Work in March",
        "Total": Decimal("121.00"),
        "Status": "OPEN",
    }
    assert str(world.link(address).target) == "books.invoices/invoices-2"
    assert counts(report) == counts(report, "contacts") == {"created": 1}


def test_contacts_go_out_before_the_invoices_that_refer_to_them(world: World) -> None:
    without_write_back(world)
    for key in "1234":
        world.invoice(key, customer_id=f"c{key}")
    world.push()
    order = [(one.stream, len(one.parts)) for one in world.books.writes]
    assert order == [("contacts", 3), ("contacts", 1), ("invoices", 3), ("invoices", 1)]


def test_only_contacts_that_an_invoice_needs_are_read_and_made(world: World) -> None:
    world.company("8", name="Nobody's customer")
    world.invoice("1", customer_id="7")
    world.invoice("2", customer_id="9", status="draft")
    world.push()
    assert [one["Name"] for one in world.contacts()] == ["Company 7"]


def test_without_an_invoice_no_contact_is_read(world: World) -> None:
    world.company("8")
    context = world.context()
    push(context)
    assert counts(context.report, "contacts") == {}
    assert context.systems["shop"].source.requests == 1  # the invoices
    assert context.systems["books"].source.requests == 0


def test_a_contact_that_only_a_held_invoice_needs_is_not_made(world: World) -> None:
    world.invoice("1", customer_id="7")
    world.invoice("2", customer_id="9", total=Decimal("10.00"))
    world.books.totals = lambda stream, body: {"Total": Decimal("121.00")}
    report = world.push()
    assert [one["Name"] for one in world.contacts()] == ["Company 7"]
    assert set(held(report)) == {"shop.invoices/2"}


def test_contacts_with_keys_all_are_made_whether_needed_or_not(world: World) -> None:
    world.pack = amended("as: company}", "as: company, keys: all}")
    world.company("8")
    world.push()
    assert [one["Number"] for one in world.contacts()] == ["8"]


def test_a_second_push_writes_nothing(world: World) -> None:
    world.invoice()
    world.push()
    world.books.writes.clear()
    before = dict(world.books.records["invoices"])
    report = world.push()
    assert world.books.writes == []
    assert world.books.records["invoices"] == before
    assert counts(report) == counts(report, "contacts") == {"unchanged": 1}


def test_a_plan_writes_nothing_not_even_to_the_ledger(world: World) -> None:
    world.invoice("1")
    world.invoice("2", number=None)
    changes = world.plan()
    assert [type(one).__name__ for one in changes] == ["Create", "Held", "Create"]
    assert world.books.writes == []
    assert world.ledger.held.rows() == []
    assert world.ledger.links.counts() == {}


def test_a_plan_shows_references_open_where_they_are_not_written_yet(world: World) -> None:
    company = world.company("7")
    world.invoice("1")
    (invoice,) = [
        one for one in world.plan() if isinstance(one, Create) and one.payload.mapping == "invoices"
    ]
    assert invoice.payload.body["Contact"] == Ref("contacts", company)


def test_drafts_are_left_alone(world: World) -> None:
    world.invoice("1", status="draft")
    report = world.push()
    assert world.booked() == []
    assert counts(report) == {}


def test_a_record_that_the_source_shows_twice_goes_out_once(world: World) -> None:
    class Overlapping(type(world.context().systems["shop"].source)):  # type: ignore[misc]
        def read(self, stream: str, **how):  # type: ignore[no-untyped-def]
            yield from super().read(stream, **how)
            yield from super().read(stream, **how)

    world.shop_opened = Overlapping
    world.invoice("1")
    assert counts(world.push()) == {"created": 1}
    assert len(world.booked()) == 1


# -- later changes


def test_on_change_update_sends_the_record_again(world: World) -> None:
    world.invoice()
    world.push()
    world.shop.edit("companies", "7", city="Utrecht")
    report = world.push()
    assert counts(report, "contacts") == {"updated": 1}
    assert counts(report) == {"unchanged": 1}
    assert world.contacts()[0]["City"] == "Utrecht"
    assert len(world.contacts()) == 1


def test_on_change_hold_holds_the_record_and_names_what_changed(world: World) -> None:
    address = world.invoice()
    world.push()
    world.shop.edit("invoices", "1", note="And travel", currency="USD")
    report = world.push()
    assert held(report) == {
        "shop.invoices/1": "changed: changed since it was sent (Currency, Note); "
        "on_change is hold, `sync held retry` sends the current version"
    }
    assert world.one()["Currency"] == "EUR"
    assert world.link(address).body["Currency"] == "EUR"


def test_a_change_that_is_taken_back_is_released(world: World) -> None:
    world.invoice()
    world.push()
    world.shop.edit("invoices", "1", currency="USD")
    world.push()
    world.shop.edit("invoices", "1", currency="EUR")
    report = world.push()
    assert held(report) == {}
    assert world.ledger.held.rows() == []


def test_on_change_ignore_leaves_the_record_as_it_was_sent(world: World) -> None:
    world.pack = amended("on_change: hold", "on_change: ignore")
    world.invoice()
    world.push()
    world.shop.edit("invoices", "1", note="Later")
    assert counts(world.push()) == {"unchanged": 1}
    assert "Note" not in world.one()


def test_money_written_with_other_zeros_is_no_change(world: World) -> None:
    world.invoice(total=Decimal("121.00"))
    world.push()
    world.shop.edit("invoices", "1", total=Decimal("121.0"))
    assert counts(world.push()) == {"unchanged": 1}


def test_an_update_shows_what_differs(world: World) -> None:
    world.invoice()
    world.push()
    world.shop.edit("companies", "7", city="Utrecht")
    (update,) = [one for one in world.plan() if isinstance(one, Update)]
    assert [(one.path, one.before, one.after) for one in update.differences] == [("City", None, "Utrecht")]


# -- what is gone, and what never comes


def test_a_source_record_that_is_deleted_takes_nothing_with_it(world: World) -> None:
    address = world.invoice()
    world.push()
    world.books.writes.clear()
    world.shop.drop("invoices", "1")
    report = world.push()
    assert world.books.writes == []
    assert world.one()["Reference"] == "INV-1"
    assert world.link(address).target.key == world.one()["InvoiceID"]
    assert counts(report) == {}


def test_a_flow_that_never_creates_leaves_out_what_it_does_not_find(world: World) -> None:
    pack = amended("match: [{Reference", "create: never\n  match: [{Reference", "email, when", "email, when")
    world.pack = pack
    world.invoice("1")
    (change,) = [one for one in world.plan() if isinstance(one, Skipped)]
    assert change.reason == "the mapping does not create records"
    assert counts(world.push()) == {"skipped": 1}
    assert world.booked() == []


def test_a_flow_that_never_creates_changes_what_it_has_found(world: World) -> None:
    world.pack = amended(
        "match: [{Reference", "create: never\n  match: [{Reference", "on_change: hold", "on_change: update"
    )
    world.invoice("1", note="First")
    world.books.put("invoices", "b1", {"InvoiceID": "b1", "Reference": "INV-1", "Total": Decimal("121.00")})
    assert counts(world.push()) == {"adopted": 1}
    assert world.one()["Note"] == "First"  # the mapping sends changes: what it owns is sent
    world.shop.edit("invoices", "1", currency="USD")
    assert counts(world.push()) == {"updated": 1}
    assert world.one()["Currency"] == "USD"


def test_record_older_than_the_cut_off_date_is_skipped_for_good(world: World) -> None:
    world.limits = Limits(first_run_since=date(2026, 3, 1))
    world.invoice("old", date=date(2026, 2, 28))
    world.invoice("new", date=date(2026, 3, 1))
    report = world.push()
    assert counts(report) == {"created": 1, "skipped": 1}
    assert [one["Reference"] for one in world.booked()] == ["INV-new"]
    assert counts(world.push()) == {"unchanged": 1, "skipped": 1}


def test_skipped_record_needs_no_contact(world: World) -> None:
    world.limits = Limits(first_run_since=date(2026, 3, 1))
    world.invoice("old", date=date(2026, 2, 28))
    world.push()
    assert world.contacts() == []


def test_an_older_document_is_adopted_where_it_exists_there(world: World) -> None:
    world.limits = Limits(first_run_since=date(2026, 3, 1))
    address = world.invoice("old", date=date(2026, 2, 28))
    world.books.put("invoices", "b1", {"InvoiceID": "b1", "Reference": "INV-old", "Total": Decimal("121.00")})
    assert counts(world.push()) == {"adopted": 1}
    assert world.link(address).target.key == "b1"


# -- what the source says about its reading


@pytest.mark.parametrize("kind", ["cut_off", "unreadable"])
def test_what_a_source_keeps_from_us_is_said(world: World, kind: str) -> None:
    world.shop.notices["invoices"] = [Notice(kind, "invoices", "shop says so")]
    world.invoice()
    assert world.push().notices == ["shop says so"]


def test_a_customer_that_the_source_does_not_have_holds_the_invoice(world: World) -> None:
    world.invoice("1")
    world.shop.drop("companies", "7")
    assert held(world.push()) == {
        "shop.invoices/1": "reference: needs shop.companies/7, which shop does not have"
    }


def test_a_customer_that_was_merely_not_shown_is_not_called_missing(world: World) -> None:
    world.shop.notices["companies"] = [Notice("cut_off", COMPANIES.name, "a full page")]
    world.invoice("1")
    world.shop.drop("companies", "7")
    assert held(world.push()) == {
        "shop.invoices/1": "reference: needs shop.companies/7, which shop did not show"
    }


def test_a_customer_whose_mapping_leaves_it_out_holds_the_invoice(world: World) -> None:
    world.pack = amended("as: company}", "as: company, where: \"{{ company.name != 'Company 7' }}\"}")
    world.invoice("1")
    assert held(world.push()) == {
        "shop.invoices/1": "reference: needs shop.companies/7, which the mapping contacts skips"
    }


def test_a_customer_that_is_linked_is_enough_though_it_is_held_by_now(world: World) -> None:
    world.invoice("1")
    world.push()
    world.shop.edit("companies", "7", name=" ")
    world.invoice("2")
    report = world.push()
    assert list(held(report)) == ["shop.companies/7"]
    assert counts(report) == {"created": 1, "unchanged": 1}


def test_unchanged_records_are_told_from_created_ones_in_a_plan(world: World) -> None:
    world.invoice("1")
    world.push()
    world.invoice("2")
    kinds = {one.payload.title: type(one) for one in world.plan()}
    assert kinds == {"Company 7": Unchanged, "INV-1": Unchanged, "INV-2": Create}
