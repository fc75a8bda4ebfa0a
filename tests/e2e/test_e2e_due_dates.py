"""When an invoice is due: as it says itself, else by its project, else by the setting
(connectors/psohub/API.md, 8.4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.program import Program
from tests.e2e.systems import served

BLANK = ("", "-", " ", 0, None)


def day(value: str) -> date:
    return date.fromisoformat(value[:10])


def expected(row: dict[str, Any], project: dict[str, Any]) -> tuple[str, date]:
    """Whose word counts, and the day."""
    if row.get("InvoiceDueDate") not in BLANK:
        return "invoice", day(row["InvoiceDueDate"])
    if project.get("DueDays") not in BLANK:
        return "project", day(row["InvoiceDate"]) + timedelta(days=int(project["DueDays"]))
    return "setting", day(row["InvoiceDate"]) + timedelta(days=14)


def test_due_date_falls_back_from_invoice_to_project_to_setting(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 24, "customers": 12}, xero={}) as systems:
        projects = systems.projects()
        for at, row in enumerate(systems.offered()):
            if at % 2:
                systems.edit(row["InvoiceID"], InvoiceDueDate="-")
        assert sync("run", systems.config(tmp_path)).code == 0
        numbered = {one["InvoiceNumber"]: one for one in systems.pushed()}
        seen: dict[str, int] = defaultdict(int)
        for row in systems.offered():
            whose, due = expected(row, projects[row["ProjectID"]])
            seen[whose] += 1
            assert day(numbered[row["ExternalID"]]["DueDateString"]) == due, whose
    assert set(seen) == {"invoice", "project", "setting"}, "the company must hold all three kinds"
