"""What only looks leaves everything as it is; what is refused by the limits as well."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """Four invoices, three of them pushed: there is something to do and something to know."""
    folder = tmp_path_factory.mktemp("looking")
    with served(folder, psohub={"invoices": 4, "customers": 2}, xero={}) as systems:
        harness = Harness(systems, systems.config(folder), Program(folder))
        first = systems.offered()[0]
        systems.edit(first["InvoiceID"], InvoiceStatus="Approved")
        assert harness.sync("run", harness.config).code == 0
        systems.edit(first["InvoiceID"], InvoiceStatus="Sent")
        yield harness


def content(ledger: Path) -> str:
    """All that a ledger holds, whatever the file looks like."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()


@pytest.mark.parametrize(
    "verb", [("plan",), ("status",), ("held",), ("check",), ("test",), ("map", "invoices", "--show-code")]
)
def test_read_only_verbs_write_neither_to_a_system_nor_to_the_ledger(
    harness: Harness, verb: tuple[str, ...]
) -> None:
    """(connectors/psohub/API.md, 8.23)"""
    harness.systems.reset()
    ledger = harness.config.with_name("live.db")
    before, files = content(ledger), sorted(path.name for path in harness.config.parent.iterdir())
    name, *more = verb
    assert harness.sync(name, harness.config, *more).code == 0
    assert harness.systems.writes("xero") == harness.systems.writes("psohub") == []
    assert content(ledger) == before
    assert sorted(path.name for path in harness.config.parent.iterdir()) == files


def test_plan_names_just_what_is_left_to_do(harness: Harness) -> None:
    changes = harness.sync("plan", harness.config, "--output", "json").json["changes"]
    (change,) = [one for one in changes if one["mapping"] == "invoices" and one["change"] != "unchanged"]
    assert change["change"] == "create"
    assert change["address"] == f"psohub.invoices/{harness.systems.offered()[0]['InvoiceID']}"


def test_plan_of_a_config_that_never_ran_makes_no_ledger(harness: Harness, tmp_path: Path) -> None:
    config = harness.systems.config(tmp_path)
    assert Program(tmp_path)("plan", config).code == 0
    assert [path.name for path in tmp_path.iterdir()] == [config.name]


@pytest.mark.parametrize("limits", [{"changes": 0}, {"amount": 0.01}])
def test_refused_by_the_limits_is_nothing_written(harness: Harness, limits: dict[str, float]) -> None:
    harness.systems.reset()
    harness.systems.config(harness.config.parent, limits={"first_run_since": "2026-01-01", **limits})
    pushed = len(harness.systems.pushed())
    try:
        refused = harness.sync("run", harness.config, "--output", "json")
    finally:
        harness.systems.config(harness.config.parent)
    assert refused.code == 5
    assert "Nothing was written" in refused.json["error"]
    assert harness.systems.writes("xero") == harness.systems.writes("psohub") == []
    assert len(harness.systems.pushed()) == pushed
    status = harness.sync("status", harness.config, "--output", "json").json
    assert (status["links"]["invoices"], status["begun"], status["runs"][0]["exit"]) == (3, 0, 5)
