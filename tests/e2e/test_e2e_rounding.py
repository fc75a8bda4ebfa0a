"""What happens where Xero rounds a total to another cent than PSOhub: the policies and the tolerance
(connectors/psohub/API.md, 8.13).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program
from tests.e2e.systems import Systems, served

NUMBER, CENT = "INV-2026-0001", Decimal("0.01")
TOTAL = Decimal(1889)  # PSOhub's; what Xero makes of the lines is a cent more
LINE = {"SubTotal": TOTAL - Decimal("327.85"), "TotalTax": Decimal("327.85")}
TAX = {"SubTotal": TOTAL - Decimal("327.84"), "TotalTax": Decimal("327.84")}


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    """Two invoices, one of which differs by a cent."""
    company = {"invoices": 2, "customers": 1, "cents_differ": 1}
    with served(tmp_path, psohub=company, xero={}) as opened:
        assert {row["InvoiceNumber"]: row["TotalAmountIncVAT"] for row in opened.offered()}[NUMBER] == TOTAL
        yield opened


def run(systems: Systems, folder: Path, code: int, **settings: Any) -> Any:
    config = systems.config(folder, settings={"auto_send": False, **settings})
    ran = Program(folder)("run", config, "--output", "json")
    assert ran.code == code, ran.out
    return ran.json


@pytest.mark.parametrize(("policy", "amounts"), [("rounding_line", LINE), ("adjust_tax", TAX)])
def test_policy_brings_xeros_total_to_psohubs(
    systems: Systems, tmp_path: Path, policy: str, amounts: dict[str, Decimal]
) -> None:
    report = run(systems, tmp_path, 0, rounding=policy)
    (invoice,) = [one for one in systems.pushed() if one["Reference"] == NUMBER]
    assert {name: invoice[name] for name in ("Total", *amounts)} == {"Total": TOTAL, **amounts}
    on_rounding = [line["LineAmount"] for line in invoice["LineItems"] if line["AccountCode"] == "860"]
    assert on_rounding == ([-CENT] if policy == "rounding_line" else [])
    assert [book["difference"] for book in report["reconcile"]["totals"]] == [0]
    assert report["reconcile"]["rows"] == []


def test_accepted_cents_are_xeros_and_are_reported(systems: Systems, tmp_path: Path) -> None:
    report = run(systems, tmp_path, 0, rounding="accept")
    (invoice,) = [one for one in systems.pushed() if one["Reference"] == NUMBER]
    assert invoice["Total"] == TOTAL + CENT
    assert any(f"{NUMBER}: Total 1889.00 in psohub, 1889.01 in xero" in told for told in report["notices"])
    (row,) = report["reconcile"]["rows"]
    (book,) = report["reconcile"]["totals"]
    assert (row["kind"], row["amount"]) == ("rounded", CENT)
    assert book["difference"] == CENT


@pytest.mark.parametrize(
    "settings",
    [{"rounding": "hold"}]
    + [{"rounding": policy, "tolerance": 0.005} for policy in ("accept", "rounding_line", "adjust_tax")],
    ids=lambda settings: settings["rounding"],
)
def test_difference_that_is_held_or_beyond_the_tolerance_is_not_sent(
    systems: Systems, tmp_path: Path, settings: dict[str, Any]
) -> None:
    (held,) = run(systems, tmp_path, 1, **settings)["held"]
    assert (held["title"], held["code"]) == (NUMBER, "totals")
    assert "Total 1889.00 in psohub, 1889.01 in xero (+0.01)" in held["reason"]
    assert NUMBER not in {one["Reference"] for one in systems.pushed()}
    assert len(systems.pushed()) == 1
