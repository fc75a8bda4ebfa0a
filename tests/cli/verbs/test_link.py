"""`sync link`: a person says which target record a source record is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shapes import ACTION, fits
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served

DIFFERENCE = {"path": str, "before": object, "after": object}
LINKED = {
    "config": str,
    "linked": {
        "address": str, "target": str, "mapping": str, "source_side": str, "target_side": str,
        "diff": [DIFFERENCE], "overwritten": [DIFFERENCE], "actions_not_done": [ACTION],
    },
}  # fmt: skip


@pytest.fixture
def disagreeing(tmp_path: Path) -> Iterator[Harness]:
    """One invoice, and in Xero a stranger's with its number as the reference."""
    with served(tmp_path, psohub={"invoices": 1, "customers": 1}, xero={}) as systems:
        (contact,) = systems.put("Contacts", [{"Name": "Somebody Else"}])
        row = systems.offered()[0]
        line = {"Description": "By hand", "Quantity": 1, "UnitAmount": 777, "AccountCode": "200"}
        body = {
            "Type": "ACCREC",
            "Reference": row["InvoiceNumber"],
            "Contact": {"ContactID": contact["ContactID"]},
            "LineItems": [line],
            "Status": "AUTHORISED",
            "DueDate": "2026-12-31",
        }
        systems.put("Invoices", [body])
        yield Harness(systems, systems.config(tmp_path), Program(tmp_path))


def test_a_held_record_is_linked_by_number_and_the_link_is_undone(disagreeing: Harness) -> None:
    sync, config = disagreeing.sync, disagreeing.config
    ran = sync("run", config, "--output", "json")
    (row,) = [one for one in ran.json["held"] if one["mapping"] == "invoices"]
    assert row["code"] == "disagrees"
    assert "Somebody Else" in row["reason"]
    made = sync("link", config, row["title"], "INV-0001", "--output", "json")
    assert made.code == 0, made.err
    assert fits(made.json, LINKED)
    assert made.json["linked"]["address"] == row["address"]
    assert "Somebody Else" in made.json["linked"]["target_side"]
    assert sync("run", config, "--output", "json").json["flows"]["invoices"]["created"] == 0
    undone = sync("unlink", config, "INV-0001", "--output", "json")
    assert undone.code == 0
    assert fits(undone.json, {"config": str, "unlinked": {"address": str, "target": str, "mapping": str}})
    again = sync("run", config, "--output", "json")
    assert [one["code"] for one in again.json["held"] if one["mapping"] == "invoices"] == ["disagrees"]
    commands = [one["command"] for one in sync("status", config, "--output", "json").json["runs"]]
    assert {"link", "unlink"} <= set(commands)


def test_both_sides_are_shown_to_people(disagreeing: Harness) -> None:
    sync, config = disagreeing.sync, disagreeing.config
    sync("run", config)
    row = disagreeing.systems.offered()[0]
    shown = sync("link", config, row["InvoiceNumber"], "INV-0001")
    assert shown.code == 0, shown.err
    first, psohub, xero, differing, undoing, mail = shown.out.splitlines()
    assert first.startswith("live: linked psohub.invoices/")
    assert row["CustomerName"].strip() in psohub
    assert "Somebody Else" in xero
    assert differing.startswith("  they differ in Contact")
    assert undoing.startswith("  `sync unlink ")  # documents are not updated: nothing is overwritten
    assert mail.startswith("  email is not requested: ")


def test_what_does_not_exist_is_exit_2(disagreeing: Harness) -> None:
    missing = disagreeing.sync("link", disagreeing.config, "INV-9999", "INV-0001")
    assert missing.code == 2
    assert 'no record "INV-9999" was found at the source' in missing.err


def test_what_the_next_run_overwrites_is_told_before_it_does(disagreeing: Harness) -> None:
    systems, sync, config = disagreeing.systems, disagreeing.sync, disagreeing.config
    systems.change(systems.pushed()[0]["InvoiceID"], Reference="Another")  # so that ours is created
    company = systems.psohub_rows("companies")[0]
    address = {"AddressType": "STREET", "City": "Elsewhere"}
    (theirs,) = systems.put("Contacts", [{"Name": "Under another name", "Addresses": [address]}])
    names = f"psohub.companies/{company['CompanyID']}", f"xero.contacts/{theirs['ContactID']}"
    shown = sync("link", config, *names)
    assert shown.code == 0, shown.err
    assert f'changes xero: Addresses[0].City: "Elsewhere" -> "{company["City"]}"' in shown.out
    assert "`sync unlink" in shown.out
    sync("unlink", config, names[0])
    linked = sync("link", config, *names, "--output", "json").json["linked"]
    planned = sync("plan", config, "--output", "json").json
    (update,) = [change for change in planned["changes"] if change["change"] == "update"]
    told = {one["path"].partition("[")[0] for one in linked["overwritten"]}
    assert told == {one["path"].partition("[")[0] for one in update["diff"]}
    sync("run", config)
    (now,) = [one for one in systems.contacts() if one["ContactID"] == theirs["ContactID"]]
    assert company["City"] in str(now["Addresses"])
    assert now["Name"] == "Under another name"  # a link never renames
