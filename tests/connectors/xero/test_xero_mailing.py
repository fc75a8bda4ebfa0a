"""An invoice is e-mailed to the address on it, and to no one else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.xero.recipients import contact_change, recipients
from engine.sdk import Receipt, System
from tests.connectors.xero.xero_kit import Books, batch, served

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with served(tmp_path / "xero.db", email_limit=1000) as made:
        yield made


@pytest.fixture
def xero(books: Books) -> Iterator[System]:
    system = books.open()
    yield system
    system.source.close()


def contact(xero: System, **members: Any) -> str:
    body = {"Name": "Client Ltd", "EmailAddress": "old@client.example", **members}
    (receipt,) = xero.target.write(batch("contacts", "create", [body]))
    assert receipt.target_id, receipt.reason
    return receipt.target_id


def invoice(xero: System, contact_id: str, status: str = "AUTHORISED") -> str:
    body = {"Type": "ACCREC", "Contact": {"ContactID": contact_id}, "LineItems": [LINE], "Status": status}
    dated = {**body, "Date": "2026-09-14", "DueDate": "2026-09-28"}
    (receipt,) = xero.target.write(batch("invoices", "create", [dated]))
    assert receipt.target_id, receipt.reason
    return receipt.target_id


def mail(xero: System, invoice_id: str, to: str | None, verb: str = "email") -> Receipt:
    (receipt,) = xero.actions.act(batch("invoices", verb, [{"to": to} if to else {}], [invoice_id]))
    return receipt


def as_it_is(xero: System, contact_id: str) -> dict[str, Any]:
    (record,) = xero.source.read("contacts", keys=[contact_id])
    return dict(record.values)  # type: ignore[union-attr]


def addresses(books: Books) -> list[list[str]]:
    return [one["to"] for one in books.emails()]


def test_the_invoices_address_becomes_the_contacts_and_the_former_is_kept(books: Books, xero: System) -> None:
    who = contact(xero, FirstName="Olga")
    receipt = mail(xero, invoice(xero, who), "ann@client.example")
    assert receipt.outcome == "done"
    assert "old@client.example" in receipt.reason
    assert addresses(books) == [["ann@client.example"]]
    values = as_it_is(xero, who)
    assert values["EmailAddress"] == "ann@client.example"
    (former,) = values["ContactPersons"]
    assert former == {"FirstName": "Olga", "EmailAddress": "old@client.example", "IncludeInEmails": False}


def test_two_addresses_of_one_customer_end_as_one_contact_that_knows_both(books: Books, xero: System) -> None:
    who = contact(xero, EmailAddress="a@client.example")
    for to in ("b@client.example", "a@client.example", "b@client.example"):
        assert mail(xero, invoice(xero, who), to).outcome == "done"
    assert addresses(books) == [["b@client.example"], ["a@client.example"], ["b@client.example"]]
    values = as_it_is(xero, who)
    known = {values["EmailAddress"], *(person["EmailAddress"] for person in values["ContactPersons"])}
    assert known == {"a@client.example", "b@client.example"}
    assert len(values["ContactPersons"]) <= 2


def test_a_contact_that_is_right_already_is_not_changed(books: Books, xero: System) -> None:
    who = contact(xero)
    made = invoice(xero, who)
    books.requests()
    assert mail(xero, made, "OLD@client.example").outcome == "done"
    assert [one["path"] for one in books.requests() if one["method"] != "GET"] == [
        f"/api.xro/2.0/Invoices/{made}/Email"
    ]


def test_persons_who_were_included_are_not_mailed_and_are_named(books: Books, xero: System) -> None:
    persons = [{"FirstName": "Bo", "EmailAddress": "bo@client.example", "IncludeInEmails": True}]
    who = contact(xero, ContactPersons=persons)
    receipt = mail(xero, invoice(xero, who), "old@client.example")
    assert addresses(books) == [["old@client.example"]]
    assert "bo@client.example" in receipt.reason
    (person,) = as_it_is(xero, who)["ContactPersons"]
    assert person == {**persons[0], "IncludeInEmails": False}


def test_invoices_of_one_contact_do_not_race(books: Books, xero: System) -> None:
    who = contact(xero)
    wanted = {invoice(xero, who): f"person{number}@client.example" for number in range(4)}
    threads = [threading.Thread(target=mail, args=(xero, key, to)) for key, to in wanted.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one["invoice_id"]: one["to"] for one in books.emails()} == {
        key: [to] for key, to in wanted.items()
    }


def test_without_room_for_the_former_address_the_e_mail_is_held(books: Books, xero: System) -> None:
    persons = [{"EmailAddress": f"p{number}@client.example"} for number in range(5)]
    who = contact(xero, ContactPersons=persons)
    receipt = mail(xero, invoice(xero, who), "ann@client.example")
    assert receipt.outcome == "refused"
    assert "no room" in receipt.reason
    assert books.emails() == []
    assert as_it_is(xero, who)["EmailAddress"] == "old@client.example"


def test_an_archived_contact_holds_the_e_mail(books: Books, xero: System) -> None:
    who = contact(xero)
    made = invoice(xero, who)
    xero.target.write(batch("contacts", "update", [{"ContactStatus": "ARCHIVED"}], [who]))
    receipt = mail(xero, made, "ann@client.example")
    assert receipt.outcome == "refused"
    assert "archived" in receipt.reason
    assert books.emails() == []


def test_a_lost_answer_to_the_change_mails_nothing_and_is_tried_again(books: Books, xero: System) -> None:
    who = contact(xero)
    made = invoice(xero, who)
    books.fault("drop_after", "/Contacts", method="POST", times=20)
    assert mail(xero, made, "ann@client.example").outcome == "waiting"
    assert books.emails() == []


def test_the_same_batch_again_mails_once(books: Books, xero: System) -> None:
    who = contact(xero)
    again = batch("invoices", "email", [{"to": "ann@client.example"}], [invoice(xero, who)])
    xero.actions.act(again)
    xero.actions.act(again)
    assert addresses(books) == [["ann@client.example"]]


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_what_is_not_approved_yet_waits(books: Books, xero: System, status: str) -> None:
    receipt = mail(xero, invoice(xero, contact(xero), status), "ann@client.example")
    assert (receipt.outcome, receipt.code) == ("waiting", "xero.email_status")
    assert books.emails() == []


def test_a_refusal_that_may_be_the_allowance_waits(tmp_path: Path) -> None:
    with served(tmp_path / "demo.db", email_limit=0) as books:
        xero = books.open()
        receipt = mail(xero, invoice(xero, contact(xero)), "ann@client.example")
        xero.source.close()
    assert receipt.outcome == "waiting"
    assert "limit" in receipt.reason


def test_the_contacts_own_address_is_mailed_if_the_mapping_says_so(books: Books, xero: System) -> None:
    assert mail(xero, invoice(xero, contact(xero)), None, "email_contact").outcome == "done"
    assert addresses(books) == [["old@client.example"]]


def test_an_address_that_is_the_same_is_held_if_persons_are_mailed_as_well(
    books: Books, xero: System
) -> None:
    persons = [{"FirstName": "Bo", "EmailAddress": "bo@client.example", "IncludeInEmails": True}]
    receipt = mail(
        xero, invoice(xero, contact(xero, ContactPersons=persons)), "old@client.example", "email_contact"
    )
    assert receipt.outcome == "refused"
    assert "bo@client.example" in receipt.reason
    assert books.emails() == []


def test_an_address_that_differs_is_held_with_both(books: Books, xero: System) -> None:
    receipt = mail(xero, invoice(xero, contact(xero)), "ann@client.example", "email_contact")
    assert receipt.outcome == "refused"
    assert "ann@client.example" in receipt.reason
    assert "old@client.example" in receipt.reason
    assert books.emails() == []


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("a@x.example", "a@x.example", ()),
        ("a@x.example; b@y.example", "a@x.example", ("b@y.example",)),
        ("a@x.example,b@y.example , c@z.example", "a@x.example", ("b@y.example", "c@z.example")),
        ("Accounts <a@x.example>", "a@x.example", ()),
        ('"Last, First" <a@x.example>; Bo <b@y.example>', "a@x.example", ("b@y.example",)),
        ("mailto:a@x.example", "a@x.example", ()),
        ("o\ufb03ce@\ufb01ne.example", "office@fine.example", ()),
        ("a\u200b@x.example", "a@x.example", ()),
    ],
)
def test_the_addresses_of_a_field_are_split(text: str, first: str, others: tuple[str, ...]) -> None:
    assert (recipients(text).first, recipients(text).others, recipients(text).fault) == (first, others, "")


@pytest.mark.parametrize("text", ["b\u00fcro@x.example", "a at x.example", "@x.example", "", "a@x"])
def test_an_address_that_xero_would_refuse_has_a_fault_that_shows_it(text: str) -> None:
    assert text in recipients(text).fault
    assert recipients(text).fault


def test_the_one_that_is_mailed_makes_room_for_the_former_address() -> None:
    persons = [{"EmailAddress": f"p{number}@x.example", "IncludeInEmails": False} for number in range(5)]
    row = {"ContactID": "1", "Name": "C", "EmailAddress": "old@x.example", "ContactPersons": persons}
    change = contact_change(row, recipients("p0@x.example"))
    kept = [person["EmailAddress"] for person in change.body["ContactPersons"]]
    assert kept == ["p1@x.example", "p2@x.example", "p3@x.example", "p4@x.example", "old@x.example"]


def gets(books: Books) -> int:
    return [one["method"] for one in books.requests()].count("GET")


def test_what_many_e_mails_need_is_read_in_few_requests(books: Books, xero: System) -> None:
    made = [invoice(xero, contact(xero, Name=f"Client {number}")) for number in range(6)]
    later = books.open()  # the run that made them has ended
    later.source.identity()
    books.requests()
    later.actions.prepare("invoices", "email", made)
    for key in made:
        assert mail(later, key, "old@client.example").outcome == "done"
    assert gets(books) == 2
    later.source.close()


def test_what_was_created_a_moment_ago_is_not_read_again(books: Books, xero: System) -> None:
    made = [invoice(xero, contact(xero, Name=f"Client {number}")) for number in range(3)]
    books.requests()
    xero.actions.prepare("invoices", "email", made)
    for key, to in zip(made, ("old@client.example", "new@client.example", "ann@x.example"), strict=True):
        assert mail(xero, key, to).outcome == "done"
    assert gets(books) == 0
    assert addresses(books) == [["old@client.example"], ["new@client.example"], ["ann@x.example"]]


def test_a_contact_that_is_updated_later_is_read_before_its_e_mail(books: Books, xero: System) -> None:
    who = contact(xero)
    made = invoice(xero, who)
    xero.target.write(batch("contacts", "update", [{"EmailAddress": "later@client.example"}], [who]))
    assert mail(xero, made, "old@client.example").outcome == "done"
    assert addresses(books) == [["old@client.example"]]


def test_an_answer_under_an_old_key_is_not_taken_for_what_is_now(books: Books, xero: System) -> None:
    """A run that goes on where another was killed gets the first answer: a person may have mailed since."""
    who = contact(xero)
    body = {"Type": "ACCREC", "Contact": {"ContactID": who}, "LineItems": [LINE], "Status": "AUTHORISED"}
    first = batch("invoices", "create", [{**body, "Date": "2026-09-14", "DueDate": "2026-09-28"}])
    (receipt,) = xero.target.write(first)
    assert receipt.target_id
    assert mail(xero, receipt.target_id, None).outcome == "done"  # outside the run that goes on
    later = books.open()
    (again,) = later.target.write(replace(first, begun=first.begun - timedelta(minutes=4)))
    assert again.target_id == receipt.target_id
    assert mail(later, receipt.target_id, "old@client.example").outcome == "skipped"
    assert len(addresses(books)) == 1
    later.source.close()


def test_what_was_read_ahead_is_not_taken_for_true_after_a_change(books: Books, xero: System) -> None:
    who = contact(xero)
    made = [invoice(xero, who) for _ in range(4)]
    xero.actions.prepare("invoices", "email", made)
    for key, to in zip(
        made, ("b@x.example", "old@client.example", "c@x.example", "b@x.example"), strict=True
    ):
        assert mail(xero, key, to).outcome == "done"
    assert addresses(books) == [["b@x.example"], ["old@client.example"], ["c@x.example"], ["b@x.example"]]
