"""Numbers and days as PSOhub may write them: read if they can mean one thing only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.formats import NUMBER_FORMATS, day, number
from connectors.psohub.settings import Formats, PsohubSettings
from engine.sdk import NotTyped

AMSTERDAM, AUCKLAND = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Pacific/Auckland")


@pytest.mark.parametrize(
    ("raw", "read"),
    [(12, "12"), (Decimal("991.73553719"), "991.73553719"), ("208.26446281", "208.26446281"), ("-3", "-3"),
     ("1234.5", "1234.5"), ("0.125", "0.125"), ("1e2", "1e2")],
)  # fmt: skip
def test_plain_numbers_are_read_without_a_setting(raw: Any, read: str) -> None:
    assert number(raw, None) == Decimal(read)


@pytest.mark.parametrize(
    "raw", ["1.234,50", "1,234.50", "1 234", "1_000", "\u0661\u0662", "1.234", "much", True]
)
def test_numbers_that_may_mean_another_are_not_guessed(raw: Any) -> None:
    with pytest.raises(NotTyped, match="expected a number"):
        number(raw, None)


@pytest.mark.parametrize("format_", NUMBER_FORMATS)
def test_each_format_reads_what_it_is_written_in(format_: str) -> None:
    assert number(format_, format_) == Decimal("1234.56")
    assert number(f"-{format_}", format_) == Decimal("-1234.56")


@pytest.mark.parametrize(
    ("raw", "format_", "read"),
    [
        ("1.234", "1.234,56", "1234"),
        ("1.234.567,8", "1.234,56", "1234567.8"),
        ("1.234", "1234.56", "1.234"),
        ("1\u00a0234,5", "1 234,56", "1234.5"),
        ("1\u2019234.5", "1'234.56", "1234.5"),
        ("12,5", "1234,56", "12.5"),
    ],
)
def test_a_format_decides_what_a_mark_means(raw: str, format_: str, read: str) -> None:
    assert number(raw, format_) == Decimal(read)


@pytest.mark.parametrize(
    ("raw", "format_"), [("1234.56", "1.234,56"), ("12.34", "1.234,56"), ("1,2,3", "1,234.56")]
)
def test_a_number_in_another_format_is_not_read(raw: str, format_: str) -> None:
    with pytest.raises(NotTyped):
        number(raw, format_)


def test_formats_of_the_setting_are_those_that_are_read() -> None:
    for format_ in NUMBER_FORMATS:
        assert Formats.model_validate({"number_format": format_}).number_format == format_
    assert "number_format" in PsohubSettings.model_fields


@pytest.mark.parametrize("zone", [None, AMSTERDAM, AUCKLAND])
@pytest.mark.parametrize(
    "raw", ["2026-08-01T00:00:00.000Z", "2026-08-01T00:00:00", "2026-08-01T00:00:00+00:00"]
)
def test_midnight_utc_is_the_day_that_it_names_in_any_zone(raw: str, zone: ZoneInfo | None) -> None:
    assert day(raw, zone) == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("raw", "zone", "read"),
    [
        ("2026-07-31T22:00:00.000Z", AMSTERDAM, date(2026, 8, 1)),
        ("2026-11-30T23:00:00.000Z", AMSTERDAM, date(2026, 12, 1)),
        ("2026-11-30T11:00:00Z", AUCKLAND, date(2026, 12, 1)),
        ("2026-08-01T00:00:00+02:00", AMSTERDAM, date(2026, 8, 1)),
        ("2024-01-31T18:12:07.153Z", AMSTERDAM, date(2024, 1, 31)),
    ],
)
def test_any_other_moment_is_the_day_there(raw: str, zone: ZoneInfo, read: date) -> None:
    assert day(raw, zone) == read
    with pytest.raises(NotTyped, match="time_zone"):
        day(raw, None)


@pytest.mark.parametrize("raw", ["2026-08-01T14:30:00", "2026-08-01 and more", "0001-01-01T00:00:00+14:00"])
def test_what_names_no_day_is_not_read(raw: str) -> None:
    with pytest.raises(NotTyped):
        day(raw, AMSTERDAM)


def test_every_date_of_every_stream_follows_the_rule() -> None:
    moment = "2026-07-31T22:00:00.000Z"
    rows = {
        "InvoiceID": 1,
        "ProjectID": 1,
        "InvoiceDate": moment,
        "InvoiceDueDate": moment,
        "StartDate": moment,
    }
    silent, local = Cleaner(Formats()), Cleaner(Formats(time_zone="Europe/Amsterdam"))
    assert set(silent.clean("invoices", rows).problems) == {"date", "due_date"}
    assert set(silent.clean("projects", rows).problems) == {"start_date"}
    assert local.clean("invoices", rows).values["due_date"] == date(2026, 8, 1)
    assert local.clean("projects", rows).values["start_date"] == date(2026, 8, 1)


@pytest.mark.parametrize("zone", ["Europe/Amstredam", "../etc/passwd", "+02:00", ""])
def test_unknown_time_zone_is_a_mistake(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        Formats.model_validate({"time_zone": zone})


def test_words_for_a_status_are_found_in_any_case() -> None:
    cleaner = Cleaner(Formats(statuses={"Verzonden": "sent"}))
    assert cleaner.clean("invoices", {"InvoiceStatus": " VERZONDEN "}).values == {"status": "sent"}
    unknown = cleaner.clean("invoices", {"InvoiceStatus": "Betaald"})
    assert (unknown.values, list(unknown.problems)) == ({}, ["status"])
    assert "statuses: {Betaald: sent}" in unknown.problems["status"]


@pytest.mark.parametrize("raw", [5, Decimal("5.0"), True, {"Name": "Sent"}])
def test_a_status_that_is_not_a_word_is_unknown_too(raw: object) -> None:
    unknown = Cleaner(Formats()).clean("invoices", {"InvoiceStatus": raw})
    assert (unknown.values, list(unknown.problems)) == ({}, ["status"])
    assert "unknown status" in unknown.problems["status"]
    assert Cleaner(Formats(statuses={"5": "sent"})).clean("invoices", {"InvoiceStatus": 5}).values == {
        "status": "sent"
    }


def test_a_reason_names_its_field_once() -> None:
    assert "date" not in Cleaner(Formats()).clean("invoices", {"InvoiceDate": "soon"}).problems["date"][:4]
