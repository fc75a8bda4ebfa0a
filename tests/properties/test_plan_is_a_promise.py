"""A plan is a promise: what it shows as create, update or e-mail Xero accepts, and what it holds is held.

PSOhub says what people have typed there: in about half of its invoices and customers something is wrong.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.e2e.program import Program
from tests.e2e.systems import served
from tests.properties.population import spoil

INVOICES, CUSTOMERS = 2000, 200
ENTERED = ("create", "update")


@pytest.mark.parametrize(
    ("seed", "settings"),
    [(1, {"rounding": "accept"}), (2, {"rounding": "adjust_tax", "numbering": "psohub"})],
)
def test_nothing_that_the_plan_shows_is_refused(tmp_path: Path, seed: int, settings: dict[str, Any]) -> None:
    sync = Program(tmp_path)
    psohub = {"invoices": INVOICES // 2, "customers": CUSTOMERS // 2, "seed": seed, "pdf": False}
    with served(tmp_path, psohub=psohub, xero={}) as systems:
        systems.books("Organisation", "Sandbox Consulting B.V.", PeriodLockDate="2026-03-31")
        invoices, companies = systems.psohub_rows("invoices"), systems.psohub_rows("companies")
        spoil(Random(seed), invoices, companies)
        systems.load({"companies": companies, "invoices": invoices})
        config = systems.config(tmp_path, settings=settings, more="limit: 100000")

        planned = sync("plan", config, "--output", "json").json
        ran = sync("run", config, "--output", "json")
        assert ran.code == 1, ran.err
        assert held(planned) == held(ran.json)
        shown = [change["address"] for change in planned["changes"] if change["change"] in ENTERED]
        assert len(shown) > INVOICES // 4
        flows = [ran.json["flows"][name] for name in ("contacts", "invoices", "credit-notes")]
        assert sum(flow["created"] + flow["updated"] for flow in flows) == len(shown)
        assert ran.json["actions"]["email"]["done"] == planned["planned"]["emails"] > 0


def held(report: Any) -> set[tuple[str, str]]:
    """What a report says is held, records and e-mails, by address and code."""
    return {(row["address"], row["code"]) for row in report["held"]}
