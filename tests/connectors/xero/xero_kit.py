"""What the tests of the Xero connector share: its sandbox, with the control requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from connectors.xero import connector
from connectors.xero.client import Client
from connectors.xero.settings import XeroSettings
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
    """A sandbox and its control requests."""

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

    def allocate(self, credit_note_id: str, invoice_id: str, amount: Decimal) -> None:
        """What a bookkeeper does in Xero: set a credit note against an invoice."""
        assert connector.sandbox is not None
        settings = XeroSettings.model_validate(connector.sandbox.settings(self.origin, self.options))
        client = Client(settings, Context("xero"))
        body = {"Amount": amount, "Invoice": {"InvoiceID": invoice_id}}
        path = f"CreditNotes/{credit_note_id}/Allocations"
        assert client.post("PUT", path, body, f"allocate-{next(_keys)}", {}, None).ok
        client.http.close()

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
