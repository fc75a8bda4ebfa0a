"""Which of Xero's contacts a customer is: the rules in their order, and what is left to a person
(connectors/psohub/API.md, 8.14).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served

OTHERS = {"Name": "Somebody else"}


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    """One invoice of one customer, whose people have e-mail addresses."""
    with served(tmp_path, psohub={"invoices": 1, "customers": 1, "seed": 3}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": False})
        yield Harness(systems, config, Program(tmp_path))


def customer(systems: Systems) -> Row:
    (wanted,) = {row["CustomerID"] for row in systems.offered()}
    return next(row for row in systems.psohub_rows("companies") if row["CompanyID"] == wanted)


def email_of(harness: Harness) -> str:
    """The address that the mapping sends for the customer."""
    changes = harness.sync("plan", harness.config, "--output", "json").json["changes"]
    (payload,) = [one["payload"] for one in changes if one["mapping"] == "contacts"]
    return str(payload["EmailAddress"])


def run(harness: Harness, code: int = 0) -> Any:
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == code, ran.out
    return ran.json


def identified(harness: Harness, by: str) -> Row:
    """Fields by which a contact in Xero is the customer, by one rule alone."""
    row = customer(harness.systems)
    return {
        "ContactNumber": {"Name": "Known by its number", "ContactNumber": str(row["CompanyID"])},
        "TaxNumber": {"Name": "Known by its tax number", "TaxNumber": row["TaxNumber"]},
        "Name": {"Name": f"{row['CompanyName'].upper()}"},
        "EmailAddress": {"Name": "Known by its address", "EmailAddress": email_of(harness)},
    }[by]


@pytest.mark.parametrize("by", ["ContactNumber", "TaxNumber", "Name", "EmailAddress"])
def test_a_contact_that_one_rule_finds_is_adopted_and_never_renamed(harness: Harness, by: str) -> None:
    wanted = {**identified(harness, by), "FirstName": "Kept"}
    (contact, _) = harness.systems.put("Contacts", [wanted, OTHERS])
    assert run(harness)["flows"]["contacts"]["adopted"] == 1
    (invoice,) = harness.systems.pushed()
    assert invoice["Contact"]["ContactID"] == contact["ContactID"]
    adopted = {one["ContactID"]: one for one in harness.systems.contacts()}[contact["ContactID"]]
    assert (adopted["Name"], adopted["FirstName"]) == (wanted["Name"], "Kept")
    assert len(harness.systems.contacts()) == 2


def test_nothing_that_matches_is_created_and_then_known_by_its_link(harness: Harness) -> None:
    harness.systems.put("Contacts", [OTHERS])
    assert run(harness)["flows"]["contacts"]["created"] == 1
    (invoice,) = harness.systems.pushed()
    renamed = {"ContactID": invoice["Contact"]["ContactID"], "Name": "Renamed by a bookkeeper"}
    harness.systems.post("Contacts", [{**renamed, "ContactNumber": "other", "TaxNumber": ""}])
    row = harness.systems.offered()[0]
    added = {**row, "InvoiceID": 41939771881679999, "InvoiceNumber": "INV-2026-0999", "ExternalID": " "}
    harness.systems.add(**added)
    harness.sync("run", harness.config)
    assert {one["Contact"]["ContactID"] for one in harness.systems.pushed()} == {renamed["ContactID"]}
    assert len(harness.systems.pushed()) == len(harness.systems.contacts()) == 2


@pytest.mark.parametrize(
    ("first", "second"), [("Name", "EmailAddress"), ("TaxNumber", "Name")], ids=["e-mail", "tax number"]
)
def test_rules_that_lead_to_different_contacts_are_left_to_a_person(
    harness: Harness, first: str, second: str
) -> None:
    both = [identified(harness, first), identified(harness, second)]
    harness.systems.put("Contacts", both)
    held = run(harness, 1)["held"]
    (contact,) = [one for one in held if one["mapping"] == "contacts"]
    assert [one["Name"] for one in both if one["Name"] not in contact["reason"]] == []
    assert harness.systems.pushed() == []
    assert len(harness.systems.contacts()) == 2


def test_several_contacts_of_one_tax_number_are_left_to_a_person(harness: Harness) -> None:
    number = customer(harness.systems)["TaxNumber"]
    harness.systems.put("Contacts", [{"Name": name, "TaxNumber": number} for name in ("One", "Two")])
    (contact,) = [one for one in run(harness, 1)["held"] if one["mapping"] == "contacts"]
    assert "One" in contact["reason"]
    assert "Two" in contact["reason"]
    assert harness.systems.pushed() == []


def test_an_archived_contact_alone_is_held_with_what_to_do(harness: Harness) -> None:
    (contact,) = harness.systems.put("Contacts", [identified(harness, "Name")])
    archived = {"ContactID": contact["ContactID"], "ContactStatus": "ARCHIVED"}
    harness.systems.post("Contacts", [archived])
    (held,) = [one for one in run(harness, 1)["held"] if one["mapping"] == "contacts"]
    assert "Restore" in held["reason"]
    assert harness.systems.pushed() == harness.systems.contacts() == []


def test_a_contact_that_is_archived_after_its_first_invoice_holds_the_next_in_the_plan(
    harness: Harness,
) -> None:
    run(harness)
    (first,) = harness.systems.pushed()
    archived = {"ContactID": first["Contact"]["ContactID"], "ContactStatus": "ARCHIVED"}
    harness.systems.post("Contacts", [archived])
    row = harness.systems.offered()[0]
    added = {**row, "InvoiceID": 41939771881679999, "InvoiceNumber": "INV-2026-0999", "ExternalID": " "}
    harness.systems.add(**added)
    planned = harness.sync("plan", harness.config, "--output", "json").json
    for report in (planned, run(harness, 1)):
        (held,) = [one for one in report["held"] if one["mapping"] == "invoices"]
        assert held["title"] == "INV-2026-0999"
        assert "archived" in held["reason"]
    assert len(harness.systems.pushed()) == 1


def test_what_keeps_an_adopted_contact_from_its_fields_is_in_the_plan_as_in_the_run(harness: Harness) -> None:
    taken = {"Name": "Somebody else", "AccountNumber": "A-1"}
    harness.systems.put("Contacts", [identified(harness, "Name"), taken])
    text = harness.config.read_text(encoding="utf-8")
    override = "overrides: {contacts: {fields: {AccountNumber: A-1}}}"
    harness.config.write_text(f"{text}\n{override}\n", encoding="utf-8")
    planned = harness.sync("plan", harness.config, "--output", "json")
    assert planned.code == 1, planned.out
    (change,) = [one for one in planned.json["changes"] if one["mapping"] == "contacts"]
    assert (change["change"], change["code"], change["diff"]) == ("adopt", "value_taken", [])
    ran = run(harness, 1)
    for report in (planned.json, ran):
        (held,) = report["held"]
        assert (held["mapping"], held["reason"]) == ("contacts", change["reason"])
        assert "AccountNumber A-1" in held["reason"]
        assert "Somebody else" in held["reason"]
        assert report["flows"]["contacts"]["held"] == report["flows"]["invoices"]["created"] == 1
    shown = harness.sync("plan", harness.config)
    assert change["reason"] in shown.out
