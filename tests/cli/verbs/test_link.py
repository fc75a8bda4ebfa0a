"""`sync link`: a person says which target record a source record is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shapes import ACTION, fits
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served

LINKED = {
    "config": str,
    "linked": {
        "address": str, "target": str, "mapping": str, "source_side": str, "target_side": str,
        "diff": [{"path": str, "before": object, "after": object}], "actions_not_done": [ACTION],
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
    first, psohub, xero, differing, mail = shown.out.splitlines()
    assert first.startswith("live: linked psohub.invoices/")
    assert row["CustomerName"].strip() in psohub
    assert "Somebody Else" in xero
    assert differing.startswith("  they differ in Contact")
    assert mail.startswith("  email is not requested: ")


def test_what_does_not_exist_is_exit_2(disagreeing: Harness) -> None:
    missing = disagreeing.sync("link", disagreeing.config, "INV-9999", "INV-0001")
    assert missing.code == 2
    assert 'no record "INV-9999" was found at the source' in missing.err
