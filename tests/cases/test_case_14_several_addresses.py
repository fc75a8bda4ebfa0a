"""Several addresses in one field: the first is mailed, others are kept; a fault holds the e-mail alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.harness import Case, opened

FIRST = {
    "Several 1 Ltd": "billing@two.example",
    "Several 2 Ltd": "a@three.example",
    "Several 3 Ltd": "ar@four.example",
}


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    settings = {"auto_send": True}
    with opened("14-several-addresses", tmp_path, settings=settings, load=False) as opened_case:
        yield opened_case


def with_addresses(case: Case) -> None:
    """PSOhub's invoices name their contact, as its API shows them."""
    case.load_psohub()
    emails = {str(row["CompanyID"]): row["Email"] for row in case.read("psohub/contacts.json")}
    for row in case.psohub_invoices():
        case.systems.edit(row["InvoiceID"], InvoiceContactEmail=emails[str(row["CustomerID"])])


def test_the_first_address_goes_to_the_contact_and_the_invoice_is_pushed(case: Case) -> None:
    case.load_psohub()
    ran = case.run()
    assert len(case.systems.pushed()) == 3
    contacts = {row["Name"]: row.get("EmailAddress") for row in case.systems.contacts()}
    assert contacts == FIRST
    # PSOhub's invoices name no address: each is a row with its reason, and nothing is mailed.
    rows = ran.json["actions_not_done"]
    assert [(row["verb"], row["outcome"]) for row in rows] == [("email", "waiting")] * 3
    assert all("no address" in row["reason"] for row in rows)
    assert case.systems.emails() == []


def test_the_first_address_is_mailed_and_no_other(case: Case) -> None:
    with_addresses(case)
    ran = case.run()
    assert ran.json["actions"]["email"]["done"] == 3
    assert sorted(mail["to"] for mail in case.systems.emails()) == sorted(
        [address] for address in FIRST.values()
    )
    told = " ".join(ran.json["notices"])
    assert "office@two.example" in told
    assert re.search(r"INV-\S+ \(xero INV-\d+\): email: ", told)  # by both its numbers
    assert "b@three.example" in told
    assert case.run().json["requests"]["xero"] < 10
    assert len(case.systems.emails()) == 3


def test_an_address_that_cannot_be_mended_holds_the_e_mail_and_the_plan_says_so(case: Case) -> None:
    case.load_psohub()
    (row, *_) = case.psohub_invoices()
    case.systems.edit(row["InvoiceID"], InvoiceContactEmail="billing at two.example")
    planned = case.plan()
    assert any("billing at two.example" in held["reason"] for held in planned.json["held"])
    ran = case.run()
    assert ran.code == 1
    assert len(case.systems.pushed()) == 3
    assert case.systems.emails() == []
    assert any("billing at two.example" in held["reason"] for held in case.held())
