"""What only looks leaves everything as it is; what is refused by the limits as well."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.program import Program
from tests.e2e.systems import served


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Four invoices, three of them pushed: there is something to do and something to know."""
    folder = tmp_path_factory.mktemp("looking")
    with served(folder, psohub={"invoices": 4, "customers": 2}, xero={}) as systems:
        house = House(systems, systems.config(folder), Program(folder))
        first = systems.offered()[0]
        systems.edit(first["InvoiceID"], InvoiceStatus="Approved")
        assert house.sync("run", house.config).code == 0
        systems.edit(first["InvoiceID"], InvoiceStatus="Sent")
        yield house


def content(ledger: Path) -> str:
    """All that a ledger holds, whatever the file looks like."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()


@pytest.mark.parametrize(
    "verb", [("plan",), ("status",), ("held",), ("check",), ("test",), ("map", "invoices", "--show-code")]
)
def test_looking_writes_neither_to_a_system_nor_to_the_ledger(house: House, verb: tuple[str, ...]) -> None:
    house.systems.calm()
    ledger = house.config.with_name("live.db")
    before, files = content(ledger), sorted(path.name for path in house.config.parent.iterdir())
    name, *more = verb
    assert house.sync(name, house.config, *more).code == 0
    assert house.systems.writes("xero") == house.systems.writes("psohub") == []
    assert content(ledger) == before
    assert sorted(path.name for path in house.config.parent.iterdir()) == files


def test_plan_names_just_what_is_left_to_do(house: House) -> None:
    changes = house.sync("plan", house.config, "--output", "json").json["changes"]
    (change,) = [one for one in changes if one["mapping"] == "invoices" and one["change"] != "unchanged"]
    assert change["change"] == "create"
    assert change["address"] == f"psohub.invoices/{house.systems.offered()[0]['InvoiceID']}"


def test_plan_of_a_config_that_never_ran_makes_no_ledger(house: House, tmp_path: Path) -> None:
    config = house.systems.config(tmp_path)
    assert Program(tmp_path)("plan", config).code == 0
    assert [path.name for path in tmp_path.iterdir()] == [config.name]


@pytest.mark.parametrize("limits", [{"changes": 0}, {"amount": 0.01}])
def test_refused_by_the_limits_is_nothing_written(house: House, limits: dict[str, float]) -> None:
    house.systems.calm()
    house.systems.config(house.config.parent, limits={"first_run_since": "2026-01-01", **limits})
    pushed = len(house.systems.pushed())
    try:
        refused = house.sync("run", house.config, "--output", "json")
    finally:
        house.systems.config(house.config.parent)
    assert refused.code == 5
    assert "Nothing was written" in refused.json["error"]
    assert house.systems.writes("xero") == house.systems.writes("psohub") == []
    assert len(house.systems.pushed()) == pushed
    status = house.sync("status", house.config, "--output", "json").json
    assert (status["links"]["invoices"], status["begun"], status["runs"][0]["exit"]) == (3, 0, 5)
