from __future__ import annotations

from datetime import timedelta

from engine.ledger import Ledger
from engine.model.change import Receipt
from tests.engine.ledger.kit import NOON, begin, held, invoice

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


def test_what_is_released_counts_as_agreed_to_until_it_is_written(ledger: Ledger) -> None:
    ledger.hold(held(fingerprint="f2"))
    ledger.hold(held("2", fingerprint=""))
    for key in ("1042", "2"):
        ledger.release("invoices", invoice(key), "write")
    assert ledger.agreed("invoices") == {"1042": "f2"}
    assert ledger.agreed("contacts") == {}
    ledger.settle(begin(ledger), 0, Receipt("done", "x-1042"))
    assert ledger.agreed("invoices") == {}


def test_what_leaves_the_desk_by_itself_was_agreed_to_by_nobody(ledger: Ledger) -> None:
    ledger.hold(held(fingerprint="f2"))
    ledger.unhold("invoices", invoice())
    assert ledger.held() == []
    assert ledger.agreed("invoices") == {}


def test_an_action_that_is_forgone_is_not_wanted_any_more(ledger: Ledger) -> None:
    ledger.settle(begin(ledger, verb="email", target_id="x-1042"), 0, Receipt("refused", reason="no address"))
    assert ledger.forgo("invoices", invoice(), "email")
    assert not ledger.forgo("invoices", invoice(), "email")
    assert ledger.held() == []
    assert ledger.actions("invoices", "email") == {}


def test_an_action_in_doubt_is_not_forgone(ledger: Ledger) -> None:
    begin(ledger, verb="email", target_id="x-1042")
    ledger.forgo("invoices", invoice(), "email")
    assert ledger.actions("invoices", "email") == {"1042": "begun"}


def test_release_does_not_take_back_an_action_in_doubt(ledger: Ledger) -> None:
    begin(ledger, verb="email", target_id="x-1042")
    ledger.hold(held(verb="email"))
    assert ledger.release("invoices", invoice())
    assert ledger.actions("invoices", "email") == {"1042": "begun"}
