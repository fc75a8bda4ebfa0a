"""What the tests of the PSOhub connector share: its sandbox, with the control requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.psohub import connector
from engine.sdk import Context, Http, Notice, Record, System, Unusable
from engine.sdk.sandbox import serving


class Company:
    """A sandbox, and the hands that work on PSOhub's screens."""

    def __init__(self, origin: str, options: Any) -> None:
        self.origin, self.options = origin, options
        self._control = Http("the sandbox", f"{origin}/_sandbox")

    def open(self, **changes: Any) -> System:
        assert connector.sandbox is not None
        values = {**connector.sandbox.settings(self.origin, self.options), **changes}
        return connector.open(connector.settings.model_validate(values), Context("psohub"))

    def fault(self, do: str, path: str, **more: Any) -> None:
        assert self._control.send("POST", "faults", {"do": do, "on": {"path": path}, **more}).ok

    def requests(self) -> list[dict[str, Any]]:
        """What was asked since the last call."""
        found: list[dict[str, Any]] = self._control.get("requests").json()
        self._control.send("DELETE", "requests", None)
        return found

    def add(self, **invoice: Any) -> dict[str, Any]:
        row: dict[str, Any] = self._control.send("POST", "invoices", invoice).json()
        return row

    def close(self) -> None:
        self._control.close()


@contextmanager
def served(state: Path, **choices: Any) -> Iterator[Company]:
    assert connector.sandbox is not None
    options = connector.sandbox.options.model_validate(choices)
    with serving(connector.sandbox.app(state, options)) as origin:
        company = Company(origin, options)
        yield company
        company.close()


def records(found: Any) -> list[Record]:
    return [one for one in found if isinstance(one, Record)]


def unusable(found: Any) -> list[Unusable]:
    return [one for one in found if isinstance(one, Unusable)]


def notices(found: Any) -> list[str]:
    return [one.kind for one in found if isinstance(one, Notice)]
