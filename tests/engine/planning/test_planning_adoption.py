"""Which of the records at the target a new payload describes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.planning.adoption import Candidate, Choice, choose
from tests.engine.planning.planning_kit import candidate, matches

A, B, C = candidate("a"), candidate("b"), candidate("c")


def test_nothing_found_is_nothing_chosen() -> None:
    assert choose([]).outcome == choose(matches([], [])).outcome == "none"


def test_the_rules_narrow_down_what_the_earlier_ones_found() -> None:
    assert choose(matches([A, B], [], [B, C])) == Choice("one", (B,), 2)
    assert choose(matches([A], [A, B])) == Choice("one", (A,), 0)
    assert choose(matches([A, B], [])) == Choice("several", (A, B), 2)


def test_rules_that_lead_to_different_records_leave_it_to_a_person() -> None:
    assert choose(matches([A], [B])) == Choice("several", (A, B), 2)
    assert choose(matches([A, B], [C])) == Choice("several", (A, B, C), 2)


def test_after_a_decisive_rule_no_weaker_one_is_asked() -> None:
    assert choose(matches([A], [B], decisive=[0])) == Choice("one", (A,), 0)
    assert choose(matches([A, B], [B], [A], decisive=[0, 1])) == Choice("one", (B,), 1)
    assert choose(matches([A], [B], decisive=[1])).outcome == "several"


def test_several_are_told_apart_by_agreement_first() -> None:
    found = matches([candidate("a", "Total"), B], [candidate("c", "Contact")])
    assert choose(found) == Choice("one", (B,), 0)


def test_what_disagrees_is_shown_once_each() -> None:
    stranger, other = candidate("a", "Contact"), candidate("b", "Total")
    choice = choose(matches([stranger], [stranger, other], decisive=[0]))
    assert choice == Choice("disagrees", (stranger, other), 2)


def test_what_is_usable_goes_before_what_is_not() -> None:
    archived = candidate("a", usable=False)
    assert choose(matches([archived, B])) == Choice("one", (B,), 0)
    assert choose(matches([archived], [B])) == Choice("one", (B,), 1)
    assert choose(matches([archived])) == Choice("unusable", (archived,), 0)


def test_what_is_usable_and_disagrees_does_not_hide_what_agrees() -> None:
    archived = candidate("a", usable=False)
    assert choose(matches([archived, candidate("b", "Total")])) == Choice("unusable", (archived,), 0)


CANDIDATES = [
    candidate(key, *differing, usable=usable)
    for key, usable in (("a", True), ("b", True), ("c", False), ("d", False))
    for differing in ((), ("Total",))
]
FOUND = st.lists(st.lists(st.sampled_from(CANDIDATES), max_size=3, unique_by=lambda one: one.key), max_size=4)


@given(FOUND, st.sets(st.integers(0, 3)))
def test_what_is_chosen_was_found_and_agrees(found: list[list[Candidate]], decisive: set[int]) -> None:
    choice = choose(matches(*found, decisive=sorted(decisive)))
    everything = [one for rule in found for one in rule]
    assert all(chosen in everything for chosen in choice.candidates)
    assert (choice.outcome == "none") == (not everything)
    if choice.outcome in ("one", "unusable"):
        (chosen,) = choice.candidates
        assert not chosen.disagreements
        assert chosen.usable == (choice.outcome == "one")
        assert chosen in found[choice.rank]
    if choice.outcome == "disagrees":
        assert all(one.disagreements for one in everything)
