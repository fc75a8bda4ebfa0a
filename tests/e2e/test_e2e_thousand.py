"""A thousand invoices of a hundred customers cost the fewest requests that can do it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from tests.e2e.program import Program
from tests.e2e.systems import served


def test_thousand_invoices_of_a_hundred_customers_are_23_writes(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 1000, "customers": 100}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": False}, more="limit: 100000")
        ran = sync("run", config, "--output", "json")
        assert ran.code == 0, ran.err
        assert Counter(systems.writes("xero")) == {"PUT /Contacts": 2, "PUT /Invoices": 21}
        assert Counter(systems.writes("psohub")) == {"PATCH /invoice": 1000}
        keys = [one["idempotency_key"] for one in systems.log("xero") if one["method"] == "PUT"]
        assert len(set(keys)) == 23

        offered, pushed = systems.offered(), systems.pushed()
        assert len(pushed) == len(offered) == 1000
        numbered = {one["InvoiceNumber"]: Decimal(one["Total"]) for one in pushed}
        assert all(numbered[row["ExternalID"]] == row["TotalAmountIncVAT"] for row in offered)

        systems.reset()
        again = sync("run", config, "--output", "json")
        assert (again.code, again.json["flows"]["invoices"]["unchanged"]) == (0, 1000)
        assert systems.writes("xero") == systems.writes("psohub") == []
        assert len(systems.log("xero")) == again.json["requests"]["xero"] <= 8
