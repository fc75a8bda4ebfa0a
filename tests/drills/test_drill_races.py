"""What others enter in Xero while a run is going on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.drills.proxy import Fault, proxies
from tests.e2e.program import Program
from tests.e2e.systems import Systems, served

pytestmark = pytest.mark.drill

LIMIT = 60  # of the queue: more than filters search for, so the list is searched
INVOICES = 200


def by_hand(systems: Systems, row: dict[str, Any]) -> None:
    """The document of this PSOhub invoice, as a person enters it: same customer, reference, total."""
    contacts = systems.contacts()
    contact = next(one for one in contacts if one.get("ContactNumber") == str(row["CustomerID"]))
    line = {"Description": "By hand", "Quantity": 1, "UnitAmount": str(row["TotalAmountIncVAT"])}
    entered = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact["ContactID"]},
        "Date": row["InvoiceDate"][:10],
        "DueDate": row["InvoiceDate"][:10],
        "Reference": row["InvoiceNumber"],
        "LineAmountTypes": "NoTax",
        "LineItems": [{**line, "AccountCode": "200"}],
    }
    assert systems.put("Invoices", [entered])


def test_a_document_entered_after_the_search_is_reported_by_the_same_run(tmp_path: Path) -> None:
    """No search can see what is entered after it; the comparison of the books at the end does."""
    sync = Program(tmp_path)
    with (
        served(tmp_path, psohub={"invoices": INVOICES, "customers": 6}, xero={}) as systems,
        proxies(xero=systems.xero, psohub=systems.psohub) as by_name,
    ):
        row = systems.offered()[-1]
        meanwhile = Fault("meanwhile", method="PUT", path="/Invoices", first=lambda: by_hand(systems, row))
        by_name["xero"].faults.append(meanwhile)
        config = systems.config(
            tmp_path,
            xero=by_name["xero"].origin,
            psohub=by_name["psohub"].origin,
            settings={"auto_send": False},
            more=f"limit: {LIMIT}",
        )
        ran = sync("run", config, "--output", "json")
        twice = [one for one in systems.pushed() if one["Reference"] == row["InvoiceNumber"]]
        stray = next(one for one in twice if one["LineItems"][0]["Description"] == "By hand")
        rows = [one for one in ran.json["reconcile"]["rows"] if one["kind"] == "unknown"]
        assert ran.code in (0, 1), ran.err
        assert {one["Reference"] for one in systems.pushed()} == {
            one["InvoiceNumber"] for one in systems.offered()
        }
        assert [one["title"] for one in rows] == [stray["InvoiceNumber"]]
        assert len(twice) == 2
