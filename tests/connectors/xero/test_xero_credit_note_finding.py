"""Looking for credit notes with the calls that Xero has for them (connectors/xero/API.md, 5 and 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.sdk import Record, System
from tests.connectors.xero.bodies_kit import asked, credit, keys, written
from tests.connectors.xero.xero_kit import Books, batch


def test_each_field_finds_it_by_the_call_that_xero_has_for_it(
    books: Books, xero: System, customer: str
) -> None:
    (key,) = written(xero, credit(customer, "F1", CreditNoteNumber="FIND 1", Date="2026-03-05"))
    for rule, call in (
        ({"CreditNoteID": key}, f"/CreditNotes/{key}?unitdp=4"),
        ({"CreditNoteNumber": "FIND 1", "Reference": "F1"}, "/CreditNotes/FIND 1?unitdp=4"),
        ({"Reference": "F1"}, "Reference"),
        ({"Date": "2026-03-05"}, "DateTime"),
        ({"Contact.ContactID": customer, "CreditNoteID": key}, f"/CreditNotes/{key}?unitdp=4"),
    ):
        books.requests()
        assert [keys(found) for found in xero.target.find("credit_notes", [rule])] == [[key]], rule
        (one,) = asked(books)
        assert call in one, rule


def test_contact_is_asked_for_in_the_filter_as_there_is_no_parameter_for_it(
    books: Books, xero: System
) -> None:
    (receipt,) = xero.target.write(batch("contacts", "create", [{"Name": "Once credited"}]))
    other = receipt.target_id or ""
    (key,) = written(xero, credit(other, "C1"))
    books.requests()
    (found,) = xero.target.find("credit_notes", [{"Contact.ContactID": other}])
    assert keys(found) == [key]
    (one,) = asked(books)
    assert "ContactIDs" not in one
    assert "guid" in one


def test_number_of_nobody_finds_nothing_and_one_no_path_can_hold_is_looked_for_in_the_list(
    books: Books, xero: System, customer: str
) -> None:
    (key,) = written(xero, credit(customer, "P1", CreditNoteNumber="2026/7"))
    assert xero.target.find("credit_notes", [{"CreditNoteNumber": "NOBODY-1"}]) == [[]]
    books.requests()
    assert keys(xero.target.find("credit_notes", [{"CreditNoteNumber": "2026/7"}])[0]) == [key]
    (one,) = asked(books)
    assert one.startswith("/CreditNotes?")


def test_many_numbers_cost_one_reading_of_a_short_list(books: Books, xero: System, customer: str) -> None:
    bodies = [credit(customer, f"M{at}", CreditNoteNumber=f"MANY-{at}") for at in range(40)]
    ids = written(xero, *bodies)
    books.requests()
    found = xero.target.find("credit_notes", [{"CreditNoteNumber": f"MANY-{at}"} for at in range(40)])
    assert [keys(one) for one in found] == [[key] for key in ids]
    assert len(asked(books)) == 1
    assert set(keys(list(xero.source.read("credit_notes", keys=ids)))) == set(ids)
    assert len(asked(books)) == 1


def test_few_keys_in_a_long_list_are_read_one_by_one(books: Books, xero: System, customer: str) -> None:
    ids = written(xero, *(credit(customer, f"K{at}") for at in range(3)))
    paged = books.open(page_size=1)
    books.requests()
    assert sorted(keys(list(paged.source.read("credit_notes", keys=[*ids, "no id"])))) == sorted(ids)
    paged.source.close()
    listed, *alone = asked(books)
    assert listed.startswith("/CreditNotes?")
    assert sorted(alone) == sorted(f"/CreditNotes/{key}?unitdp=4" for key in ids)


def test_voided_ones_are_read_but_not_found(xero: System, customer: str) -> None:
    (key,) = written(xero, credit(customer, "V1", CreditNoteNumber="VOID-1"))
    xero.target.write(batch("credit_notes", "update", [{"Status": "VOIDED"}], [key]))
    rules = [{"Reference": "V1"}, {"CreditNoteNumber": "VOID-1"}, {"CreditNoteID": key}]
    assert xero.target.find("credit_notes", rules) == [[], [], []]
    assert keys(list(xero.source.read("credit_notes", keys=[key]))) == [key]


def test_credit_notes_of_suppliers_are_neither_read_nor_found(xero: System, customer: str) -> None:
    line = {"AccountCode": "463"}
    (key,) = written(xero, credit(customer, "B1", Type="ACCPAYCREDIT", line=line))
    assert key not in keys(list(xero.source.read("credit_notes")))
    assert list(xero.source.read("credit_notes", keys=[key])) == []
    assert xero.target.find(
        "credit_notes", [{"CreditNoteID": key}, {"Date": "2026-11-02", "Reference": "B1"}]
    ) == [
        [],
        [],
    ]


def test_changes_are_read_since(xero: System, customer: str) -> None:
    since = datetime.now(UTC)
    (key,) = written(xero, credit(customer, "T1"))
    assert key in keys(list(xero.source.read("credit_notes", since=since)))
    assert list(xero.source.read("credit_notes", since=since + timedelta(hours=1))) == []


def test_tracking_option_sent_by_id_is_read_back_with_its_id(
    books: Books, xero: System, customer: str
) -> None:
    (option,) = [
        one.values
        for one in xero.source.read("tracking")
        if isinstance(one, Record) and one.values["Option"] == "North"
    ]
    ids = {name: option[name] for name in ("TrackingCategoryID", "TrackingOptionID")}
    plain, (tracked,) = (
        written(xero, credit(customer, "O1")),
        written(xero, credit(customer, "O2", line={"Tracking": [ids]})),
    )
    fresh = books.open()
    books.requests()
    (found,) = [one for one in fresh.source.read("credit_notes", keys=[tracked]) if isinstance(one, Record)]
    (shown,) = found.values["LineItems"][0]["Tracking"]
    assert shown == {"Name": "Region", "Option": "North", **ids}
    assert [one.partition("?")[0] for one in asked(books)] == [
        f"/CreditNotes/{tracked}",
        "/TrackingCategories",
    ]
    list(fresh.source.read("credit_notes", keys=plain))
    assert len(asked(books)) == 1
    fresh.source.close()
