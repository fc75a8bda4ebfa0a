"""Xero's sandbox, served, and the connector opened on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from connectors.xero import connector
from engine.sdk import Address, Batch, Context, Http, Part, System
from engine.sdk.sandbox import serving

_keys = count(1)


def batch(stream: str, verb: str, bodies: Sequence[Mapping[str, Any]], ids: Sequence[str] = ()) -> Batch:
    at = next(_keys)
    parts = tuple(
        Part(Address("psohub", stream, f"{at}-{place}"), body, ids[place] if ids else None)
        for place, body in enumerate(bodies)
    )
    return Batch(stream, verb, f"key-{at}", parts, datetime.now(UTC))


class Books:
    """A sandbox and its strings behind the stage."""

    def __init__(self, origin: str, options: Any) -> None:
        self.origin, self.options = origin, options
        self.said: list[str] = []
        self._control = Http("the sandbox", f"{origin}/_sandbox")

    def open(self, **changes: Any) -> System:
        assert connector.sandbox is not None
        values = {**connector.sandbox.settings(self.origin, self.options), **changes}
        return connector.open(connector.settings.model_validate(values), Context("xero", self.said.append))

    def fault(self, do: str, path: str, method: str = "PUT", **more: Any) -> None:
        fault = {"do": do, "on": {"path": path, "method": method}, **more}
        assert self._control.send("POST", "faults", [fault]).ok

    def requests(self) -> list[dict[str, Any]]:
        """What was asked since the last call."""
        found: list[dict[str, Any]] = self._control.get("requests").json()
        self._control.send("DELETE", "requests", None)
        return found

    def emails(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._control.get("emails").json()
        return found

    def clock(self, seconds: int) -> None:
        self._control.send("POST", "clock", {"advance_seconds": seconds})

    def merge(self, away: str, into: str) -> None:
        assert self._control.send("POST", "contacts/merge", {"from": away, "into": into}).ok

    def close(self) -> None:
        self._control.close()


@contextmanager
def served(state: Path, **choices: Any) -> Iterator[Books]:
    assert connector.sandbox is not None
    options = connector.sandbox.options.model_validate(choices)
    with serving(connector.sandbox.app(state, options)) as origin:
        books = Books(origin, options)
        yield books
        books.close()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    state = tmp_path_factory.mktemp("xero") / "xero.db"
    with served(state, shuffle_answers=True, minute_limit=10_000, day_limit=50_000) as found:
        yield found


@pytest.fixture
def xero(books: Books) -> Iterator[System]:
    system = books.open()
    yield system
    system.close()


@pytest.fixture
def served_with(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    def serve(**choices: Any) -> Any:
        return served(tmp_path / "xero.db", **choices)

    yield serve
