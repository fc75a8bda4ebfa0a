from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from engine.ledger import Ledger
from tests.engine.ledger.ledger_kit import NOON


def test_runs_are_listed_newest_first_with_their_report(ledger: Ledger) -> None:
    first = ledger.runs.start("sync run acme.yaml", "anna@box")
    second = ledger.runs.start("sync push acme.yaml", "ben@box")
    ledger.runs.end(first, 1, {"flows": {"invoices": {"created": 3}}, "amount": Decimal("10.10")})
    (new, old), unreadable = ledger.runs.last()
    assert unreadable == 0
    assert (new.id, new.command, new.holder, new.ended, new.exit_code, new.report) == (
        second,
        "sync push acme.yaml",
        "ben@box",
        None,
        None,
        {},
    )
    assert (old.id, old.exit_code, str(old.report["amount"])) == (first, 1, "10.10")
    assert old.ended is not None
    assert old.started <= old.ended <= datetime.now(UTC)
    assert ledger.runs.last(limit=1) == ([new], 0)


def test_run_ids_are_unique_and_sort_by_second(ledger: Ledger) -> None:
    ids = [ledger.runs.start("run", "anna") for _ in range(30)]
    assert len(set(ids)) == 30
    assert all(re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", one) for one in ids)


def test_end_of_a_run_that_never_was_is_our_mistake(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="has no run"):
        ledger.runs.end("20260314T093000Z-7f3a", 0, {})


def test_cursor_never_moves_backwards(ledger: Ledger) -> None:
    assert ledger.runs.cursor("psohub.invoices") is None
    ledger.runs.move_cursor("psohub.invoices", NOON)
    ledger.runs.move_cursor("psohub.invoices", NOON - timedelta(microseconds=1))
    assert ledger.runs.cursor("psohub.invoices") == NOON
    ledger.runs.move_cursor("psohub.invoices", NOON + timedelta(microseconds=1))
    assert ledger.runs.cursor("psohub.invoices") == NOON + timedelta(microseconds=1)


def test_cursor_compares_moments_and_not_their_spelling(ledger: Ledger) -> None:
    ledger.runs.move_cursor("a", NOON)
    ledger.runs.move_cursor("a", datetime(2026, 3, 14, 12, 30, tzinfo=timezone(timedelta(hours=1))))
    assert ledger.runs.cursor("a") == NOON


def test_moment_without_a_time_zone_is_our_mistake(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        ledger.runs.move_cursor("a", datetime(2026, 3, 14, 12, 0))  # noqa: DTZ001


def test_facts_are_remembered(ledger: Ledger) -> None:
    assert ledger.runs.recall("xero.tenant") is None
    ledger.runs.remember("xero.tenant", "a")
    ledger.runs.remember("xero.tenant", "b")
    assert ledger.runs.recall("xero.tenant") == "b"
