from __future__ import annotations

from datetime import timedelta

from engine.ledger import Ledger
from engine.model.change import Receipt
from tests.engine.ledger.ledger_kit import NOON, begin, held, invoice

LATER = NOON + timedelta(days=2)


def test_held_row_reads_back_as_it_was_held(ledger: Ledger) -> None:
    ledger.held.save(held(title="INV-2026-0007"))
    assert ledger.held.rows() == [held(title="INV-2026-0007")]


def test_since_stays_while_the_cause_does(ledger: Ledger) -> None:
    ledger.held.save(held())
    ledger.held.save(held(since=LATER, fingerprint="f2"))
    assert ledger.held.rows() == [held(fingerprint="f2")]
    ledger.held.save(held(since=LATER, reason="no account 998"))
    assert ledger.held.rows() == [held(since=LATER, reason="no account 998")]


def test_title_once_known_is_not_lost(ledger: Ledger) -> None:
    ledger.held.save(held(title="INV-2026-0007"))
    ledger.held.save(held(since=LATER, code="date", reason="locked"))
    assert ledger.held.rows() == [held(since=LATER, code="date", reason="locked", title="INV-2026-0007")]


def test_held_rows_are_listed_by_mapping_longest_first(ledger: Ledger) -> None:
    for key, since in (("1", LATER), ("2", NOON)):
        ledger.held.save(held(key, since=since))
    assert [row.address.key for row in ledger.held.rows("invoices")] == ["2", "1"]
    assert ledger.held.rows("contacts") == []


def test_release_takes_one_verb_or_all(ledger: Ledger) -> None:
    for verb in ("write", "email", "attach"):
        ledger.held.save(held(verb=verb))
    assert ledger.held.retry("invoices", invoice(), "email")
    assert not ledger.held.retry("invoices", invoice(), "email")
    assert [row.verb for row in ledger.held.rows()] == ["attach", "write"]
    assert ledger.held.retry("invoices", invoice())
    assert ledger.held.rows() == []


def test_what_is_released_counts_as_approved_until_it_is_written(ledger: Ledger) -> None:
    ledger.held.save(held(fingerprint="f2"))
    ledger.held.save(held("2", fingerprint=""))
    for key in ("1042", "2"):
        ledger.held.retry("invoices", invoice(key), "write")
    assert ledger.held.approved("invoices") == {"1042": "f2"}
    assert ledger.held.approved("contacts") == {}
    ledger.batches.settle(begin(ledger), 0, Receipt("done", "x-1042"))
    assert ledger.held.approved("invoices") == {}


def test_what_is_released_by_itself_counts_as_approved_by_no_one(ledger: Ledger) -> None:
    ledger.held.save(held(fingerprint="f2"))
    ledger.held.release("invoices", invoice())
    assert ledger.held.rows() == []
    assert ledger.held.approved("invoices") == {}


def test_an_action_that_is_forgone_is_not_wanted_any_more(ledger: Ledger) -> None:
    ledger.batches.settle(
        begin(ledger, verb="email", target_id="x-1042"), 0, Receipt("refused", reason="no address")
    )
    assert ledger.held.drop("invoices", invoice(), "email")
    assert not ledger.held.drop("invoices", invoice(), "email")
    assert ledger.held.rows() == []
    assert ledger.batches.actions("invoices", "email") == {}


def test_an_action_in_doubt_is_not_forgone(ledger: Ledger) -> None:
    begin(ledger, verb="email", target_id="x-1042")
    ledger.held.drop("invoices", invoice(), "email")
    assert ledger.batches.actions("invoices", "email") == {"1042": "begun"}


def test_release_does_not_take_back_an_action_in_doubt(ledger: Ledger) -> None:
    begin(ledger, verb="email", target_id="x-1042")
    ledger.held.save(held(verb="email"))
    assert ledger.held.retry("invoices", invoice())
    assert ledger.batches.actions("invoices", "email") == {"1042": "begun"}
