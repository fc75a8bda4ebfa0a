from __future__ import annotations

from datetime import timedelta

from engine.ledger import Ledger

from .kit import NOON, begin, held, invoice

LATER = NOON + timedelta(days=2)


def test_held_row_reads_back_as_it_was_held(ledger: Ledger) -> None:
    ledger.hold(held(title="INV-2026-0007"))
    assert ledger.held() == [held(title="INV-2026-0007")]


def test_since_stays_while_the_cause_does(ledger: Ledger) -> None:
    ledger.hold(held())
    ledger.hold(held(since=LATER, fingerprint="f2"))
    assert ledger.held() == [held(fingerprint="f2")]
    ledger.hold(held(since=LATER, reason="no account 998"))
    assert ledger.held() == [held(since=LATER, reason="no account 998")]


def test_title_once_known_is_not_lost(ledger: Ledger) -> None:
    ledger.hold(held(title="INV-2026-0007"))
    ledger.hold(held(since=LATER, code="date", reason="locked"))
    assert ledger.held() == [held(since=LATER, code="date", reason="locked", title="INV-2026-0007")]


def test_held_rows_are_listed_by_mapping_longest_first(ledger: Ledger) -> None:
    for key, since in (("1", LATER), ("2", NOON)):
        ledger.hold(held(key, since=since))
    assert [row.address.key for row in ledger.held("invoices")] == ["2", "1"]
    assert ledger.held("contacts") == []


def test_release_takes_one_verb_or_all(ledger: Ledger) -> None:
    for verb in ("write", "email", "attach"):
        ledger.hold(held(verb=verb))
    assert ledger.release("invoices", invoice(), "email")
    assert not ledger.release("invoices", invoice(), "email")
    assert [row.verb for row in ledger.held()] == ["attach", "write"]
    assert ledger.release("invoices", invoice())
    assert ledger.held() == []


def test_release_does_not_take_back_an_action_in_doubt(ledger: Ledger) -> None:
    begin(ledger, verb="email", target_id="x-1042")
    ledger.hold(held(verb="email"))
    assert ledger.release("invoices", invoice())
    assert ledger.actions("invoices", "email") == {"1042": "begun"}
