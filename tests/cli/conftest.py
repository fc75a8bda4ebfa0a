"""Houses that cli tests look at: served once for all of them, and never written by those who share them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.program import Program
from tests.e2e.systems import served

WRONG_ACCOUNT = "2000"


@pytest.fixture
def sync(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Six invoices that were pushed, but for one that names an account which Xero does not have."""
    folder = tmp_path_factory.mktemp("house")
    # Runs that are killed while they wait leave their requests in Xero: nobody is to queue behind those.
    xero = {"concurrent_limit": 1000}
    with served(folder, psohub={"invoices": 6, "customers": 3}, xero=xero) as systems:
        systems.edit_lines(systems.offered()[0], GLAccount=WRONG_ACCOUNT)
        config, sync = systems.config(folder), Program(folder)
        assert sync("run", config).code == 1
        yield House(systems, config, sync)


@pytest.fixture
def fresh(house: House, tmp_path: Path) -> House:
    """The same systems seen by a config of one's own that has not run yet: for reading, and for failing."""
    return House(house.systems, house.systems.config(tmp_path), Program(tmp_path))


@pytest.fixture
def again(house: House, tmp_path: Path) -> House:
    """A copy of the house's ledger and config, for what writes to the ledger and to no system."""
    for name in (house.config.name, "live.db"):
        shutil.copy(house.config.with_name(name), tmp_path / name)
    return House(house.systems, tmp_path / house.config.name, Program(tmp_path))
