"""Quantities are computed with the four decimals that Xero keeps; what Xero shortened is not an edit
(connectors/psohub/API.md, 8.13)."""

from decimal import Decimal
from pathlib import Path

from tests.cases.harness import opened


def test_the_amount_goes_out_where_four_decimals_do_not_reach_it(tmp_path: Path) -> None:
    with opened("13-quantity-of-four-decimals", tmp_path, settings={"rounding": "hold"}) as case:
        planned = case.plan().json
        assert planned["held"] == []
        result = case.run()
        assert (result.code, result.json["held"]) == (0, [])
        hours, units = sorted(case.systems.pushed(), key=lambda row: str(row["Reference"]))
        assert hours["LineItems"][0]["Quantity"] == Decimal("33.3333")
        assert hours["SubTotal"] == Decimal("5000.00")
        (line,) = units["LineItems"]
        assert (line["Quantity"], line["UnitAmount"]) == (1, Decimal("150000.00"))
        assert "33.33333333 x 4500.00" in line["Description"]
        assert units["SubTotal"] == Decimal("150000.00")
        compared = case.command("reconcile")
        assert (compared.code, compared.json["reconcile"]["edited"]) == (0, 0)
