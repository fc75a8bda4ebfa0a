"""Links that a person makes and undoes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.address import StreamRef
from engine.model.errors import ConfigError
from engine.model.link import Link
from engine.passes.by_hand import Linked, link, unlink
from engine.passes.plan.wishes import ONCE
from tests.engine.passes.passes_kit import PACK, World, amended, counts, held

AGREEING = amended("on_change: hold", "agree: [Contact, Currency, Total]\n  on_change: hold", pack=PACK)


def linked(world: World, name: str, target: str) -> Linked:
    return link(world.context("link"), name, target)


def unlinked(world: World, name: str) -> Link:
    context = world.context("unlink")
    return unlink(world.ledger, context.programs.mappings, world.streams, name)


def strangers(world: World) -> None:
    """An invoice of the books' own, of another customer, with the number of ours."""
    world.pack = AGREEING
    world.books.put("contacts", "c9", {"ContactID": "c9", "Name": "Nine"})
    world.books.put(
        "invoices",
        "b9",
        {
            "InvoiceID": "b9",
            "Reference": "INV-1",
            "Contact": {"ContactID": "c9"},
            "Date": "2026-02-01",
            "Currency": "EUR",
            "Total": 9,
        },
    )
    world.invoice()


def test_a_strangers_document_is_held_with_both_sides(world: World) -> None:
    strangers(world)
    for _ in range(2):
        reason = held(world.run())["shop.invoices/1"]
        assert reason.startswith("disagrees: books has INV-1, Nine, 2026-02-01, 9.00 EUR (books.invoices/b9)")
        assert "differs in Contact, Total; shop has INV-1, Company 7, 2026-03-01, 121.00 EUR" in reason
    assert "external_id" not in world.sold()
    assert len(world.booked()) == 1


def test_the_same_document_of_the_same_customer_is_adopted(world: World) -> None:
    strangers(world)
    world.books.put("contacts", "c7", {"ContactID": "c7", "Name": "Company 7"})
    world.books.edit("invoices", "b9", Contact={"ContactID": "c7"}, Total=world.sold()["total"])
    assert counts(world.push()) == {"adopted": 1}


def test_nothing_is_adopted_while_the_customer_is_held(world: World) -> None:
    strangers(world)
    for key in ("a", "b"):
        world.books.put("contacts", key, {"ContactID": key, "Name": "Company 7"})
    reasons = held(world.push())
    assert reasons["shop.invoices/1"].startswith("reference: needs shop.companies/7, which is held: 2 books")


def test_a_person_links_what_disagrees(world: World) -> None:
    strangers(world)
    world.push()
    made = linked(world, "INV-1", "b9")
    assert (made.link.target.key, made.link.title) == ("b9", "INV-1")
    assert [one.path for one in made.differences] == ["Contact", "Total"]
    assert (made.ours, made.theirs) == (
        "INV-1, Company 7, 2026-03-01, 121.00 EUR",
        "INV-1, Nine, 2026-02-01, 9.00 EUR",
    )
    report = world.run()
    assert (counts(report), held(report)) == ({"unchanged": 1}, {})
    assert world.sold()["external_id"] == "b9"
    assert world.sent("invoices", "create") == world.sent("invoices", "update") == []


def test_a_linked_customer_is_not_renamed_and_gets_what_differs(world: World) -> None:
    world.company("7", city="Utrecht")
    world.books.put("contacts", "c9", {"ContactID": "c9", "Name": "Nine", "Phone": "1"})
    linked(world, "shop.companies/7", "books.contacts/c9")
    world.invoice()
    assert counts(world.push(), "contacts") == {"updated": 1}
    assert world.contacts() == [
        {"ContactID": "c9", "Name": "Nine", "Phone": "1", "Number": "7", "City": "Utrecht"}
    ]


def test_what_cannot_be_linked_is_said(world: World) -> None:
    world.pack = AGREEING
    world.invoice("1")
    world.push()
    world.invoice("2")
    world.invoice("3", status="draft")
    world.books.put("invoices", "void", {"InvoiceID": "void", "Status": "VOIDED", "Total": 1})
    taken = str(world.one()["InvoiceID"])
    for name, target, why in (
        ("INV-1", taken, "shop.invoices/1 is already linked to books.invoices/"),
        ("INV-2", taken, "is already linked to shop.invoices/1"),
        ("INV-2", "nowhere", 'has no record "nowhere"'),
        ("INV-2", "books.contacts/c", "is not one of its records"),
        ("INV-2", "void", "is voided"),
        ("INV-3", "void", "invoices leaves out shop.invoices/3"),
        ("INV-9", "void", 'no record "INV-9" was found'),
    ):
        with pytest.raises(ConfigError, match=why):
            linked(world, name, target)


def test_a_voided_document_that_is_unlinked_is_made_again(world: World) -> None:
    """Its source still says that it was pushed, and its queue no longer shows it."""
    invoices = StreamRef("shop", "invoices")
    schema = replace(world.streams[invoices], external_id="external_id")
    world.streams = {**world.streams, invoices: schema}
    world.invoice("1")
    world.invoice("2")
    world.run()
    first = world.one("INV-1")["InvoiceID"]
    assert world.sold()["external_id"] == first
    world.books.edit("invoices", first, Status="VOIDED")
    assert world.run().flow("invoices").counts()["created"] == 0
    undone = unlinked(world, "INV-1")
    assert (undone.address.key, undone.target.key) == ("1", first)
    report = world.run()
    assert (counts(report), held(report)) == ({"created": 1, "unchanged": 1}, {})
    live = [one for one in world.booked("INV-1") if one["Status"] != "VOIDED"]
    assert [world.sold()["external_id"]] == [one["InvoiceID"] for one in live] != [first]
    assert world.ledger.links.unlinked("invoices") == {}
    assert counts(world.run()) == {"unchanged": 2}


def test_an_unlinked_document_that_exists_is_adopted_if_it_agrees(world: World) -> None:
    world.pack = AGREEING
    world.invoice()
    world.run()
    unlinked(world, world.one()["InvoiceID"])
    assert counts(world.run()) == {"adopted": 1}
    assert len(world.booked()) == 1


def test_the_e_mail_of_an_unlinked_document_is_not_sent_again(world: World) -> None:
    world.settings["auto_send"] = True
    world.invoice()
    world.run()
    world.books.edit("invoices", world.one()["InvoiceID"], Status="VOIDED")
    unlinked(world, "shop.invoices/1")
    report = world.run()
    assert counts(report) == {"created": 1}
    assert [(row.outcome, row.reason) for row in report.not_done.values()] == [("skipped", ONCE)]
    assert world.run().not_done == {}
    assert len(world.books.acted) == 1


def test_what_was_only_linked_is_e_mailed_once_it_is_created(world: World) -> None:
    world.settings["auto_send"] = True
    world.invoice("1")
    world.push()
    world.books.put("invoices", "b9", {**world.one(), "InvoiceID": "b9", "Reference": "INV-2"})
    world.invoice("2")
    world.run()
    world.books.edit("invoices", "b9", Status="VOIDED")
    unlinked(world, "shop.invoices/2")
    assert world.run().actions == {"email": {"done": 1, "held": 0}}


def test_a_document_that_is_unlinked_and_adopted_is_not_e_mailed_again(world: World) -> None:
    world.settings["auto_send"] = True
    world.invoice()
    world.run()
    unlinked(world, "shop.invoices/1")
    report = world.run()
    assert counts(report) == {"adopted": 1}
    assert [row.outcome for row in report.not_done.values()] == ["skipped"]
    assert len(world.books.acted) == 1


def test_what_is_unlinked_is_named_exactly(world: World) -> None:
    world.company("8", name="Company 7")
    world.invoice("1", customer_id="7")
    world.invoice("2", customer_id="8")
    world.push()
    with pytest.raises(ConfigError, match='"Company 7" is the name of several records'):
        unlinked(world, "Company 7")
    with pytest.raises(ConfigError, match='"INV-9" is not linked'):
        unlinked(world, "INV-9")
    assert unlinked(world, "shop.companies/8").mapping == "contacts"
