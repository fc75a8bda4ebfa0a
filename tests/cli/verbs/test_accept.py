"""`sync accept`: a difference that is all right is quiet until it changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shapes import fits
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served

LISTED = {
    "source": str, "target": str, "title": str, "source_title": str, "kinds": [str], "why": str, "who": str,
    "at": str, "changed": bool,
}  # fmt: skip


@pytest.fixture(scope="module")
def voided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """Two invoices pushed; the first was voided in Xero, and a reconciliation has reported it."""
    folder = tmp_path_factory.mktemp("accept")
    with served(folder, psohub={"invoices": 2, "customers": 1}, xero={}) as systems:
        harness = Harness(systems, systems.config(folder), Program(folder))
        assert harness.sync("run", harness.config).code == 0
        first = min(systems.pushed(), key=lambda one: str(one["InvoiceNumber"]))
        systems.change(first["InvoiceID"], Status="VOIDED")
        assert harness.sync("reconcile", harness.config).code == 1
        yield harness


@pytest.fixture
def reported(voided: Harness, tmp_path: Path) -> Harness:
    """The same with a ledger of one's own."""
    for name in (voided.config.name, "live.db"):
        shutil.copy(voided.config.with_name(name), tmp_path / name)
    return Harness(voided.systems, tmp_path / voided.config.name, Program(tmp_path))


def test_what_is_accepted_is_quiet_listed_and_counted(reported: Harness) -> None:
    accepted = reported.sync("accept", reported.config, "INV-0001", "--why", "agreed", "--output", "json")
    (address,) = accepted.json["accepted"]
    assert (accepted.code, accepted.json["config"]) == (0, "live")
    ran = reported.sync("run", reported.config, "--output", "json")
    assert ran.code == 0
    found = ran.json["reconcile"]
    assert (found["voided"], found["accepted"]) == (0, 1)
    (row,) = found["rows"]
    assert (row["kind"], row["source"], row["accepted"]["why"]) == ("voided", address, "agreed")
    assert sum(book["difference"] for book in found["totals"]) == row["amount"] != 0
    listed = reported.sync("accept", reported.config, "--output", "json")
    assert fits(listed.json, {"config": str, "accepted": [LISTED]})
    (one,) = listed.json["accepted"]
    assert (one["source"], one["kinds"], one["changed"]) == (address, ["voided"], False)
    assert one["who"]


def test_text_says_what_was_accepted_and_why(reported: Harness) -> None:
    told = reported.sync("accept", reported.config, "INV-0001", "--why", "agreed")
    assert (told.code, told.out) == (0, "live: 1 document accepted until they change\n")
    report = reported.sync("reconcile", reported.config)
    assert report.code == 0
    assert "\n  reconciled 2 documents: 1 accepted\n" in report.out
    assert "\n    voided in xero, accepted: 1 (-" in report.out
    listed = reported.sync("accept", reported.config).out
    assert listed.startswith("live: 1 accepted\n\n  INV-2026-")
    assert " / INV-0001  psohub.invoices/" in listed
    assert "  voided: agreed (" in listed


@pytest.mark.parametrize("by", ["source", "target", "title", "source_title"])
def test_a_document_is_named_by_either_address_or_number(reported: Harness, by: str) -> None:
    (row,) = reported.sync("reconcile", reported.config, "--output", "json").json["reconcile"]["rows"]
    assert reported.sync("accept", reported.config, row[by], "--why", "agreed").code == 0
    assert reported.sync("reconcile", reported.config).code == 0


def test_undone_it_is_reported_again(reported: Harness) -> None:
    reported.sync("accept", reported.config, "INV-0001", "--why", "agreed")
    undone = reported.sync("accept", reported.config, "INV-0001", "--undo", "--output", "json")
    assert undone.code == 0
    assert undone.json["undone"][0].startswith("psohub.invoices/")
    assert reported.sync("reconcile", reported.config).code == 1
    again = reported.sync("accept", reported.config, "INV-0001", "--undo")
    assert (again.code, "is not accepted" in again.err) == (2, True)
    assert reported.sync("accept", reported.config).out == "live: nothing is accepted\n"


def test_what_was_not_reported_is_not_accepted(reported: Harness) -> None:
    for name in ("INV-0002", "INV-000", "nothing"):
        refused = reported.sync("accept", reported.config, "INV-0001", name, "--why", "agreed")
        assert refused.code == 2
        assert refused.err.startswith(f'sync: no difference of "{name}" has been reported; `sync reconcile ')
    assert reported.sync("accept", reported.config).out == "live: nothing is accepted\n"


def test_a_reason_is_required(reported: Harness) -> None:
    for more in ((), ("--why", " ")):
        refused = reported.sync("accept", reported.config, "INV-0001", *more)
        assert (refused.code, "--why is missing" in refused.err) == (2, True)
    assert reported.sync("accept", reported.config, "--why", "all").code == 2


def test_accepting_changes_nothing_in_either_system(reported: Harness) -> None:
    reported.systems.reset()
    reported.sync("accept", reported.config, "INV-0001", "--why", "agreed")
    assert reported.systems.log("psohub") == reported.systems.log("xero") == []
