"""Records that are read for references only are created when something that is sent names them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.passes.by_hand import link
from tests.engine.passes.passes_kit import PACK, World, counts


def referenced(on_change: str = "hold") -> Mapping[str, str]:
    contacts = PACK["contacts"].replace("as: company}", "as: company, keys: referenced}")
    return {
        **PACK,
        "contacts": contacts,
        "invoices": PACK["invoices"].replace("on_change: hold", f"on_change: {on_change}"),
    }


def in_the_books(world: World, contact: str = "c9") -> None:
    """An invoice that a person has entered, for a contact that is not the one of the shop's customer."""
    values = {"InvoiceID": "b9", "Reference": "INV-1", "Contact": {"ContactID": contact}, "Status": "OPEN"}
    world.books.put("invoices", "b9", {**values, "Total": 121, "Currency": "EUR"})


def test_what_is_only_linked_creates_no_contact(world: World) -> None:
    world.pack = referenced()
    world.invoice()
    in_the_books(world)
    report = world.push()
    assert counts(report) == {"adopted": 1}
    assert world.contacts() == []
    assert world.push().held == {}
    assert world.contacts() == []


def test_what_a_person_has_linked_creates_no_contact(world: World) -> None:
    world.pack = referenced()
    world.invoice()
    in_the_books(world)
    link(world.context("link"), "INV-1", "b9")
    world.push()
    assert world.contacts() == []


@pytest.mark.parametrize("later", [False, True])
def test_another_document_that_is_created_needs_the_contact(world: World, later: bool) -> None:
    world.pack = referenced()
    world.invoice()
    in_the_books(world)
    if later:
        world.push()
    world.invoice("2")
    world.push()
    assert [row["Name"] for row in world.contacts()] == ["Company 7"]
    assert world.one("INV-2")["Contact"] == {"ContactID": world.contacts()[0]["ContactID"]}
    assert world.one("INV-1")["Contact"] == {"ContactID": "c9"}  # what is linked stays as it is


def test_a_document_that_is_linked_and_then_updated_needs_the_contact(world: World) -> None:
    world.pack = referenced("update")
    world.invoice()
    in_the_books(world)
    world.push()
    (contact,) = world.contacts()
    assert world.one("INV-1")["Contact"] == {"ContactID": contact["ContactID"]}


def test_a_contact_that_exists_is_kept_as_its_company_is(world: World) -> None:
    world.pack = referenced()
    world.company(city="Delft")
    world.invoice()
    world.push()
    world.company(city="Gouda")
    world.push()
    assert [row["City"] for row in world.contacts()] == ["Gouda"]
