"""Lists whose pages are shorter than those that were asked for, and that do not say how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.sdk import Record, System
from tests.connectors.xero.bodies_kit import customer_of
from tests.connectors.xero.xero_kit import Books, batch, served

INVOICES = 14


@pytest.fixture(scope="module")
def capped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    state: Path = tmp_path_factory.mktemp("capped") / "xero.db"
    with served(state, largest_page=5, reports_pages=False, minute_limit=10_000, day_limit=50_000) as books:
        yield books


@pytest.fixture(scope="module")
def xero(capped: Books) -> Iterator[System]:
    system = capped.open()
    customer = customer_of(capped)
    for stream, lines in (("invoices", {"DueDate": "2026-10-01"}), ("credit_notes", {})):
        bodies = [
            {
                "Type": "ACCREC" if stream == "invoices" else "ACCRECCREDIT",
                "Contact": {"ContactID": customer},
                "Date": "2026-09-14",
                "Reference": f"R-{at:02}",
                "Status": "AUTHORISED",
                "LineItems": [{"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}],
                **lines,
            }
            for at in range(INVOICES)
        ]
        assert {one.outcome for one in system.target.write(batch(stream, "create", bodies))} == {"done"}
    yield system
    system.source.close()


@pytest.mark.parametrize("stream", ["invoices", "credit_notes"])
def test_every_page_is_read(xero: System, stream: str) -> None:
    read = [record for record in xero.source.read(stream) if isinstance(record, Record)]
    assert sorted(str(record.values["Reference"]) for record in read) == [f"R-{at:02}" for at in range(14)]


@pytest.mark.parametrize("stream", ["invoices", "credit_notes"])
def test_what_is_on_a_later_page_is_found(xero: System, stream: str) -> None:
    rules = [{"Reference": f"R-{at:02}"} for at in range(INVOICES)]
    assert [len(found) for found in xero.target.find(stream, rules)] == [1] * INVOICES
    # A rule that no filter can express takes the complete list.
    assert [len(found) for found in xero.target.find(stream, [*rules[-1:], {"SubTotal": 10}])] == [
        1,
        INVOICES,
    ]


def test_keys_on_later_pages_are_read(xero: System) -> None:
    keys = [r.address.key for r in xero.source.read("invoices") if isinstance(r, Record)]
    assert sorted(
        r.address.key for r in xero.source.read("invoices", keys=keys) if isinstance(r, Record)
    ) == (sorted(keys))
