"""A contact that was merged into another: what refers to it goes to its heir, and the link follows."""

from __future__ import annotations

from engine.model.address import Address
from engine.passes.push import push
from tests.engine.passes.passes_kit import World, counts, held


def contact_id(world: World, name: str) -> str:
    (found,) = [one for one in world.contacts() if one["Name"] == name]
    return str(found["ContactID"])


def merge(world: World, away: str, into: str) -> None:
    world.books.edit("contacts", away, MergedInto=into, Archived="yes")


def heir(world: World, key: str = "heir", **values: str) -> str:
    world.books.put("contacts", key, {"ContactID": key, "Name": "Seven Group", **values})
    return key


def pushed(world: World, *companies: str) -> None:
    for company in companies:
        world.invoice(f"first-{company}", customer_id=company)
    world.push()


def test_invoices_go_to_the_heir_and_the_link_moves(world: World) -> None:
    pushed(world, "7")
    merge(world, contact_id(world, "Company 7"), heir(world))
    world.invoice("2")
    report = world.push()
    assert counts(report) == {"created": 1, "unchanged": 1}
    assert world.one("INV-2")["Contact"] == {"ContactID": "heir"}
    assert world.link(Address("shop", "companies", "7"), "contacts").target.key == "heir"
    assert any("was merged into Seven Group (books.contacts/heir)" in notice for notice in report.notices)
    world.invoice("3")
    assert world.push().notices == []
    assert world.one("INV-3")["Contact"] == {"ContactID": "heir"}


def test_a_chain_is_followed_to_its_end(world: World) -> None:
    pushed(world, "7")
    merge(world, contact_id(world, "Company 7"), heir(world, "between", Name="Between"))
    merge(world, "between", heir(world))
    world.invoice("2")
    world.push()
    assert world.one("INV-2")["Contact"] == {"ContactID": "heir"}


def test_a_circle_leads_nowhere(world: World) -> None:
    pushed(world, "7")
    before = contact_id(world, "Company 7")
    merge(world, before, heir(world, "between", Name="Between"))
    merge(world, "between", before)
    world.invoice("2")
    world.push()
    assert world.link(Address("shop", "companies", "7"), "contacts").target.key == before


def test_two_links_may_end_at_one_heir(world: World) -> None:
    pushed(world, "7", "8")
    seven, eight = contact_id(world, "Company 7"), contact_id(world, "Company 8")
    merge(world, eight, seven)
    for number, company in (("2", "7"), ("3", "8")):
        world.invoice(number, customer_id=company)
    report = world.push()
    assert (counts(report)["created"], held(report)) == (2, {})
    assert [world.one(f"INV-{number}")["Contact"] for number in "23"] == [{"ContactID": seven}] * 2
    link = world.link(Address("shop", "companies", "8"), "contacts")
    assert (link.target.key, link.heir, link.referred) == (eight, seven, seven)
    world.company("8", city="Breda")  # the heir is the other customer's: its fields are that one's
    world.company("7", city="Utrecht")
    world.invoice("4", customer_id="8")
    assert counts(world.push(), "contacts") == {"updated": 1, "unchanged": 1}
    assert world.books.records["contacts"][seven]["City"] == "Utrecht"
    assert world.one("INV-4")["Contact"] == {"ContactID": seven}


def test_two_links_that_are_merged_into_a_third_share_it(world: World) -> None:
    pushed(world, "7", "8")
    for name in ("Company 7", "Company 8"):
        merge(world, contact_id(world, name), "heir")
    heir(world)
    for number, company in (("2", "7"), ("3", "8")):
        world.invoice(number, customer_id=company)
    report = world.push()
    assert held(report) == {}
    assert [world.one(f"INV-{number}")["Contact"] for number in "23"] == [{"ContactID": "heir"}] * 2


def test_a_change_of_the_customer_goes_to_the_heir(world: World) -> None:
    pushed(world, "7")
    merge(world, contact_id(world, "Company 7"), heir(world))
    world.company("7", city="Utrecht")
    assert counts(world.push(), "contacts") == {"updated": 1}
    assert world.books.records["contacts"]["heir"]["City"] == "Utrecht"
    assert world.books.records["contacts"]["heir"]["Name"] == "Seven Group"


def test_an_invoice_that_exists_is_adopted_by_the_heir(world: World) -> None:
    pushed(world, "7")
    merge(world, contact_id(world, "Company 7"), heir(world))
    agreeing = world.pack["invoices"].replace("on_change: hold", "agree: [Contact]\n  on_change: hold")
    world.pack = {**world.pack, "invoices": agreeing}
    world.books.put(
        "invoices", "b9", {"InvoiceID": "b9", "Reference": "INV-9", "Contact": {"ContactID": "heir"}}
    )
    world.invoice("9")
    assert counts(world.push()) == {"adopted": 1, "unchanged": 1}


def test_a_plan_shows_the_heir_and_moves_nothing(world: World) -> None:
    pushed(world, "7")
    before = contact_id(world, "Company 7")
    merge(world, before, heir(world))
    world.invoice("2")
    world.plan()
    assert world.link(Address("shop", "companies", "7"), "contacts").target.key == before


def test_a_run_that_changes_nothing_asks_nothing(world: World) -> None:
    pushed(world, "7")
    context = world.context()
    push(context)
    assert context.systems["books"].source.requests == 0


def test_what_a_match_finds_is_not_taken_if_its_own_number_is_another(world: World) -> None:
    """A namesake: its number says that it is another customer's contact."""
    world.books.put("contacts", "c8", {"ContactID": "c8", "Name": "Company 7", "Number": "8"})
    world.invoice()
    reason = held(world.push())["shop.companies/7"]
    assert reason.startswith(
        "disagrees: books has Company 7 (books.contacts/c8), which matches, but differs in Number"
    )


def test_an_active_contact_goes_before_an_archived_one(world: World) -> None:
    world.books.put("contacts", "old", {"ContactID": "old", "Name": "Company 7", "Archived": "yes"})
    world.books.put("contacts", "new", {"ContactID": "new", "Name": "Company 7"})
    world.invoice()
    world.push()
    assert world.one()["Contact"] == {"ContactID": "new"}


def test_an_archived_contact_alone_is_held_with_what_to_do(world: World) -> None:
    world.books.put("contacts", "old", {"ContactID": "old", "Name": "Company 7", "Archived": "yes"})
    world.invoice()
    reasons = held(world.push())
    assert reasons["shop.companies/7"] == (
        "unusable: only Company 7 (books.contacts/old) in books matches: restore it"
    )
    assert "restore it" in reasons["shop.invoices/1"]
    assert world.booked() == []


def test_an_heir_is_not_adopted_by_another_record_in_the_same_run(world: World) -> None:
    """What a link moves to is taken, although no link in the ledger names it yet."""
    pushed(world, "7")
    merge(world, contact_id(world, "Company 7"), heir(world, Name="Company 8"))
    world.invoice("2", customer_id="7")
    world.invoice("3", customer_id="8")
    world.push()
    assert world.link(Address("shop", "companies", "7"), "contacts").target.key == "heir"
    assert world.link(Address("shop", "companies", "8"), "contacts").target.key != "heir"
    assert world.one("INV-2")["Contact"] == {"ContactID": "heir"}
    assert world.one("INV-3")["Contact"] != {"ContactID": "heir"}
