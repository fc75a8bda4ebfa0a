"""Adoption: what exists at the target already is linked, once, and to the right record."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.model.address import StreamRef
from engine.model.change import Adopt, Create
from engine.passes.plan.gather import gather
from engine.sdk.system import Finding
from tests.engine.passes.passes_kit import World, amended, counts, held, kinds


def contact(world: World, key: str, **values: str) -> None:
    world.books.put("contacts", key, {"ContactID": key, **values})


def invoice(world: World, key: str, reference: str = "INV-1", **values: object) -> None:
    world.books.put("invoices", key, {"InvoiceID": key, "Reference": reference, **values})


def test_what_stands_there_is_linked_and_nothing_is_sent(world: World) -> None:
    contact(world, "c1", Name="Company 7")
    address = world.invoice()
    report = world.push()
    assert counts(report, "contacts") == {"adopted": 1}
    assert len(world.contacts()) == 1
    assert world.one()["Contact"] == {"ContactID": "c1"}
    assert world.link(world.company("7"), "contacts").target.key == "c1"
    assert world.link(address).target.key == world.one()["InvoiceID"]


def test_what_refers_to_an_adopted_record_is_checked_with_it(world: World) -> None:
    contact(world, "c1", Name="Company 7")

    def archived(stream: str, body: dict[str, object]) -> list[Finding]:
        gone = stream == "invoices" and body.get("Contact") == {"ContactID": "c1"}
        return [Finding("contact_archived", "Company 7 is archived")] if gone else []

    world.books.findings = archived  # type: ignore[assignment]
    world.invoice()
    assert held(world.push()) == {"shop.invoices/1": "contact_archived: Company 7 is archived"}
    assert world.sent() == []


def test_the_first_rule_with_exactly_one_hit_wins(world: World) -> None:
    contact(world, "by-name", Name="Company 7")
    contact(world, "by-number", Name="Another name", Number="7")
    world.invoice()
    world.push()
    assert world.link(world.company("7"), "contacts").target.key == "by-number"


def test_several_hits_are_told_apart_by_the_next_rule(world: World) -> None:
    contact(world, "a", Name="Old", Number="7")
    contact(world, "b", Name="Company 7", Number="7")
    world.invoice()
    world.push()
    assert world.link(world.company("7"), "contacts").target.key == "b"


def test_rules_that_lead_to_different_records_are_held_with_both_shown(world: World) -> None:
    by_name_and_address = '[{Name: "{{ company.name }}"}, {Email: "{{ company.email }}"}]'
    world.pack = amended('[{Number: "{{ company.id }}"}, {Name: "{{ company.name }}"}]', by_name_and_address)
    contact(world, "a", Name="Company 7")
    contact(world, "b", Name="Somebody", Email="info@seven.example")
    world.company("7", email="info@seven.example")
    world.invoice()
    reason = held(world.push())["shop.companies/7"]
    assert reason.startswith("several: ")
    assert "books.contacts/a" in reason
    assert "books.contacts/b" in reason
    assert len(world.contacts()) == 2


def test_several_candidates_and_no_rule_with_one_are_held(world: World) -> None:
    contact(world, "a", Name="Company 7")
    contact(world, "b", Name="Company 7")
    world.invoice()
    report = world.push()
    assert held(report)["shop.companies/7"] == (
        "several: 2 books records match (Company 7 (books.contacts/a), Company 7 (books.contacts/b)); "
        "edit them so that exactly one does, or link the right one with `sync link`"
    )
    assert len(world.contacts()) == 2
    world.books.edit("contacts", "b", Name="Company 8")
    report = world.push()
    assert counts(report, "contacts") == {"adopted": 1}
    assert world.ledger.held.rows() == []


def test_a_rule_whose_values_are_not_all_there_finds_nothing(world: World) -> None:
    world.pack = amended('match: [{Number: "{{ company.id }}"}', 'match: [{Email: "{{ company.email }}"}')
    contact(world, "a", Name="Somebody")
    world.invoice()
    world.push()
    assert len(world.contacts()) == 2


def test_what_is_linked_already_is_not_taken_by_another(world: World) -> None:
    world.company("8", name="Company 7")  # two customers of one name, as happens
    world.invoice("1", customer_id="7")
    world.push()
    world.invoice("2", customer_id="8")
    world.push()
    assert [one["Number"] for one in world.contacts()] == ["7", "8"]


def test_two_new_records_do_not_take_the_same_candidate(world: World) -> None:
    contact(world, "a", Name="Company 7")
    world.company("8", name="Company 7")
    world.invoice("1", customer_id="7")
    world.invoice("2", customer_id="8")
    report = world.push()
    assert counts(report, "contacts") == {"adopted": 1, "created": 1}


def test_a_number_that_names_a_record_goes_before_a_name_that_merely_equals(world: World) -> None:
    contact(world, "a", Name="Company 8", Number="8")
    world.company("7", name="Company 8")  # comes first, and has only the name
    world.invoice("1", customer_id="7")
    world.invoice("2", customer_id="8")
    world.push()
    assert world.link(world.company("8"), "contacts").target.key == "a"
    assert world.link(world.company("7"), "contacts").target.key != "a"


def test_what_another_mapping_made_in_the_same_stream_is_not_taken(world: World) -> None:
    people = world.pack["contacts"].replace("mapping: contacts", "mapping: people")
    world.pack = {**world.pack, "people": people.replace("as: company}", "as: company, keys: all}")}
    world.invoice()
    world.push()
    assert len(world.contacts()) == 2
    world.push()
    assert len(world.contacts()) == 2


def test_a_mapping_that_never_creates_may_add_to_what_another_made(world: World) -> None:
    more = """\
mapping: mails
source: {stream: shop.companies, as: company, keys: all}
target: {stream: books.contacts, create: never, on_change: update, match: [{Number: "{{ company.id }}"}]}
fields: {Email: "{{ company.email }}"}
"""
    world.invoice()
    world.push()
    world.pack = {**world.pack, "mails": more}
    assert counts(world.push(), "mails") == {"adopted": 1}
    world.shop.edit("companies", "7", email="info@seven.example")
    world.push()
    assert world.contacts()[0]["Email"] == "info@seven.example"


def test_void_records_are_not_adopted(world: World) -> None:
    invoice(world, "b1", Status="VOIDED")
    world.invoice()
    assert counts(world.push()) == {"created": 1}


def test_an_adopted_invoice_is_not_mailed(world: World) -> None:
    world.settings["auto_send"] = True
    invoice(world, "b1", Total=Decimal("121.00"))
    world.invoice()
    world.push()
    world.push()
    assert world.books.acted == []


def test_an_adopted_record_whose_contact_cannot_be_made_is_adopted_all_the_same(world: World) -> None:
    invoice(world, "b1", Total=Decimal("121.00"), Currency="EUR", Date="2026-03-01")
    world.invoice()
    world.shop.drop("companies", "7")
    report = world.run()
    assert counts(report) == {"adopted": 1}
    assert kinds(report) == []  # a contact that was never sent is no edit


def test_a_plan_tells_adoption_from_creation(world: World) -> None:
    contact(world, "c1", Name="Company 7")
    world.invoice()
    contact_, made = world.plan()
    assert isinstance(contact_, Adopt)
    assert contact_.target_id == "c1"
    assert isinstance(made, Create)


def test_nothing_is_looked_for_that_is_refused_anyway(world: World) -> None:
    world.books.refuse = lambda stream, body: "no" if stream == "invoices" else ""
    world.invoice()
    world.push()
    context = world.context()
    gather(context)
    assert context.systems["books"].source.requests == 0


def test_what_the_target_says_of_an_adopted_record_is_remembered(world: World) -> None:
    invoice(world, "b1", Total=Decimal("121.00"), Currency="EUR")
    address = world.invoice()
    world.push()
    assert world.link(address).last_seen == {
        "InvoiceID": "b1",
        "Reference": "INV-1",
        "Total": Decimal("121.00"),
        "Currency": "EUR",
    }


def carrying(world: World) -> None:
    invoices = StreamRef("shop", "invoices")
    world.streams = {**world.streams, invoices: replace(world.streams[invoices], external_id="external_id")}


def test_what_the_source_says_went_out_is_held_where_nothing_matches_it(world: World) -> None:
    carrying(world)
    world.invoice("1", external_id="b-1")
    world.invoice("2")
    report = world.push()
    assert list(held(report)) == ["shop.invoices/1"]
    assert [one["Reference"] for one in world.booked()] == ["INV-2"]
    world.push()
    world.retry()
    assert counts(world.push()) == {"created": 1, "unchanged": 1}


def test_what_the_source_says_went_out_is_adopted_where_it_exists(world: World) -> None:
    carrying(world)
    invoice(world, "b1")
    world.invoice(external_id="b1")
    assert counts(world.push()) == {"adopted": 1}


def test_what_differs_is_sent_where_the_mapping_sends_changes(world: World) -> None:
    contact(world, "c1", Name="Company 7", Phone="123", City="Breda")
    world.company("7", city="Utrecht")
    world.invoice()
    report = world.push()
    assert counts(report, "contacts") == {"adopted": 1}
    assert world.contacts() == [
        {"ContactID": "c1", "Name": "Company 7", "Number": "7", "City": "Utrecht", "Phone": "123"}
    ]
    (batch,) = [one for one in world.books.writes if one.stream == "contacts"]
    assert batch.verb == "update"
    assert dict(batch.parts[0].body) == {"Number": "7", "City": "Utrecht"}  # and nothing else
    assert counts(world.push(), "contacts") == {"unchanged": 1}


def test_nothing_is_sent_to_an_adopted_record_where_changes_are_held(world: World) -> None:
    invoice(world, "b1", Note="theirs")
    world.invoice(note="ours")
    assert counts(world.push()) == {"adopted": 1}
    assert world.one()["Note"] == "theirs"


def test_adoption_never_renames_and_neither_do_later_updates(world: World) -> None:
    contact(world, "c1", Name="Seven Holding", Number="7")
    world.invoice()
    world.push()
    world.company("7", city="Utrecht")
    assert counts(world.push(), "contacts") == {"updated": 1}
    assert world.contacts()[0]["Name"] == "Seven Holding"
    world.company("7", name="Seven Renamed", city="Utrecht")
    world.push()
    assert world.contacts()[0]["Name"] == "Seven Renamed"


def test_what_exists_is_linked_although_the_target_would_refuse_what_differs(world: World) -> None:
    contact(world, "c1", Name="Company 7")

    def findings(stream: str, body: dict[str, object]) -> list[Finding]:
        return [Finding("bad_city", "no such city")] if body.get("City") == "Nowhere" else []

    world.books.findings = findings  # type: ignore[assignment]
    world.company("7", city="Nowhere")
    world.invoice()
    report = world.push()
    assert held(report) == {"shop.companies/7": "bad_city: no such city"}
    assert world.one()["Contact"] == {"ContactID": "c1"}
    world.company("7", city="Utrecht")
    assert counts(world.push(), "contacts") == {"updated": 1}
    assert (world.contacts()[0]["City"], world.contacts()[0]["Number"]) == ("Utrecht", "7")


def test_a_refused_update_of_an_adopted_record_leaves_it_linked(world: World) -> None:
    contact(world, "c1", Name="Company 7")
    world.books.refuse = lambda stream, body: "no" if body.get("City") == "Nowhere" else ""
    world.company("7", city="Nowhere")
    world.invoice()
    report = world.push()
    assert list(held(report)) == ["shop.companies/7"]
    assert world.one()["Contact"] == {"ContactID": "c1"}
    world.company("7", city="Utrecht")
    assert counts(world.push(), "contacts") == {"updated": 1}
    assert world.ledger.held.rows() == []
