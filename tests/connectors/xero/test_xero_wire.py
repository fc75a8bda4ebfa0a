from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.xero import wire
from connectors.xero.streams import RESOURCES, STREAMS
from engine.sdk import NotTyped


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("/Date(1789344000000+0000)/", date(2026, 9, 14)),
        (r"\/Date(1789344000000+0000)\/", date(2026, 9, 14)),
        ("/Date(1789344000000)/", date(2026, 9, 14)),
        ("/Date(1789300800000+1200)/", date(2026, 9, 14)),
        ("/Date(-86400000+0000)/", date(1969, 12, 31)),
        ("2026-09-14", None),
    ],
)
def test_document_dates_keep_their_day(text: str, day: date | None) -> None:
    assert wire.day(text) == day


def test_instants_are_utc_to_the_millisecond() -> None:
    assert wire.instant("/Date(1789344000123+1200)/") == datetime(2026, 9, 14, 0, 0, 0, 123000, UTC)


def test_record_is_typed_by_the_schema_at_every_depth() -> None:
    raw = {
        "InvoiceID": "i",
        "Date": "/Date(1789344000000+0000)/",
        "DueDate": "2026-10-14T00:00:00",
        "Total": Decimal("24.15"),
        "Payments": [{"PaymentID": "p", "Date": "/Date(1789344000000+0000)/", "Amount": 5}],
        "UpdatedDateUTC": "/Date(1789344000000+0000)/",
        "Reference": "/Date(1)/",
        "Unheard": 1,
    }
    found = wire.record(raw, RESOURCES["invoices"].stream, "xero")
    assert found.changed == datetime(2026, 9, 14, tzinfo=UTC)
    assert found.values == {
        "InvoiceID": "i",
        "Date": date(2026, 9, 14),
        "DueDate": date(2026, 10, 14),
        "Total": Decimal("24.15"),
        "Payments": [{"PaymentID": "p", "Date": date(2026, 9, 14), "Amount": Decimal(5)}],
        "UpdatedDateUTC": found.changed,
        "Reference": "/Date(1)/",
    }


def test_value_that_does_not_fit_names_its_path() -> None:
    with pytest.raises(NotTyped, match=r"LineItems\[0\]\.Quantity"):
        wire.values({"LineItems": [{"Quantity": "many"}]}, RESOURCES["invoices"].stream)


def test_every_stream_has_its_key_and_title_and_every_field_a_doc() -> None:
    for stream in STREAMS:
        assert {stream.key, stream.title} <= stream.fields.keys()
        assert all(field.doc for field in stream.fields.values())
        assert set(stream.control_totals) <= stream.fields.keys()


@pytest.mark.parametrize(
    "text",
    [
        "/Date(99999999999999999999+0000)/",
        "/Date(253402300799000+9999)/",
        "/Date(-99999999999999999999)/",
        f"/Date({'9' * 5000})/",
    ],
)
def test_a_date_that_no_calendar_has_is_none(text: str) -> None:
    assert wire.day(text) is None
    assert wire.instant(text) is None or "+9999" in text
    with pytest.raises(NotTyped):
        wire.values({"InvoiceID": wire.ZERO, "Date": text}, RESOURCES["invoices"].stream)
