"""A change of the rules is not a change of the record: documents that were sent stay as they are."""

from __future__ import annotations

from engine.model.change import Unchanged
from tests.engine.passes.passes_kit import World, amended, counts, held, kinds

OTHER_NOTE = amended('Note: "{{ invoice.note }}"', 'Note: {value: "{{ invoice.number }}"}')


def sold(world: World, *keys: str) -> None:
    for key in keys:
        world.invoice(key, note=f"Note {key}")


def test_documents_are_left_as_sent_and_counted(world: World) -> None:
    sold(world, "1", "2")
    world.run()
    world.pack = OTHER_NOTE
    sold(world, "3")
    report = world.run()
    assert counts(report) == {"created": 1, "unchanged": 2}
    assert held(report) == {}
    assert [one["Note"] for one in world.booked()] == ["Note 1", "Note 2", "INV-3"]
    assert list(report.outdated) == ["invoices"]
    assert list(report.outdated["invoices"].values()) == [("Note",), ("Note",)]


def test_what_the_source_took_up_since_is_no_change_of_the_fields(world: World) -> None:
    """The number that was written back and the payment are read by other rules than those of the fields."""
    sold(world, "1")
    world.run()
    world.books.edit("invoices", world.one()["InvoiceID"], Status="PAID", Paid=world.one()["Total"])
    world.run()
    assert world.sold()["status"] == "paid"
    world.pack = OTHER_NOTE
    report = world.run()
    assert (counts(report), held(report)) == ({"unchanged": 1}, {})


def test_a_change_at_the_source_is_held_whatever_the_rules_became(world: World) -> None:
    sold(world, "1", "2")
    world.run()
    world.pack = amended(
        'Note: "{{ invoice.note }}"', 'Note: {join: ["{{ invoice.note }}", "{{ invoice.number }}"]}'
    )
    world.shop.edit("invoices", "1", note="Another")
    report = world.run()
    assert list(held(report)) == ["shop.invoices/1"]
    assert "changed since it was sent (Note)" in held(report)["shop.invoices/1"]
    assert list(report.outdated["invoices"]) == [world.link(world.invoice("2", note="Note 2")).address]


def test_a_rule_that_reads_another_path_is_a_change_of_the_rules(world: World) -> None:
    sold(world, "1")
    world.run()
    world.pack = amended(
        'Note: "{{ invoice.note }}"', 'Note: {join: ["{{ invoice.note }}", "{{ invoice.currency }}"]}'
    )
    assert counts(world.run()) == {"unchanged": 1}


def test_a_mapping_that_sends_changes_sends_these_too(world: World) -> None:
    world.pack = amended("on_change: hold", "on_change: update")
    sold(world, "1")
    world.run()
    world.pack = amended("on_change: hold", "on_change: update", pack=OTHER_NOTE)
    report = world.run()
    assert counts(report) == {"updated": 1}
    assert report.outdated == {}
    assert world.one()["Note"] == "INV-1"


def test_a_mapping_that_ignores_changes_counts_them_too(world: World) -> None:
    world.pack = amended("on_change: hold", "on_change: ignore")
    sold(world, "1")
    world.run()
    world.pack = amended("on_change: hold", "on_change: ignore", pack=OTHER_NOTE)
    report = world.run()
    assert counts(report) == {"unchanged": 1}
    assert list(report.outdated) == ["invoices"]
    world.shop.edit("invoices", "1", note="Another")
    assert counts(world.run()) == {"unchanged": 1}


def test_one_is_sent_once_a_person_names_it(world: World) -> None:
    sold(world, "1", "2")
    world.run()
    world.pack = OTHER_NOTE
    world.run()
    world.retry()  # of what is held: nothing is
    assert counts(world.run()) == {"unchanged": 2}
    first, second = world.ledger.outdated.rows()
    assert (first.address.key, first.fields, first.title) == ("1", ("Note",), "INV-1")
    world.ledger.held.approve(first.mapping, first.address, first.fingerprint)
    report = world.run()
    assert counts(report) == {"updated": 1, "unchanged": 1}
    assert [one["Note"] for one in world.booked()] == ["INV-1", "Note 2"]
    assert world.ledger.outdated.rows() == [second]
    assert counts(world.run()) == {"unchanged": 2}


def test_they_are_forgotten_once_the_rules_are_as_before(world: World) -> None:
    sold(world, "1")
    world.run()
    before, world.pack = world.pack, OTHER_NOTE
    world.run()
    world.pack = before
    assert world.run().outdated == {}
    assert world.ledger.outdated.rows() == []


def test_a_plan_shows_what_the_present_rules_would_change_and_keeps_nothing(world: World) -> None:
    sold(world, "1")
    world.run()
    world.pack = OTHER_NOTE
    (change,) = [one for one in world.plan() if isinstance(one, Unchanged) and one.differences]
    assert [one.path for one in change.differences] == ["Note"]
    assert world.ledger.outdated.rows() == []


def test_links_of_an_earlier_version_are_held_until_they_have_been_seen_unchanged(world: World) -> None:
    sold(world, "1", "2")
    world.run()
    for address in (world.invoice("1", note="Note 1"), world.invoice("2", note="Note 2")):
        world.ledger.links.record_source("invoices", [(address, "")])
    world.shop.edit("invoices", "2", note="Another")
    world.run()  # the first is as it was sent
    world.pack = OTHER_NOTE
    report = world.run()
    assert list(held(report)) == ["shop.invoices/2"]
    assert [address.key for address in report.outdated["invoices"]] == ["1"]


def test_what_is_emptied_at_the_source_is_no_update_and_is_named(world: World) -> None:
    world.company("7", city="Utrecht", email="a@b.example")
    sold(world, "1")
    world.run()
    world.company("7", email="a@b.example")
    report = world.run()
    assert counts(report, "contacts") == {"unchanged": 1}
    assert any("Company 7: City emptied in shop" in notice for notice in report.notices)
    assert world.contacts()[0]["City"] == "Utrecht"
    world.company("7", email="c@d.example")
    report = world.run()
    assert counts(report, "contacts") == {"updated": 1}
    assert any("City emptied" in notice for notice in report.notices)


def test_a_field_is_cleared_once_where_the_mapping_says_so(world: World) -> None:
    world.company("7", city="Utrecht", email="a@b.example")
    sold(world, "1")
    world.run()
    world.company("7", email="c@d.example")
    world.run()
    assert world.contacts()[0]["City"] == "Utrecht"
    world.pack = amended('City: "{{ company.city }}"', 'City: {value: "{{ company.city }}", clear: true}')
    report = world.run()
    assert counts(report, "contacts") == {"updated": 1}
    assert not world.contacts()[0]["City"]
    assert counts(world.run(), "contacts") == {"unchanged": 1}
    world.books.edit("contacts", world.contacts()[0]["ContactID"], City="by hand")
    assert counts(world.run(), "contacts") == {"unchanged": 1}  # once is once: it is the books' own by now


def test_what_is_sent_at_creation_only_is_left_alone_later(world: World) -> None:
    world.pack = amended('City: "{{ company.city }}"', 'City: {value: "{{ company.city }}", only: create}')
    world.company("7", city="Utrecht", email="a@b.example")
    sold(world, "1")
    world.run()
    assert world.contacts()[0]["City"] == "Utrecht"
    world.company("7", city="Breda", email="a@b.example")
    assert counts(world.run(), "contacts") == {"unchanged": 1}
    world.company("7", city="Breda", email="c@d.example")
    assert counts(world.run(), "contacts") == {"updated": 1}
    assert world.contacts()[0]["City"] == "Utrecht"


def test_an_invoice_of_which_a_field_is_emptied_is_not_held(world: World) -> None:
    sold(world, "1")
    world.run()
    world.invoice("1")
    report = world.run()
    assert (counts(report), held(report)) == ({"unchanged": 1}, {})
    assert any("Note emptied" in notice for notice in report.notices)


def test_what_was_sent_at_creation_only_is_not_an_edit_later(world: World) -> None:
    world.pack = amended('Note: "{{ invoice.note }}"', 'Note: {value: "{{ invoice.note }}", only: create}')
    sold(world, "1")
    world.run()
    world.books.edit("invoices", world.one()["InvoiceID"], Note="by hand")
    assert kinds(world.reconcile()) == []
