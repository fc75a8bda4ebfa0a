"""`run`, `push`, `reconcile` and `plan`: one report, for people and for programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cli.render.report.text import report_text
from engine.model.address import StreamRef
from engine.model.change import Held
from engine.model.report import Reconciled, RunReport
from tests.cli.shapes import CHANGE, HELD, NUMBER, REPORT, fits
from tests.e2e.harness import Harness
from tests.e2e.program import ROOT

NEW = {**CHANGE, "payload": dict, "actions": [str], "wanted": [{"do": str, "to": object}], "target_id": None}
STANDING = {**NEW, "target_id": str}
SKIPPED = {**CHANGE, "payload": None, "reason": str}


def test_report_of_a_run_has_exactly_the_documented_members(harness: Harness) -> None:
    ran = harness.sync("run", harness.config, "--output", "json")
    assert (ran.code, ran.err) == (1, "")
    report = ran.json
    assert fits(report, REPORT)
    assert (report["config"], report["command"], report["exit"]) == ("live", "run", 1)
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", report["run"])
    assert set(report["flows"]) == {
        "contacts", "invoices", "credit-notes", "invoice-status", "credit-note-status",
    }  # fmt: skip
    assert report["flows"]["invoices"] == {
        "created": 0, "updated": 0, "unchanged": 5, "adopted": 0, "held": 1, "skipped": 0,
    }  # fmt: skip
    assert set(report["requests"]) == {"psohub", "xero"}
    assert report["reconcile"]["documents"] == 5
    (held,) = report["held"]
    (row,) = report["reconcile"]["rows"]
    assert (row["kind"], row["source"], row["target"]) == ("source_only", held["address"], None)
    assert row["note"] == f"held: {held['reason']}"
    differing = {one["currency"]: one["difference"] for one in report["reconcile"]["totals"]}
    assert {unit: by for unit, by in differing.items() if by} == {row["currency"]: row["amount"]}


def test_held_record_is_named_with_its_cause_and_the_rule(harness: Harness) -> None:
    report = harness.sync("run", harness.config, "--output", "json").json
    (held,) = report["held"]
    assert fits(held, HELD)
    assert held["address"].startswith("psohub.invoices/")
    assert held["title"].startswith("INV-2026-")
    assert held["code"] == "mapping.lookup"
    assert '"2000"' in held["reason"]
    assert '"200" (Sales)' in held["reason"]
    assert held["where"].startswith(str(ROOT / "mappings" / "psohub-xero" / "lines.yaml") + ":")


def test_push_reports_like_a_run_without_a_reconciliation(harness: Harness) -> None:
    report = harness.sync("push", harness.config, "--output", "json").json
    assert fits(report, REPORT)
    assert report["reconcile"] is None
    assert set(report["flows"]) == {
        "contacts", "invoices", "credit-notes", "invoice-status", "credit-note-status"
    }  # fmt: skip


def test_reconcile_reads_both_books_and_reports_like_a_run(harness: Harness) -> None:
    reconciled = harness.sync("reconcile", harness.config, "--output", "json")
    report = reconciled.json
    assert (reconciled.code, report["exit"]) == (1, 1)  # one is held
    assert fits(report, REPORT)
    assert report["flows"].keys() == {"invoice-status", "credit-note-status"}
    assert report["reconcile"]["documents"] == 5
    assert report["reconcile"]["held"] == 1


def test_plan_adds_every_change_with_its_payload(fresh: Harness) -> None:
    """The systems hold five of the six already: a ledger that knows nothing adopts them."""
    planned = fresh.sync("plan", fresh.config, "--output", "json")
    report = planned.json
    worth = {"emails": int, "amounts": {str: NUMBER}}
    assert fits({**report, "changes": []}, {**REPORT, "changes": [object], "planned": worth})
    assert (report["command"], report["reconcile"]) == ("plan", None)
    shapes = {"create": NEW, "adopt": STANDING, "held": {**NEW, **HELD, "payload": None}}
    assert all(fits(one, shapes[one["change"]]) for one in report["changes"])
    kinds = [one["change"] for one in report["changes"] if one["mapping"] == "invoices"]
    assert sorted(kinds) == ["adopt"] * 5 + ["held"]
    payloads = {one["mapping"]: one["payload"] for one in report["changes"] if one["payload"]}
    assert payloads["contacts"]["ContactNumber"].isdecimal()
    assert payloads["invoices"]["Contact"]["$ref"].startswith("psohub.companies/")


def test_plan_shows_every_field_to_people(fresh: Harness) -> None:
    planned = fresh.sync("plan", fresh.config)
    assert planned.out.startswith("live: plan\n")
    assert re.search(
        r"\n= adopt invoices  INV-2026-\d{4}  psohub.invoices/\d+  \(already there as ", planned.out
    )
    assert "\n  invoices      5 to adopt, 1 held\n" in planned.out
    assert "\n  held: 1, waiting for a person; other records are not affected\n" in planned.out


def test_run_as_text_is_in_aligned_columns(harness: Harness) -> None:
    told = harness.sync("run", harness.config).out
    assert re.match(r"live: run \d{8}T\d{6}Z-[0-9a-f]{4}\n", told)
    assert "\n  contacts            3 unchanged\n" in told
    assert "\n  invoices            5 unchanged, 1 held\n" in told
    assert (
        "\n  held: 1, waiting for a person; other records are not affected\n    mapping.lookup: LineItems[0]"
        in told
    )
    assert re.search(r"\n      INV-2026-\d{4}  psohub.invoices/\d+\n", told)
    assert "\n  reconciled 5 documents: 1 in one system only\n" in told
    assert re.search(
        r"\n    only in psohub: 1 \(-[\d,.]+ [A-Z]{3}\)\n      INV-2026-\d{4}  psohub.invoices/", told
    )
    assert re.search(r"\n    read: what changed in .*; everything else as it was last seen\n", told)
    table = re.findall(r"^ {4}(?:[A-Z]{3}| {3})  .*$", told, re.MULTILINE)
    assert len(table) >= 2
    assert len({len(line) for line in table}) == 1
    assert re.search(r"\n  requests: psohub \d+, xero \d+\n$", told)


def test_cause_shared_by_many_is_printed_once() -> None:
    """Lines here and there name an account that Xero does not have."""
    report, source = RunReport("plan", "live"), StreamRef("psohub", "invoices")
    for number, line in enumerate((0, 3, 1, 0, 2)):
        reason = f'LineItems[{line}].AccountCode: accounts has no row whose Code or Name is "999"'
        title = f"INV-2026-{number:04}"
        report.hold(Held(source.address(str(number)), "invoices", "lookup", reason, "lines.yaml:52:5", title))
    planned = report_text(report)
    (cause,) = [line for line in planned.splitlines() if '"999"' in line]
    assert "LineItems[…].AccountCode: accounts has no row" in cause
    assert len(re.findall(r"^ {6}INV-2026-\d{4}  psohub", planned, re.MULTILINE)) == 5


def test_plan_that_fails_is_headed_plan(fresh: Harness, tmp_path: Path) -> None:
    planned = fresh.sync("plan", fresh.systems.config(tmp_path, xero="http://127.0.0.1:9"))
    assert planned.code == 6
    assert planned.out.startswith("live: plan\n")


@pytest.mark.parametrize("command", ["run", "reconcile"])
def test_no_documents_are_not_reported_as_reconciled(command: str) -> None:
    text = report_text(RunReport(command, "files", reconcile=Reconciled()))
    assert "reconciled" not in text
    assert ("nothing to reconcile: no documents have been pushed" in text) == (command == "reconcile")
