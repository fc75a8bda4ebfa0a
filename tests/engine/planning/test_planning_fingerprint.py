"""Payloads that mean the same have the same fingerprint, others have not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.address import Address
from engine.model.payload import ActionRequest, Payload, Ref
from engine.planning.fingerprint import fingerprint, same_source, source_values, with_fingerprint
from engine.sdk.wire import dumps, loads
from tests.engine.planning.planning_kit import BODIES, DECIMALS, INVOICE, payload

SAME = [
    (Decimal("12.5"), Decimal("12.50")),
    (Decimal("12"), 12),
    (Decimal("1E+3"), 1000),
    (Decimal("1.2E+3"), Decimal("1200.00")),
    (Decimal("-0.00"), Decimal(0)),
    (Decimal("-0"), 0),
    (Decimal("0.10"), Decimal("0.1")),
    ((1, 2), [1, 2]),
    (Decimal("100"), Decimal("1E2")),
]
DIFFERENT = [
    (Decimal("12.5"), Decimal("12.51")),
    ("12.5", Decimal("12.5")),
    ("1", 1),
    (True, 1),
    (False, 0),
    (None, ""),
    ([1, 2], [2, 1]),
    ([], None),
    (Decimal("12.5"), Decimal("-12.5")),
    # More digits than the 28 to which Decimal's own arithmetic rounds.
    (Decimal("0.12345678901234567890123456789012345"), Decimal("0.12345678901234567890123456789012346")),
    (10**40 + 1, 10**40 + 2),
    (Decimal(10**40 + 1), Decimal(10**40 + 2)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_values_that_mean_the_same_have_one_fingerprint(one: Any, other: Any) -> None:
    assert fingerprint({"a": one}) == fingerprint({"a": other})
    assert fingerprint({"a": [{"b": one}]}) == fingerprint({"a": [{"b": other}]})


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_values_that_differ_have_two(one: Any, other: Any) -> None:
    assert fingerprint({"a": one}) != fingerprint({"a": other})


def test_the_order_of_keys_means_nothing_and_that_of_lists_does() -> None:
    assert fingerprint({"a": 1, "b": {"c": 2, "d": 3}}) == fingerprint({"b": {"d": 3, "c": 2}, "a": 1})
    assert fingerprint({"a": [{"b": 1}, {"b": 2}]}) != fingerprint({"a": [{"b": 2}, {"b": 1}]})


def test_a_field_that_is_null_is_not_one_that_is_left_out() -> None:
    assert fingerprint({"a": None}) != fingerprint({})


def test_an_open_reference_counts_by_what_it_refers_to() -> None:
    seven, eight = (Ref("contacts", Address("shop", "companies", key)) for key in "78")
    assert fingerprint({"a": seven}) == fingerprint({"a": Ref("contacts", seven.address)})
    assert fingerprint({"a": seven}) != fingerprint({"a": eight})


def test_a_payload_keeps_all_but_its_fingerprint() -> None:
    plain = Payload(INVOICE, "invoices", {"a": 1}, "INV-1", actions=(ActionRequest("email"),))
    marked = with_fingerprint(plain)
    assert marked.fingerprint == fingerprint({"a": 1}) != ""
    assert (marked.address, marked.body, marked.actions) == (plain.address, plain.body, plain.actions)


def test_only_the_body_counts() -> None:
    other = Payload(Address("shop", "invoices", "2"), "others", {"a": 1})
    assert with_fingerprint(other).fingerprint == payload(a=1).fingerprint


@given(BODIES)
def test_a_body_that_went_over_the_wire_has_the_same_fingerprint(body: dict[str, Any]) -> None:
    assert fingerprint(loads(dumps(body))) == fingerprint(body)


@given(BODIES, st.randoms(use_true_random=False))
def test_shuffled_keys_change_nothing(body: dict[str, Any], random: Any) -> None:
    names = list(body)
    random.shuffle(names)
    assert fingerprint({name: body[name] for name in names}) == fingerprint(body)


@given(DECIMALS, st.integers(0, 40))
def test_zeros_at_the_end_change_nothing(value: Decimal, zeros: int) -> None:
    sign, digits, exponent = value.as_tuple()
    longer = Decimal((sign, digits + (0,) * zeros, int(exponent) - zeros))
    assert longer == value
    assert fingerprint({"a": longer}) == fingerprint({"a": value})


@given(DECIMALS, DECIMALS)
def test_two_amounts_have_one_fingerprint_exactly_where_they_are_equal(one: Decimal, other: Decimal) -> None:
    assert (fingerprint({"a": one}) == fingerprint({"a": other})) == (one == other)


def test_source_values_tell_what_changed_path_by_path() -> None:
    record = {"number": "A", "lines": [{"text": "x", "amount": Decimal("1.50"), "unread": 1}, {"text": "y"}]}
    paths = ["number", "lines", "lines.text", "lines.amount", "project.days"]
    known = source_values(record, paths)
    assert same_source(known, source_values({**record, "unread": 2}, paths))
    same = [{"text": "x", "amount": Decimal("1.5"), "unread": 2}, {"text": "y"}]
    assert same_source(known, source_values({**record, "lines": same}, paths))
    for changed in (
        {"number": "B"},
        {"lines": record["lines"][:1]},
        {"lines": [{"text": "x"}, {"text": "y", "amount": Decimal("1.50")}]},
        {"project": {"days": 3}},
    ):
        assert not same_source(known, source_values({**record, **changed}, paths)), changed


def test_only_paths_that_both_know_are_compared() -> None:
    record = {"a": "1", "b": "2"}
    known = source_values(record, ["a"])
    assert same_source(known, source_values({**record, "b": "3"}, ["a", "b"]))
    assert same_source(source_values(record, ["a", "b"]), source_values({"a": "1"}, ["a"]))


def test_a_text_is_not_the_number_that_it_spells() -> None:
    assert not same_source(source_values({"a": "1"}, ["a"]), source_values({"a": 1}, ["a"]))
    assert same_source(source_values({"a": Decimal("1.0")}, ["a"]), source_values({"a": 1}, ["a"]))


def test_what_is_not_known_counts_as_changed() -> None:
    assert not same_source("", source_values({"a": "1"}, ["a"]))
