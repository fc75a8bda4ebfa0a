"""PSOhub's sandbox, served, and the connector opened on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.sdk import System
from tests.connectors.psohub.psohub_kit import Company, served


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with served(tmp_path_factory.mktemp("psohub") / "psohub.db", invoices=40) as found:
        yield found


@pytest.fixture
def psohub(company: Company) -> Iterator[System]:
    system = company.open()
    yield system
    system.source.close()
