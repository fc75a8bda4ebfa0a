from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.ledger import AlreadyBegunError, Ledger, TargetTakenError
from engine.model.change import Part, Receipt
from engine.model.link import Link
from engine.sdk import wire
from tests.engine.ledger.kit import BODY, NOON, begin, done, held, in_xero, invoice, link, opened


def rows(ledger: Ledger, sql: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = ledger._database.rows(sql)  # type: ignore[attr-defined]
    return found


def test_begun_batch_is_found_again_as_it_was_begun(ledger: Ledger, url: str) -> None:
    first = begin(ledger, "1", "2")
    second = begin(ledger, "3", verb="update", target_id="x-3", fingerprint="f3")
    with opened(url) as other:
        assert other.begun_batches() == [first, second]
        assert wire.dumps(other.begun_batches()[0].batch.parts[0].body) == wire.dumps(BODY)


def test_keys_are_drawn_afresh_for_equal_bodies(ledger: Ledger) -> None:
    keys = set()
    for _ in range(20):
        begun = begin(ledger)
        ledger.forget(begun, 0)
        keys.add(begun.batch.key)
    assert len(keys) == 20
    assert all(16 <= len(key) <= 128 for key in keys)


def test_done_part_becomes_a_link_and_leaves_the_held_desk(ledger: Ledger) -> None:
    ledger.hold(held())
    ledger.hold(held(verb="email"))
    begun = begin(ledger)
    ledger.settle(begun, 0, done())
    found = ledger.link("invoices", invoice())
    assert found is not None
    expected = Link("invoices", invoice(), in_xero(), "f1", BODY, done().seen, found.at)
    assert found == expected
    assert [row.verb for row in ledger.held()] == ["email"]
    assert ledger.begun_batches() == []


def test_done_update_keeps_the_target_it_was_for_where_the_receipt_names_none(ledger: Ledger) -> None:
    ledger.save_links([link(target="x")])
    ledger.settle(begin(ledger, verb="update", target_id="x", fingerprint="f2"), 0, done(None))
    assert ledger.fingerprints("invoices") == {"1042": ("f2", "x")}


def test_done_create_without_a_target_is_our_mistake_and_stays_open(ledger: Ledger) -> None:
    begun = begin(ledger)
    with pytest.raises(ValueError, match="names no target"):
        ledger.settle(begun, 0, done(None))
    assert ledger.begun_batches() == [begun]


def test_refused_part_is_held_with_the_targets_own_words(ledger: Ledger) -> None:
    ledger.settle(begin(ledger), 0, Receipt("refused", reason="Account code 999 is archived", code="account"))
    (row,) = ledger.held("invoices")
    assert row == held(reason="Account code 999 is archived", since=row.since)
    assert ledger.fingerprints("invoices") == {}
    assert ledger.begun_batches() == []


def test_part_in_doubt_stays_open_and_its_neighbours_do_not(ledger: Ledger) -> None:
    begun = begin(ledger, "1", "2", "3")
    ledger.settle(begun, 0, done("x-1"))
    ledger.settle(begun, 1, Receipt("doubt"))
    ledger.settle(begun, 2, Receipt("refused", reason="no"))
    assert ledger.begun_batches() == [replace(begun, open=(1,))]


def test_settled_batch_is_kept_with_its_time(ledger: Ledger) -> None:
    begun = begin(ledger, "1", "2")
    ledger.settle(begun, 0, done("x-1"))
    assert rows(ledger, "SELECT settled FROM batches") == [(None,)]
    ledger.settle(begun, 1, Receipt("refused", reason="no"))
    ((settled,),) = rows(ledger, "SELECT settled FROM batches")
    assert str(settled) > "2026"
    assert rows(ledger, "SELECT state, answer, reason FROM parts") == [
        ("done", "x-1", ""),
        ("refused", None, "no"),
    ]


def test_forgotten_part_may_be_begun_anew(ledger: Ledger) -> None:
    begun = begin(ledger)
    ledger.forget(begun, 0)
    assert ledger.begun_batches() == []
    assert ledger.held() == []
    assert begin(ledger).batch.key != begun.batch.key


def test_what_is_done_stays_done_whatever_comes_later(ledger: Ledger) -> None:
    begun = begin(ledger)
    ledger.settle(begun, 0, done())
    ledger.settle(begun, 0, Receipt("refused", reason="too late"))
    ledger.settle(begun, 0, Receipt("doubt"))
    ledger.forget(begun, 0)
    assert ledger.fingerprints("invoices") == {"1042": ("f1", "x-1042")}
    assert ledger.held() == []


def test_record_in_an_open_batch_is_not_begun_twice(ledger: Ledger) -> None:
    begun = begin(ledger, "1", "2")
    with pytest.raises(AlreadyBegunError, match=r"psohub\.invoices/2 is in batch 1 of invoices"):
        begin(ledger, "3", "2", verb="update")
    assert ledger.begun_batches() == [begun]
    ledger.settle(begun, 1, done())
    begin(ledger, "3", "2", verb="update", target_id="x-1042")


def test_record_is_not_twice_in_one_batch(ledger: Ledger) -> None:
    with pytest.raises(AlreadyBegunError):
        begin(ledger, "1", "1")
    assert ledger.begun_batches() == []


def test_batch_without_parts_or_with_a_float_is_not_begun(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no batch"):
        ledger.begin("invoices", "xero", "invoices", "create", [], [])
    with pytest.raises(ValueError, match="no batch"):
        ledger.begin("invoices", "xero", "invoices", "create", [Part(invoice(), BODY)], [])
    with pytest.raises(TypeError):
        ledger.begin("invoices", "xero", "invoices", "create", [Part(invoice(), {"Total": 0.1})], ["f"])
    assert rows(ledger, "SELECT * FROM batches") == []


def test_part_that_no_batch_has_is_our_mistake(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no part 1"):
        ledger.settle(begin(ledger), 1, done())


def test_receipt_for_a_target_of_another_record_leaves_the_part_open(ledger: Ledger) -> None:
    ledger.save_links([link("7", target="x")])
    begun = begin(ledger, "8")
    with pytest.raises(TargetTakenError):
        ledger.settle(begun, 0, done("x"))
    assert ledger.begun_batches() == [begun]
    ledger.settle(begun, 0, Receipt("refused", reason="x stands for 7", code="taken"))
    assert ledger.begun_batches() == []


def test_action_is_begun_with_its_batch_and_never_asked_for_twice(ledger: Ledger) -> None:
    begun = begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    assert ledger.actions("invoices", "email") == {invoice().key: "begun"}
    with pytest.raises(AlreadyBegunError):
        begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    ledger.hold(held(verb="email"))
    ledger.settle(begun, 0, done())
    assert ledger.actions("invoices", "email") == {"1042": "done"}
    assert ledger.held() == []
    assert ledger.fingerprints("invoices") == {}
    with pytest.raises(AlreadyBegunError, match="never asked twice"):
        begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    assert ledger.begun_batches() == []


def test_action_does_not_stand_in_the_way_of_a_write_or_of_another_action(ledger: Ledger) -> None:
    begin(ledger, verb="email", target_id="x-1042")
    begin(ledger, verb="attach", target_id="x-1042")
    begin(ledger, verb="update", target_id="x-1042")
    assert len(ledger.begun_batches()) == 3


def test_refused_action_is_held_under_its_verb_and_may_be_released(ledger: Ledger) -> None:
    begun = begin(ledger, verb="email", target_id="x-1042", fingerprint="")
    ledger.settle(begun, 0, Receipt("refused", reason="no e-mail address", code="email"))
    assert ledger.actions("invoices", "email") == {"1042": "refused"}
    (row,) = ledger.held()
    assert (row.verb, row.reason, row.fingerprint) == ("email", "no e-mail address", "")
    assert ledger.release("invoices", invoice(), "email")
    assert ledger.actions("invoices", "email") == {"1042": "wanted"}
    begin(ledger, verb="email", target_id="x-1042", fingerprint="")


def test_forgotten_action_is_wanted_again(ledger: Ledger) -> None:
    begun = begin(ledger, verb="email", target_id="x-1042")
    ledger.settle(begun, 0, Receipt("doubt"))
    assert ledger.actions("invoices", "email") == {"1042": "begun"}
    ledger.forget(begun, 0)
    assert ledger.actions("invoices", "email") == {invoice().key: "wanted"}
    begin(ledger, verb="email", target_id="x-1042")


def test_partly_settled_batch_is_sent_again_with_creates_that_name_no_target(ledger: Ledger) -> None:
    begun = begin(ledger, "1", "2")
    ledger.settle(begun, 0, Receipt("done", "x-1", seen={"Total": Decimal("12.50")}))
    (again,) = ledger.begun_batches()
    assert again.batch == begun.batch
    assert again.batch.parts[0].target_id is None
    assert again.batch.begun > NOON


def test_verbs_are_wanted_once_the_record_stands_and_not_before(ledger: Ledger) -> None:
    parts = [Part(invoice(key), BODY, None, f"INV-{key}", ("email", "attach")) for key in "12"]
    begun = ledger.begin("invoices", "xero", "invoices", "create", parts, ["f1", "f1"])
    assert ledger.begun_batches() == [begun]
    assert ledger.actions("invoices", "email") == {}
    ledger.settle(begun, 0, done("x-1"))
    ledger.settle(begun, 1, Receipt("refused", reason="no"))
    assert ledger.actions("invoices", "email") == {"1": "wanted"}
    assert ledger.actions("invoices", "attach") == {"1": "wanted"}
    assert [row.title for row in ledger.held()] == ["INV-2"]


def test_update_of_a_record_that_was_mailed_wants_no_second_mail(ledger: Ledger) -> None:
    ledger.settle(begin(ledger, verb="email", target_id="x-1042"), 0, done())
    part = Part(invoice(), BODY, "x-1042", then=("email",))
    begun = ledger.begin("invoices", "xero", "invoices", "update", [part], ["f2"])
    ledger.settle(begun, 0, done())
    assert ledger.actions("invoices", "email") == {"1042": "done"}
