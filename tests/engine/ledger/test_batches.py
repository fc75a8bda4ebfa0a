from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.ledger import AlreadyBegunError, Ledger, TargetTakenError
from engine.model.change import Part, Receipt
from engine.model.link import Link
from engine.sdk import wire
from tests.engine.ledger.ledger_kit import BODY, NOON, begin, done, held, in_xero, invoice, link, opened


def rows(ledger: Ledger, sql: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = ledger._database.rows(sql)
    return found


def test_begun_batch_is_found_again_as_it_was_begun(ledger: Ledger, url: str) -> None:
    first = begin(ledger, "1", "2")
    second = begin(ledger, "3", verb="update", target_id="x-3", fingerprint="f3")
    with opened(url) as other:
        assert other.batches.unfinished() == [first, second]
        assert wire.dumps(other.batches.unfinished()[0].batch.parts[0].body) == wire.dumps(BODY)


def test_keys_are_drawn_afresh_for_equal_bodies(ledger: Ledger) -> None:
    keys = set()
    for _ in range(20):
        begun = begin(ledger)
        ledger.batches.forget(begun, 0)
        keys.add(begun.batch.key)
    assert len(keys) == 20
    assert all(16 <= len(key) <= 128 for key in keys)


def test_done_part_becomes_a_link_and_is_released(ledger: Ledger) -> None:
    ledger.held.save(held())
    ledger.held.save(held(verb="email"))
    begun = begin(ledger)
    ledger.batches.settle(begun, 0, done())
    found = ledger.links.get("invoices", invoice())
    assert found is not None
    expected = Link("invoices", invoice(), in_xero(), "f1", BODY, done().observed, found.written_at)
    assert found == expected
    assert [row.verb for row in ledger.held.rows()] == ["email"]
    assert ledger.batches.unfinished() == []


def test_done_update_keeps_the_target_it_was_for_where_the_receipt_names_none(ledger: Ledger) -> None:
    ledger.links.save([link(target="x")])
    ledger.batches.settle(begin(ledger, verb="update", target_id="x", fingerprint="f2"), 0, done(None))
    assert ledger.links.fingerprints("invoices") == {"1042": ("f2", "x")}


def test_done_create_without_a_target_is_our_mistake_and_stays_open(ledger: Ledger) -> None:
    begun = begin(ledger)
    with pytest.raises(ValueError, match="without a target"):
        ledger.batches.settle(begun, 0, done(None))
    assert ledger.batches.unfinished() == [begun]


def test_refused_part_is_held_with_the_targets_own_words(ledger: Ledger) -> None:
    ledger.batches.settle(
        begin(ledger), 0, Receipt("refused", reason="Account code 999 is archived", code="account")
    )
    (row,) = ledger.held.rows("invoices")
    assert row == held(reason="Account code 999 is archived", since=row.since)
    assert ledger.links.fingerprints("invoices") == {}
    assert ledger.batches.unfinished() == []


def test_part_in_doubt_stays_open_and_its_neighbours_do_not(ledger: Ledger) -> None:
    begun = begin(ledger, "1", "2", "3")
    ledger.batches.settle(begun, 0, done("x-1"))
    ledger.batches.settle(begun, 1, Receipt("doubt"))
    ledger.batches.settle(begun, 2, Receipt("refused", reason="no"))
    assert ledger.batches.unfinished() == [replace(begun, open=(1,))]


def test_settled_batch_is_kept_with_its_time(ledger: Ledger) -> None:
    """The audit log (connectors/psohub/API.md, 8.23)"""
    begun = begin(ledger, "1", "2")
    ledger.batches.settle(begun, 0, done("x-1"))
    assert rows(ledger, "SELECT settled FROM batches") == [(None,)]
    ledger.batches.settle(begun, 1, Receipt("refused", reason="no"))
    ((settled,),) = rows(ledger, "SELECT settled FROM batches")
    assert str(settled) > "2026"
    assert rows(ledger, "SELECT state, answer, reason FROM parts") == [
        ("done", "x-1", ""),
        ("refused", None, "no"),
    ]


def test_forgotten_part_may_be_begun_again(ledger: Ledger) -> None:
    begun = begin(ledger)
    ledger.batches.forget(begun, 0)
    assert ledger.batches.unfinished() == []
    assert ledger.held.rows() == []
    assert begin(ledger).batch.key != begun.batch.key


def test_what_is_done_stays_done_whatever_comes_later(ledger: Ledger) -> None:
    begun = begin(ledger)
    ledger.batches.settle(begun, 0, done())
    ledger.batches.settle(begun, 0, Receipt("refused", reason="too late"))
    ledger.batches.settle(begun, 0, Receipt("doubt"))
    ledger.batches.forget(begun, 0)
    assert ledger.links.fingerprints("invoices") == {"1042": ("f1", "x-1042")}
    assert ledger.held.rows() == []


def test_record_in_an_open_batch_is_not_begun_twice(ledger: Ledger) -> None:
    begun = begin(ledger, "1", "2")
    with pytest.raises(
        AlreadyBegunError, match=r"psohub\.invoices/2 is in the unfinished batch 1 of invoices"
    ):
        begin(ledger, "3", "2", verb="update")
    assert ledger.batches.unfinished() == [begun]
    ledger.batches.settle(begun, 1, done())
    begin(ledger, "3", "2", verb="update", target_id="x-1042")


def test_record_is_not_twice_in_one_batch(ledger: Ledger) -> None:
    with pytest.raises(AlreadyBegunError):
        begin(ledger, "1", "1")
    assert ledger.batches.unfinished() == []


def test_batch_without_parts_or_with_a_float_is_not_begun(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="not a batch"):
        ledger.batches.begin("invoices", "xero", "invoices", "create", [], [])
    with pytest.raises(ValueError, match="not a batch"):
        ledger.batches.begin("invoices", "xero", "invoices", "create", [Part(invoice(), BODY)], [])
    with pytest.raises(TypeError):
        ledger.batches.begin(
            "invoices", "xero", "invoices", "create", [Part(invoice(), {"Total": 0.1})], ["f"]
        )
    assert rows(ledger, "SELECT * FROM batches") == []


def test_part_that_no_batch_has_is_our_mistake(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no part 1"):
        ledger.batches.settle(begin(ledger), 1, done())


def test_receipt_for_a_target_of_another_record_leaves_the_part_open(ledger: Ledger) -> None:
    ledger.links.save([link("7", target="x")])
    begun = begin(ledger, "8")
    with pytest.raises(TargetTakenError):
        ledger.batches.settle(begun, 0, done("x"))
    assert ledger.batches.unfinished() == [begun]
    ledger.batches.settle(begun, 0, Receipt("refused", reason="x is linked to 7", code="taken"))
    assert ledger.batches.unfinished() == []


def test_action_is_begun_with_its_batch_and_never_asked_for_twice(ledger: Ledger) -> None:
    begun = begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    assert ledger.batches.actions("invoices", "email") == {invoice().key: "begun"}
    with pytest.raises(AlreadyBegunError):
        begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    ledger.held.save(held(verb="email"))
    ledger.batches.settle(begun, 0, done())
    assert ledger.batches.actions("invoices", "email") == {"1042": "done"}
    assert ledger.held.rows() == []
    assert ledger.links.fingerprints("invoices") == {}
    with pytest.raises(AlreadyBegunError, match="never requested twice"):
        begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    assert ledger.batches.unfinished() == []


def test_action_does_not_stand_in_the_way_of_a_write_or_of_another_action(ledger: Ledger) -> None:
    begin(ledger, verb="email", target_id="x-1042")
    begin(ledger, verb="attach", target_id="x-1042")
    begin(ledger, verb="update", target_id="x-1042")
    assert len(ledger.batches.unfinished()) == 3


def test_refused_action_is_held_under_its_verb_and_may_be_released(ledger: Ledger) -> None:
    begun = begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    ledger.batches.settle(begun, 0, Receipt("refused", reason="no e-mail address", code="email"))
    assert ledger.batches.actions("invoices", "email") == {"1042": "refused"}
    (row,) = ledger.held.rows()
    assert (row.verb, row.reason, row.fingerprint) == ("email", "no e-mail address", "")
    assert ledger.held.retry("invoices", invoice(), "email")
    assert ledger.batches.actions("invoices", "email") == {"1042": "wanted"}
    begin(ledger, verb="email", target_id="x-1042", fingerprint="")


def test_forgotten_action_is_wanted_again(ledger: Ledger) -> None:
    begun = begin(ledger, verb="email", target_id="x-1042")
    ledger.batches.settle(begun, 0, Receipt("doubt"))
    assert ledger.batches.actions("invoices", "email") == {"1042": "begun"}
    ledger.batches.forget(begun, 0)
    assert ledger.batches.actions("invoices", "email") == {invoice().key: "wanted"}
    begin(ledger, verb="email", target_id="x-1042")


def test_partly_settled_batch_is_sent_again_with_creates_that_name_no_target(ledger: Ledger) -> None:
    begun = begin(ledger, "1", "2")
    ledger.batches.settle(begun, 0, Receipt("done", "x-1", observed={"Total": Decimal("12.50")}))
    (again,) = ledger.batches.unfinished()
    assert again.batch == begun.batch
    assert again.batch.parts[0].target_id is None
    assert again.batch.begun > NOON


def test_verbs_are_wanted_once_the_record_stands_and_not_before(ledger: Ledger) -> None:
    parts = [Part(invoice(key), BODY, None, f"INV-{key}", ("email", "attach")) for key in "12"]
    begun = ledger.batches.begin("invoices", "xero", "invoices", "create", parts, ["f1", "f1"])
    assert ledger.batches.unfinished() == [begun]
    assert ledger.batches.actions("invoices", "email") == {}
    ledger.batches.settle(begun, 0, done("x-1"))
    ledger.batches.settle(begun, 1, Receipt("refused", reason="no"))
    assert ledger.batches.actions("invoices", "email") == {"1": "wanted"}
    assert ledger.batches.actions("invoices", "attach") == {"1": "wanted"}
    assert [row.title for row in ledger.held.rows()] == ["INV-2"]


def test_update_of_a_record_that_was_mailed_wants_no_second_mail(ledger: Ledger) -> None:
    ledger.batches.settle(begin(ledger, verb="email", target_id="x-1042"), 0, done())
    part = Part(invoice(), BODY, "x-1042", actions=("email",))
    begun = ledger.batches.begin("invoices", "xero", "invoices", "update", [part], ["f2"])
    ledger.batches.settle(begun, 0, done())
    assert ledger.batches.actions("invoices", "email") == {"1042": "done"}
