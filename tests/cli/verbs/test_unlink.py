"""`sync unlink`: a document is let go, and made again by the next run. Its JSON is in test_link.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served


@pytest.fixture
def voided(tmp_path: Path) -> Iterator[Harness]:
    """Two invoices were pushed, and the first was voided in Xero."""
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero={}) as systems:
        harness = Harness(systems, systems.config(tmp_path), Program(tmp_path))
        assert harness.sync("run", harness.config).code == 0
        first = min(systems.pushed(), key=lambda one: str(one["InvoiceNumber"]))
        systems.change(first["InvoiceID"], Status="VOIDED")
        yield harness


def test_a_voided_invoice_is_made_again_under_a_new_number(voided: Harness) -> None:
    sync, config = voided.sync, voided.config
    ran = sync("run", config, "--output", "json")
    (row,) = [one for one in ran.json["reconcile"]["rows"] if one["kind"] == "voided"]
    assert f"sync unlink {config} {row['source']}" in row["advice"] or "sync unlink" in row["advice"]
    undone = sync("unlink", config, row["source"])
    assert undone.code == 0
    assert "is not linked to" in undone.out
    again = sync("run", config, "--output", "json")
    assert (again.code, again.json["flows"]["invoices"]["created"]) == (0, 1)
    live = [one for one in voided.systems.pushed() if one["Status"] != "VOIDED"]
    assert len(live) == 2
    numbers = {str(one["InvoiceNumber"]) for one in live}
    rows = voided.systems.psohub_rows("invoices")
    assert {str(one["ExternalID"]) for one in rows if str(one["ExternalID"]).strip()} == numbers
    assert sync("run", config, "--output", "json").json["flows"]["invoices"]["created"] == 0


def test_what_is_not_linked_is_exit_2(voided: Harness) -> None:
    missing = voided.sync("unlink", voided.config, "INV-9999")
    assert missing.code == 2
    assert '"INV-9999" is not linked' in missing.err
