"""What Xero made of an invoice by itself is told once and is no edit; what it warns of is shown."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.program import Program
from tests.e2e.systems import served

# Xero keeps 1 for the base currency, whatever is sent.
RATE = "overrides: {invoices: {fields: {CurrencyRate: 2}}}\n"
MARKED = "overrides: {invoices: {fields: {SentToContact: true}}}\n"


def test_what_xero_changed_by_itself_is_told_once(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 6, "customers": 3}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": False})
        config.write_text(config.read_text() + RATE)
        first = sync("run", config, "--output", "json").json
        told = [notice for notice in first["notices"] if "stored it differently by itself" in notice]
        assert len(told) == sum(row["CurrencyCode"] == "EUR" for row in systems.pushed()) > 0
        assert all("CurrencyRate: 2 -> 1" in notice for notice in told)
        assert first["reconcile"]["edited"] == 0
        again = sync("reconcile", config, "--output", "json").json
        assert again["reconcile"]["edited"] == 0
        assert not [notice for notice in again["notices"] if "stored" in notice]


def test_warnings_are_shown(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 1, "customers": 1}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": False, "invoice_status": "DRAFT"})
        config.write_text(config.read_text() + MARKED)
        report = sync("run", config, "--output", "json").json
        warning = "xero warns: Only AUTHORISED invoices may have SentToContact updated."
        assert any(warning in notice for notice in report["notices"])
