"""Two contacts are merged in Xero: invoices go to the one that is left, and nothing looks edited."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.program import Program
from tests.e2e.systems import served


def test_invoices_go_to_the_heir_and_the_earlier_ones_are_no_drift(tmp_path: Path) -> None:
    with served(tmp_path, psohub={"invoices": 3, "customers": 1}, xero={}) as systems:
        config, sync = systems.config(tmp_path), Program(tmp_path)
        assert sync("run", config).code == 0
        before = systems.pushed()
        (away,) = {one["Contact"]["ContactID"] for one in before}
        (heir,) = systems.put("Contacts", [{"Name": "The Heir Ltd", "EmailAddress": "heir@plain.example"}])
        systems.merge(away, heir["ContactID"])
        quiet = sync("reconcile", config, "--output", "json")
        assert (quiet.code, quiet.json["reconcile"]["edited"]) == (0, 0), quiet.out
        row = systems.offered()[0]
        systems.add(
            **{**row, "InvoiceID": 41939771881679999, "InvoiceNumber": "INV-2026-0999", "ExternalID": " "}
        )
        ran = sync("run", config, "--output", "json")
        assert ran.code == 0, ran.out
        (new,) = [one for one in systems.pushed() if one["InvoiceID"] not in {o["InvoiceID"] for o in before}]
        assert new["Contact"]["ContactID"] == heir["ContactID"]
        assert any("was merged into The Heir Ltd" in notice for notice in ran.json["notices"])
        again = sync("run", config, "--output", "json")
        assert (again.code, again.json["notices"]) == (0, [])
