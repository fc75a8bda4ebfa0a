"""The sandbox, served, and the connector opened on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.sdk import System
from tests.connectors.xero.bodies_kit import customer_of
from tests.connectors.xero.xero_kit import Books, served


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    state = tmp_path_factory.mktemp("xero") / "xero.db"
    with served(state, shuffle_answers=True, minute_limit=10_000, day_limit=50_000) as found:
        yield found


@pytest.fixture(scope="module")
def customer(books: Books) -> str:
    return customer_of(books)


@pytest.fixture
def xero(books: Books) -> Iterator[System]:
    system = books.open()
    yield system
    system.source.close()


@pytest.fixture
def served_with(tmp_path: Path) -> Callable[..., Any]:
    def serve(**choices: Any) -> Any:
        return served(tmp_path / "xero.db", **choices)

    return serve
