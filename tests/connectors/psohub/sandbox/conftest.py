"""The sandbox served on loopback, as the engine serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connectors.psohub.sandbox import PsohubSandboxOptions
from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Caller, Row, Serve, served


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve a sandbox from this test's own state file, until the test ends."""
    with ExitStack() as stack:

        def start(**options: Any) -> Caller:
            return stack.enter_context(served(tmp_path / "psohub.db", PsohubSandboxOptions(**options)))

        yield start


@pytest.fixture(scope="module")
def psohub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A company of 64 invoices, shared by tests that only read."""
    with served(tmp_path_factory.mktemp("psohub") / "psohub.db", PsohubSandboxOptions(invoices=64)) as caller:
        yield caller


@pytest.fixture(scope="module")
def invoices(psohub: Caller) -> list[Row]:
    """All invoices of that company, as they come off the wire."""
    return list(psohub.get("invoices", limit=1000))


@pytest.fixture(scope="module")
def sent(invoices: list[Row]) -> list[Row]:
    return [invoice for invoice in invoices if invoice["InvoiceStatus"] == "Sent"]
