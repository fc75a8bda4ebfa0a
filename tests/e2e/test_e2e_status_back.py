"""What comes back: Xero's number, and that an invoice was paid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.e2e.harness import copy_of_the_checkout
from tests.e2e.program import Program
from tests.e2e.systems import Systems, served

CONFIG = "configs/acme.yaml"


@pytest.fixture
def small(tmp_path: Path) -> Program:
    """The shipped config with a company of three invoices."""
    sync = copy_of_the_checkout(tmp_path)
    path = tmp_path / CONFIG
    text = path.read_text().replace(
        "business_unit: 2, sandbox: true", "business_unit: 2, sandbox: {invoices: 3}"
    )
    path.write_text(text)
    return sync


def status_of(sync: Program, number: str) -> str:
    """An invoice's status in PSOhub, as its own API tells."""
    with sync.started("sandbox", CONFIG, "--output", "json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())["systems"]["psohub"]
        return str(asked(told, number)["InvoiceStatus"])


def asked(told: dict[str, str], number: str) -> dict[str, str]:
    answer = httpx.get(
        f"{told['api_url']}/invoices",
        params={"invoicenumber": number},
        headers={"Authorization": f"Bearer {told['access_token']}"},
        trust_env=False,
    )
    (row,) = answer.json()
    return dict(row)


def test_invoice_paid_in_xero_is_marked_paid_in_psohub_by_the_next_run(small: Program) -> None:
    """(connectors/psohub/API.md, 8.7)"""
    first = small("run", CONFIG, "--output", "json")
    assert first.code == 0
    number = "INV-2026-0001"
    assert status_of(small, number) == "Sent"
    paid = small("sandbox", "pay", CONFIG, number)
    assert (paid.code, paid.err) == (0, "")
    assert " paid; `sync run` brings the payment back\n" in paid.out

    ran = small("run", CONFIG, "--output", "json")
    assert ran.code == 0
    (row,) = ran.json["reconcile"]["rows"]
    assert (row["kind"], ran.json["reconcile"]["paid"]) == ("paid", 1)
    assert ran.json["flows"]["invoice-status"]["updated"] == 1
    assert status_of(small, number) == "Paid"

    told = small("reconcile", CONFIG).out
    assert "    paid: 1\n      INV-2026-0001 (xero INV-000" in told
    assert "\n  reconciled 3 documents: no differences\n" in told

    again = small("run", CONFIG, "--output", "json")
    assert again.code == 0
    assert again.json["flows"]["invoice-status"]["updated"] == 0
    assert again.json["requests"]["xero"] <= 8


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero={}) as found:
        yield found


def test_number_of_xero_becomes_the_external_id_under_the_id_to_the_last_digit(
    systems: Systems, tmp_path: Path
) -> None:
    """(connectors/psohub/API.md, 8.6 and 8.11)"""
    sync, config = Program(tmp_path), systems.config(tmp_path)
    assert sync("run", config).code == 0
    numbers = {row["InvoiceID"]: row["ExternalID"] for row in systems.offered()}
    assert set(numbers.values()) == {one["InvoiceNumber"] for one in systems.pushed()}
    assert all(key > 2**53 for key in numbers)
    references = {one["Reference"]: one["InvoiceNumber"] for one in systems.pushed()}
    assert all(references[row["InvoiceNumber"]] == row["ExternalID"] for row in systems.offered())
