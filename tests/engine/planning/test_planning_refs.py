"""Open references are exchanged for the target's own, wherever they stand."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.model.address import Address
from engine.model.payload import Ref, find_refs
from engine.planning.refs import resolve
from tests.engine.planning.planning_kit import BODIES

SEVEN, EIGHT = (Ref("contacts", Address("shop", "companies", key)) for key in "78")


def known(ref: Ref) -> dict[str, str] | None:
    return {"ContactID": "c7"} if ref == SEVEN else None


def test_a_reference_is_exchanged_at_any_depth() -> None:
    body = {"Contact": SEVEN, "Lines": [{"For": SEVEN}, {"For": [SEVEN]}], "Total": 1}
    there = {"ContactID": "c7"}
    assert resolve(body, known) == {"Contact": there, "Lines": [{"For": there}, {"For": [there]}], "Total": 1}


def test_a_reference_that_is_unknown_stays_open() -> None:
    body = resolve({"A": SEVEN, "B": EIGHT, "C": (EIGHT,)}, known)
    assert body == {"A": {"ContactID": "c7"}, "B": EIGHT, "C": [EIGHT]}
    assert list(find_refs(body)) == [EIGHT, EIGHT]


def test_the_body_itself_is_left_as_it_was() -> None:
    body = {"Lines": [{"For": SEVEN}]}
    resolve(body, known)
    assert body == {"Lines": [{"For": SEVEN}]}


@given(BODIES)
def test_a_body_without_references_comes_out_as_it_is(body: dict[str, Any]) -> None:
    assert resolve(body, known) == body


WITH_REFS = st.recursive(
    st.sampled_from([SEVEN, EIGHT]) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=2), WITH_REFS, max_size=3))
def test_after_resolving_exactly_the_unknown_ones_are_open(body: dict[str, Any]) -> None:
    before = list(find_refs(body))
    assert list(find_refs(resolve(body, known))) == [one for one in before if one == EIGHT]
    assert list(find_refs(resolve(body, lambda ref: {"id": ref.address.key}))) == []
