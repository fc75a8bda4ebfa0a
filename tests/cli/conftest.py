"""Systems that the tests of the CLI share: served once, and never written by those who share them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served

WRONG_ACCOUNT = "2000"


@pytest.fixture
def sync(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """Six invoices that were pushed, but for one that names an account which Xero does not have."""
    folder = tmp_path_factory.mktemp("harness")
    # Runs that are killed while they wait leave their requests in Xero: nobody is to queue behind those.
    xero = {"concurrent_limit": 1000}
    with served(folder, psohub={"invoices": 6, "customers": 3}, xero=xero) as systems:
        systems.edit_lines(systems.offered()[0], GLAccount=WRONG_ACCOUNT)
        config, sync = systems.config(folder), Program(folder)
        assert sync("run", config).code == 1
        yield Harness(systems, config, sync)


@pytest.fixture
def fresh(harness: Harness, tmp_path: Path) -> Harness:
    """The same systems seen by a config of one's own that has not run yet: for reading, and for failing."""
    return Harness(harness.systems, harness.systems.config(tmp_path), Program(tmp_path))


@pytest.fixture
def again(harness: Harness, tmp_path: Path) -> Harness:
    """A copy of the harness's ledger and config, for what writes to the ledger and to no system."""
    for name in (harness.config.name, "live.db"):
        shutil.copy(harness.config.with_name(name), tmp_path / name)
    return Harness(harness.systems, tmp_path / harness.config.name, Program(tmp_path))
