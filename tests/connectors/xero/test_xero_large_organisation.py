"""An organisation with so many records that Xero refuses to list them: narrow questions are asked instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.xero import connector
from engine.sdk import Context, Notice, Record, System, UnavailableError
from tests.connectors.xero.bodies_kit import customer_of
from tests.connectors.xero.xero_kit import Books, batch, served

CUT_OFF = date(2026, 6, 1)
STREAMS = {"invoices": "ACCREC", "credit_notes": "ACCRECCREDIT"}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    state: Path = tmp_path_factory.mktemp("large") / "xero.db"
    with served(state, refuses_broad_lists=True, minute_limit=100_000, day_limit=500_000) as books:
        yield books


@pytest.fixture(scope="module")
def keys(large: Books) -> dict[str, dict[str, str]]:
    """Per stream the ids by reference: 90 on both sides of the cut-off date."""
    xero, customer, found = large.open(), customer_of(large), {}
    for stream, kind in STREAMS.items():
        bodies = [
            {
                "Type": kind,
                "Contact": {"ContactID": customer},
                "Date": "2026-05-14" if at % 3 == 0 else "2026-09-14",
                **({"DueDate": "2026-10-01"} if stream == "invoices" else {}),
                "Reference": f'say "{at:02}"' if at == 7 else f"R-{at:02}",
                "Status": "AUTHORISED",
                "LineItems": [{"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}],
            }
            for at in range(90)
        ]
        receipts = [
            receipt
            for start in (0, 45)
            for receipt in xero.target.write(batch(stream, "create", bodies[start : start + 45]))
        ]
        found[stream] = {
            str(body["Reference"]): str(receipt.target_id)
            for body, receipt in zip(bodies, receipts, strict=True)
        }
    xero.source.close()
    return found


def opened(books: Books, since: date | None) -> System:
    assert connector.sandbox is not None
    values = connector.sandbox.settings(books.origin, books.options)
    return connector.open(connector.settings.model_validate(values), Context("xero", since=since))


@pytest.fixture
def xero(large: Books) -> Iterator[System]:
    system = opened(large, CUT_OFF)
    yield system
    system.source.close()


@pytest.mark.parametrize("stream", STREAMS)
def test_many_records_are_found_by_narrow_filters(
    xero: System, keys: dict[str, dict[str, str]], stream: str
) -> None:
    rules = [{"Reference": reference} for reference in keys[stream] if '"' not in reference]
    found = xero.target.find(stream, rules)
    assert [[r.address.key for r in some] for some in found] == [
        [key] for reference, key in keys[stream].items() if '"' not in reference
    ]


def test_what_no_filter_can_hold_is_searched_for(xero: System, keys: dict[str, dict[str, str]]) -> None:
    (found,) = xero.target.find("invoices", [{"Reference": 'say "07"'}])
    assert [record.address.key for record in found] == [keys["invoices"]['say "07"']]


def test_contacts_are_found_by_a_field_that_xero_cannot_filter_by(xero: System, large: Books) -> None:
    assert xero.target.find("contacts", [{"TaxNumber": "none has this"}]) == [[]]


@pytest.mark.parametrize("stream", STREAMS)
def test_everything_from_the_cut_off_date_on_is_read(
    xero: System, keys: dict[str, dict[str, str]], stream: str
) -> None:
    entries = list(xero.source.read(stream))
    (notice,) = [entry for entry in entries if isinstance(entry, Notice)]
    assert notice.kind == "narrowed"
    assert "those dated from 2026-06-01 on were read, and linked ones by their ids" in notice.message
    read = [entry for entry in entries if isinstance(entry, Record)]
    assert len(read) == 60
    assert {record.values["Date"] for record in read} == {date(2026, 9, 14)}


def test_without_a_cut_off_date_nothing_is_listed(large: Books, keys: dict[str, dict[str, str]]) -> None:
    system = opened(large, None)
    (notice,) = system.source.read("invoices")
    system.source.close()
    assert isinstance(notice, Notice)
    assert notice.kind == "unlisted"


@pytest.mark.parametrize("stream", STREAMS)
def test_known_records_are_read_by_their_ids(
    xero: System, keys: dict[str, dict[str, str]], stream: str
) -> None:
    wanted = list(keys[stream].values())
    read = [entry for entry in xero.source.read(stream, keys=wanted) if isinstance(entry, Record)]
    assert sorted(record.address.key for record in read) == sorted(wanted)


@pytest.mark.parametrize("stream", STREAMS)
def test_what_changed_since_is_read_as_usual(
    xero: System, keys: dict[str, dict[str, str]], stream: str
) -> None:
    since = datetime.now(UTC) - timedelta(hours=1)
    entries = list(xero.source.read(stream, since=since))
    assert len(entries) == 90
    assert all(isinstance(entry, Record) for entry in entries)


def test_the_refusal_is_met_once(large: Books, xero: System, keys: dict[str, dict[str, str]]) -> None:
    large.requests()
    for _ in range(3):
        list(xero.source.read("invoices"))
    refused = [one for one in large.requests() if one["status"] == 400]
    assert len(refused) == 1


def test_what_cannot_be_searched_at_all_is_not_taken_for_absent(xero: System, large: Books) -> None:
    large.fault("status", "/Contacts", "GET", status=400, body={"ErrorNumber": 16}, times=9)
    with pytest.raises(UnavailableError, match="cannot search them by TaxNumber; match by a field"):
        xero.target.find("contacts", [{"TaxNumber": "NL1"}])
