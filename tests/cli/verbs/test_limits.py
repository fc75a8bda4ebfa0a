"""Exit 5: a plan that passes the limits is refused with the arithmetic, until --yes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shapes import FAILURE, REPORT, fits
from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served


@pytest.fixture(scope="module")
def unpushed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """Three invoices of two customers, none of them pushed."""
    folder = tmp_path_factory.mktemp("unpushed")
    with served(folder, psohub={"invoices": 3, "customers": 2}, xero={}) as systems:
        yield Harness(systems, systems.config(folder), Program(folder))


def limited(harness: Harness, folder: Path, **limits: Any) -> Path:
    harness.systems.reset()
    return harness.systems.config(folder, limits={"first_run_since": "2026-01-01", **limits})


def test_more_changes_than_allowed_are_refused_with_the_sum(unpushed: Harness, tmp_path: Path) -> None:
    config = limited(unpushed, tmp_path, changes=4)
    answered = Program(tmp_path)("run", config)
    assert answered.code == 5
    assert "5 to create + 0 to update = 5 changes, 1 more than limits.changes: 4" in answered.err
    assert "`sync plan`" in answered.err
    assert "--yes" in answered.err
    assert unpushed.systems.writes("xero") == unpushed.systems.writes("psohub") == []


def test_more_money_than_allowed_is_refused_by_currency(unpushed: Harness, tmp_path: Path) -> None:
    config = limited(unpushed, tmp_path, amount=100)
    answered = Program(tmp_path)("push", config, "--output", "json")
    assert answered.code == answered.json["exit"] == 5
    assert fits(answered.json, {**REPORT, **FAILURE})
    sums: dict[str, Any] = {}
    for row in unpushed.systems.offered():
        currency = row["InvoiceCurrencyCode"]
        sums[currency] = sums.get(currency, 0) + row["TotalAmountIncVAT"]
    for currency, sum_ in sums.items():
        over = f"documents total {sum_:,f} {currency}, {sum_ - 100:,f} more than limits.amount: 100"
        assert over in answered.json["error"]
    assert unpushed.systems.writes("xero") == []


def test_first_run_without_a_cut_off_date_is_refused(unpushed: Harness, tmp_path: Path) -> None:
    """(connectors/psohub/API.md, 8.21)"""
    unpushed.systems.reset()
    config = unpushed.systems.config(tmp_path, limits={})
    answered = Program(tmp_path)("run", config)
    assert answered.code == 5
    assert "this is the first run and limits.first_run_since is not set: 5 records would be created" in (
        answered.err
    )
    assert unpushed.systems.writes("xero") == []


def test_plan_says_that_a_push_would_stop_and_does_not_fail_itself(unpushed: Harness, tmp_path: Path) -> None:
    config = limited(unpushed, tmp_path, changes=4)
    planned = Program(tmp_path)("plan", config)
    assert planned.code == 0
    assert "note: a push would stop here without --yes: 5 to create + 0 to update = 5 changes" in planned.out
    assert "note: new and changed documents: " in planned.out
    assert "Look at it with" not in planned.out


def test_yes_lets_a_push_go_ahead(unpushed: Harness, tmp_path: Path) -> None:
    """Last in this file: it pushes."""
    config = limited(unpushed, tmp_path, changes=1, amount=1)
    agreed = Program(tmp_path)("run", config, "--yes", "--output", "json")
    assert agreed.code == 0
    assert agreed.json["flows"]["invoices"]["created"] == 3
    assert len(unpushed.systems.pushed()) == 3
