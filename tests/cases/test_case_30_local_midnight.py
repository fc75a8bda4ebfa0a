"""A moment that is not midnight UTC is a day in a time zone only."""

from __future__ import annotations

from pathlib import Path

from tests.cases.harness import opened

CASE = "30-local-midnight"


def test_time_zone_gives_the_day(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="time_zone: Europe/Amsterdam") as case:
        ran = case.plan()
        assert ran.code == 0, ran.out
        payloads = [change["payload"] for change in ran.json["changes"] if change["mapping"] == "invoices"]
        expected = [(one["InvoiceNumber"], one["Date"], one["DueDate"]) for one in case.read("expected.json")]
        assert sorted((p["Reference"], p["Date"], p["DueDate"]) for p in payloads) == expected
        midnight = {"InvoiceDate": "2026-08-01T00:00:00.000Z", "InvoiceDueDate": "2026-08-31T00:00:00Z"}
        case.systems.edit(case.psohub_invoice("INV-2026-0001")["InvoiceID"], **midnight)
        again = {change["title"]: change["payload"] for change in case.plan().json["changes"]}
        assert again["INV-2026-0001"]["Date"] == "2026-08-01", "midnight UTC stays the day that it names"
        assert case.run().code == 0


def test_without_a_time_zone_the_invoices_wait(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        ran = case.run()
        assert (ran.code, case.systems.pushed()) == (1, [])
        held = {row["title"]: row["reason"] for row in ran.json["held"]}
        assert "2026-07-31T22:00:00.000Z" in held["INV-2026-0001"]
        assert "time_zone" in held["INV-2026-0001"]
        assert "2026-12-30T23:00:00.000Z" in held["INV-2026-0002"]


def test_unknown_time_zone_is_a_mistake_of_the_config(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="time_zone: Europe/Amstredam") as case:
        checked = case.text("check")
        assert checked.code == 2
        assert "Europe/Amstredam" in checked.out + checked.err
