"""Small values for the ledger's tests, and its programs run as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from engine.ledger import Ledger, open_ledger
from engine.model.address import Address
from engine.model.change import Part, Receipt
from engine.model.link import BegunBatch, HeldRow, Link

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BODY = {"Type": "ACCREC", "Total": Decimal("12.50"), "LineItems": [{"Description": "Café ☕", "Quantity": 1}]}


def invoice(key: str = "1042") -> Address:
    return Address("psohub", "invoices", key)


def in_xero(key: str = "x-1042") -> Address:
    return Address("xero", "invoices", key)


def link(key: str = "1042", target: str | None = None, fingerprint: str = "f1") -> Link:
    return Link(
        "invoices", invoice(key), in_xero(target or f"x-{key}"), fingerprint, BODY, {"Status": "DRAFT"}, NOON
    )


def held(key: str = "1042", code: str = "account", reason: str = "no account 999", **more: object) -> HeldRow:
    row = {"where": "xero", "fingerprint": "f1", "since": NOON, **more}
    return HeldRow("invoices", invoice(key), code, reason, **row)  # type: ignore[arg-type]


def done(target: str | None = "x-1042") -> Receipt:
    return Receipt("done", target, observed={"Status": "AUTHORISED", "Total": Decimal("12.50")})


def begin(
    ledger: Ledger, *keys: str, verb: str = "create", target_id: str | None = None, fingerprint: str = "f1"
) -> BegunBatch:
    parts = [Part(invoice(key), BODY, target_id) for key in keys or ("1042",)]
    return ledger.batches.begin("invoices", "xero", "invoices", verb, parts, [fingerprint] * len(parts))


@contextmanager
def opened(url: str) -> Iterator[Ledger]:
    with closing(open_ledger(url)) as ledger:
        yield ledger


ROOT = Path(__file__).parents[3]


@contextmanager
def program(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process of its own that is surely gone afterwards."""
    command: Sequence[str] = [sys.executable, "-c", script, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()
