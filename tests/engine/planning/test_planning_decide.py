"""What one mapped record asks of its target."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from engine.model.change import Adopt, Create, Held, Skipped, Unchanged, Update
from engine.planning.decide import (
    CHANGED,
    DISAGREES,
    HAS_EXTERNAL_ID,
    IN_DOUBT,
    Rules,
    decide_known,
    decide_new,
    still_refused,
    too_old,
)
from engine.planning.update import UpdateRules, compare
from tests.engine.planning.planning_kit import BODIES, INVOICE, candidate, link, matches, payload, row

UPDATE, HOLD, IGNORE = Rules("update"), Rules("hold"), Rules("ignore")
SINCE = Rules("hold", date_field="Date", since=date(2026, 1, 1))


# -- records that are linked


@pytest.mark.parametrize("rules", [UPDATE, HOLD, IGNORE])
def test_what_is_as_it_was_sent_is_unchanged(rules: Rules) -> None:
    assert decide_known(payload(A=1), link(A=1), "b1", rules) == Unchanged(payload(A=1), "b1")


def test_a_change_is_an_update_with_its_differences() -> None:
    change = decide_known(payload(A=2, B=3), link(A=1, B=3), "b1", UPDATE)
    assert isinstance(change, Update)
    assert (change.target_id, [one.path for one in change.differences]) == ("b1", ["A"])


def test_a_change_is_held_where_the_mapping_says_so_and_names_what_changed() -> None:
    change = decide_known(payload(A=2, B=4), link(A=1, B=3), "b1", HOLD)
    assert change == Held(
        INVOICE,
        "invoices",
        "changed",
        "changed since it was sent (A, B); on_change is hold, `sync held retry` sends the current version",
        title="INV-1",
        fingerprint=payload(A=2, B=4).fingerprint,
    )


def test_what_went_out_before_is_not_made_again_but_by_a_persons_word() -> None:
    change = decide_new(payload(A=1), None, [], UPDATE, "INV-9")
    assert isinstance(change, Held)
    assert (change.code, change.fingerprint) == (HAS_EXTERNAL_ID, payload(A=1).fingerprint)
    assert '"INV-9"' in change.reason
    approved = payload(A=1).fingerprint
    assert decide_new(payload(A=1), None, [], UPDATE, "INV-9", approved) == Create(payload(A=1))
    waiting = row(HAS_EXTERNAL_ID, approved)
    assert decide_new(payload(A=1), waiting, [], UPDATE) == Create(payload(A=1))  # the source took it back


def test_a_held_change_is_sent_once_a_person_has_let_just_it_go() -> None:
    approved = payload(A=2).fingerprint
    assert isinstance(decide_known(payload(A=2), link(A=1), "b1", HOLD, None, approved), Update)
    assert isinstance(decide_known(payload(A=3), link(A=1), "b1", HOLD, None, approved), Held)
    assert isinstance(decide_known(payload(A=1), link(A=1), "b1", HOLD, None, approved), Unchanged)


def test_a_held_change_waits_for_no_other_payload_once_the_mapping_holds_none() -> None:
    waiting = row(CHANGED, payload(A=2).fingerprint)
    assert isinstance(decide_known(payload(A=2), link(A=1), "b1", UPDATE, waiting), Update)


def test_of_many_changes_the_first_five_are_named() -> None:
    body = dict.fromkeys("ABCDEFG", 2)
    change = decide_known(payload(**body), link(), "b1", HOLD)
    assert isinstance(change, Held)
    assert "(A, B, C, D, E);" in change.reason


def test_a_change_is_passed_over_where_the_mapping_says_so() -> None:
    assert decide_known(payload(A=2), link(A=1), "b1", IGNORE) == Unchanged(payload(A=2), "b1")


@pytest.mark.parametrize("rules", [UPDATE, HOLD, IGNORE])
def test_what_was_never_sent_to_a_known_record_is_sent(rules: Rules) -> None:
    change = decide_known(payload(A=1), None, "b1", rules)
    assert isinstance(change, Update)
    assert [one.path for one in change.differences] == ["A"]


def test_a_refused_update_stays_held_with_the_words_of_the_refusal() -> None:
    refused = row("books.validation", payload(A=2).fingerprint)
    change = decide_known(payload(A=2), link(A=1), "b1", UPDATE, refused)
    assert change == Held(INVOICE, "invoices", "books.validation", "said no", "books", "INV-1")


def test_a_refused_update_that_changes_is_sent() -> None:
    refused = row(fingerprint=payload(A=2).fingerprint)
    assert isinstance(decide_known(payload(A=3), link(A=1), "b1", UPDATE, refused), Update)


def test_a_refused_update_that_is_taken_back_is_unchanged() -> None:
    refused = row(fingerprint=payload(A=2).fingerprint)
    assert isinstance(decide_known(payload(A=1), link(A=1), "b1", UPDATE, refused), Unchanged)


# -- records without a link


def test_what_stands_nowhere_is_created() -> None:
    assert decide_new(payload(A=1), None, [], HOLD) == Create(payload(A=1))
    assert decide_new(payload(A=1), None, matches([], []), HOLD) == Create(payload(A=1))


def test_the_one_candidate_is_adopted() -> None:
    assert decide_new(payload(A=1), None, matches([], [candidate("c")]), HOLD) == Adopt(payload(A=1), "c")


def test_several_candidates_are_held_and_shown() -> None:
    found = matches([], [candidate(key) for key in "abcdefg"])
    change = decide_new(payload(A=1), None, found, HOLD)
    assert isinstance(change, Held)
    assert change.code == "several"
    assert change.reason.startswith("7 books records match (books.invoices/a, ")
    assert "books.invoices/e" in change.reason
    assert "books.invoices/f" not in change.reason


def test_what_is_not_usable_is_held_with_what_to_do() -> None:
    rules = Rules("update", unusable="restore it")
    change = decide_new(payload(A=1), None, matches([candidate("a", usable=False)]), rules)
    assert isinstance(change, Held)
    assert (change.code, change.reason) == ("unusable", "only books.invoices/a in books matches: restore it")


def test_of_several_that_are_not_usable_is_said_what_to_do() -> None:
    rules = Rules("update", unusable="restore it")
    found = matches([candidate("a", usable=False), candidate("b", usable=False)])
    change = decide_new(payload(A=1), None, found, rules)
    assert isinstance(change, Held)
    shown = "books.invoices/a, books.invoices/b"
    assert change.reason == f"2 books records match ({shown}), and of each is true: restore it"


def test_what_matches_and_disagrees_is_held_with_both_sides() -> None:
    found = matches([candidate("a", "Total", "Contact")])
    change = decide_new(payload(A=1), None, found, HOLD, shown="INV-1, 5")
    assert isinstance(change, Held)
    assert (change.code, change.fingerprint) == (DISAGREES, payload(A=1).fingerprint)
    assert change.reason == (
        "books has books.invoices/a, which matches, but differs in Total, Contact; shop has INV-1, 5. "
        "If both are the same, `sync link` links them; if not, `sync held retry` with this record named "
        "creates another"
    )


def test_a_person_may_have_another_made_beside_what_disagrees() -> None:
    found, approved = matches([candidate("a", "Total")]), payload(A=1).fingerprint
    assert decide_new(payload(A=1), None, found, HOLD, approved=approved) == Create(payload(A=1))
    assert isinstance(decide_new(payload(A=2), None, found, HOLD, approved=approved), Held)
    agreeing = matches([candidate("a", "Total"), candidate("b")])
    assert decide_new(payload(A=1), None, agreeing, HOLD, approved=approved) == Adopt(payload(A=1), "b")


def test_what_disagrees_is_never_taken_for_what_the_source_says_it_became() -> None:
    change = decide_new(payload(A=1), None, matches([candidate("a", "Total")]), HOLD, "INV-9")
    assert isinstance(change, Held)
    assert change.code == DISAGREES


def test_a_refused_payload_stays_held_until_it_changes() -> None:
    refused = row("books.validation", payload(A=1).fingerprint)
    same = decide_new(payload(A=1), refused, matches([candidate("a")]), HOLD)
    assert same == Held(INVOICE, "invoices", "books.validation", "said no", "books", "INV-1")
    assert isinstance(decide_new(payload(A=2), refused, [], HOLD), Create)


def test_what_was_held_without_being_refused_is_decided_again() -> None:
    assert isinstance(decide_new(payload(A=1), row("reference"), [], HOLD), Create)


def test_what_is_in_doubt_stays_held_whatever_it_becomes() -> None:
    in_doubt = row(IN_DOUBT, "another")
    assert isinstance(decide_new(payload(A=2), in_doubt, matches([candidate("a")]), HOLD), Held)


def test_a_mapping_that_never_creates_leaves_out_what_is_not_there() -> None:
    change = decide_new(payload(A=1), None, matches([]), Rules("update", create=False))
    assert change == Skipped(INVOICE, "invoices", "the mapping does not create records")
    adopted = decide_new(payload(A=1), None, matches([candidate("a")]), Rules("update", create=False))
    assert isinstance(adopted, Adopt)


# -- the cut-off date


@pytest.mark.parametrize(
    ("written", "old"), [("2025-12-31", True), ("2026-01-01", False), ("2026-01-02", False)]
)
def test_the_cut_off_date_itself_is_not_too_old(written: str, old: bool) -> None:
    assert too_old(payload(Date=written), SINCE) is old


def test_record_that_is_too_old_is_skipped_with_the_date() -> None:
    change = decide_new(payload(Date="2025-12-31"), None, [], SINCE)
    assert change == Skipped(INVOICE, "invoices", "older than the cut-off date 2026-01-01")


def test_what_is_too_old_is_skipped_where_only_another_document_matches() -> None:
    old = payload(Date="2025-12-31")
    assert isinstance(decide_new(old, None, matches([candidate("a", "Total")]), SINCE), Skipped)


def test_what_is_too_old_is_adopted_where_it_exists_and_held_where_several_do() -> None:
    old = payload(Date="2025-12-31")
    assert isinstance(decide_new(old, None, matches([candidate("a")]), SINCE), Adopt)
    assert isinstance(decide_new(old, None, matches([candidate("a"), candidate("b")]), SINCE), Held)


@pytest.mark.parametrize("rules", [Rules("hold", since=date(2026, 1, 1)), Rules("hold", date_field="Date")])
def test_without_a_date_or_a_cut_off_nothing_is_too_old(rules: Rules) -> None:
    assert not too_old(payload(Date="1999-01-01"), rules)
    assert not too_old(payload(), SINCE)


# -- always


@given(BODIES, BODIES)
def test_decisions_agree_with_fingerprints(now: dict[str, object], before: dict[str, object]) -> None:
    mapped, known = payload(**now), link(**before)
    same = mapped.fingerprint == known.fingerprint
    differing = compare(known.body, mapped.body, mapped.body, UpdateRules()).differences
    quiet = same or not differing  # e.g. a field that is absent by now is left alone
    assert isinstance(decide_known(mapped, known, "b1", UPDATE), Unchanged if quiet else Update)
    assert isinstance(decide_known(mapped, known, "b1", HOLD), Unchanged if quiet else Held)
    assert still_refused(mapped, row(fingerprint=known.fingerprint)) is same
