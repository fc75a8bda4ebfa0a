"""What differs between two bodies, what a person changed at the target, and what an update would undo."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from engine.model.address import Address
from engine.model.change import Difference
from engine.model.payload import Ref
from engine.model.record import typed
from engine.model.schema import Field, Stream, Type
from engine.planning.diff import diff, drift, overwritten
from engine.planning.fingerprint import fingerprint
from engine.sdk.wire import dumps, loads
from tests.engine.planning.planning_kit import BODIES, STREAM, TYPED

SEVEN = Ref("contacts", Address("shop", "companies", "7"))


def said(found: tuple[Difference, ...]) -> list[tuple[str, Any, Any]]:
    return [(one.path, one.before, one.after) for one in found]


# -- diff


def test_each_field_that_is_otherwise_is_named_with_its_path() -> None:
    before = {"A": 1, "B": {"C": "x", "D": True}, "E": [{"F": 1}, {"F": 2}]}
    after = {"A": 2, "B": {"C": "y", "D": True}, "E": [{"F": 1}, {"F": 3}, {"F": 4}], "G": None}
    assert said(diff(before, after)) == [
        ("A", 1, 2),
        ("B.C", "x", "y"),
        ("E[1].F", 2, 3),
        ("E[2]", None, {"F": 4}),
    ]


def test_fields_that_are_not_sent_any_more_come_after_those_that_are() -> None:
    assert said(diff({"A": 1, "B": 2}, {"C": 3, "B": 2})) == [("C", None, 3), ("A", 1, None)]


def test_numbers_are_compared_as_numbers_and_truth_is_none() -> None:
    assert diff({"A": Decimal("12.50"), "B": 1}, {"A": Decimal("12.5"), "B": Decimal(1)}) == ()
    assert said(diff({"A": True}, {"A": 1})) == [("A", True, 1)]


def test_text_is_compared_without_spaces_at_its_ends_and_kinds_of_line_ends() -> None:
    assert diff({"A": " a\r\nb "}, {"A": "a\nb"}) == ()
    assert said(diff({"A": "a b"}, {"A": "a  b"})) == [("A", "a b", "a  b")]


def test_an_open_reference_is_not_held_against_what_it_was_resolved_to() -> None:
    assert diff({"Contact": {"ContactID": "c1"}}, {"Contact": SEVEN}) == ()
    assert said(diff({}, {"Contact": SEVEN})) == [("Contact", None, SEVEN)]


@given(BODIES)
def test_a_body_does_not_differ_from_itself_nor_from_its_copy_off_the_wire(body: dict[str, Any]) -> None:
    assert diff(body, body) == ()
    assert diff(loads(dumps(body)), body) == ()


@given(BODIES, BODIES)
def test_what_differs_one_way_differs_the_other_way(one: dict[str, Any], other: dict[str, Any]) -> None:
    forth = {path: (before, after) for path, before, after in said(diff(one, other))}
    back = {path: (after, before) for path, before, after in said(diff(other, one))}
    assert forth == back


@given(BODIES, BODIES)
def test_what_differs_has_another_fingerprint(one: dict[str, Any], other: dict[str, Any]) -> None:
    if diff(one, other):
        assert fingerprint(one) != fingerprint(other)


# -- drift


def test_a_value_that_stands_otherwise_is_drift() -> None:
    assert said(drift({"Reference": "ours"}, {"Reference": "theirs"}, STREAM)) == [
        ("Reference", "ours", "theirs")
    ]


def test_a_value_that_is_gone_is_drift() -> None:
    assert said(drift({"Reference": "ours"}, {}, STREAM)) == [("Reference", "ours", None)]


def test_fields_that_were_not_sent_are_the_targets_own() -> None:
    assert drift({"Reference": "a"}, {"Reference": "a", "Total": Decimal(1)}, STREAM) == ()
    sent, seen = {"Contact": {"ContactID": "c1"}}, {"Contact": {"ContactID": "c1", "Name": "Seven"}}
    assert drift(sent, seen, STREAM) == ()


@pytest.mark.parametrize(
    ("name", "sent", "seen"),
    [
        ("Date", "2026-03-01", date(2026, 3, 1)),
        ("Date", "2026-03-01", "2026-03-01T00:00:00"),
        ("Changed", "2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("Total", 12, Decimal("12.00")),
        ("Total", "12.50", Decimal("12.5")),
        ("Reference", " a ", "a"),
        ("Reference", "a\r\nb", "a\nb"),
        ("Reference", "", None),
        ("Tags", [], None),
        ("Days", Decimal("14"), 14),
    ],
)
def test_values_are_compared_as_the_stream_types_them(name: str, sent: Any, seen: Any) -> None:
    assert drift({name: sent}, {name: seen} if seen is not None else {}, STREAM) == ()


def test_a_value_that_does_not_fit_its_type_is_compared_as_it_is() -> None:
    assert said(drift({"Date": "soon"}, {"Date": date(2026, 3, 1)}, STREAM)) == [
        ("Date", "soon", date(2026, 3, 1))
    ]


def test_rows_beyond_those_that_were_sent_are_drift_and_so_are_those_that_are_gone() -> None:
    one, two = {"Text": "one"}, {"Text": "two"}
    assert said(drift({"Lines": [one]}, {"Lines": [one, two]}, STREAM)) == [("Lines[1]", None, two)]
    assert said(drift({"Lines": [one, two]}, {"Lines": [one]}, STREAM)) == [("Lines[1]", two, None)]


def test_a_field_of_a_row_is_named_with_its_place() -> None:
    sent = {"Lines": [{"Text": "a", "Tracking": [{"Name": "North"}]}]}
    seen = {"Lines": [{"Text": "a", "Amount": Decimal(1), "Tracking": [{"Name": "South"}]}]}
    assert said(drift(sent, seen, STREAM)) == [("Lines[0].Tracking[0].Name", "North", "South")]


def test_open_references_nulls_and_unknown_fields_are_passed_over() -> None:
    assert drift({"Contact": SEVEN, "Reference": None, "Nowhere": 1}, {"Reference": "a"}, STREAM) == ()
    assert drift({"Contact": {"$ref": "shop.companies/7"}}, {"Contact": {"ContactID": "c"}}, STREAM) == ()


@given(TYPED)
def test_what_stands_as_it_was_sent_has_no_drift(body: dict[str, Any]) -> None:
    assert drift(body, typed(body, STREAM), STREAM) == ()
    assert drift(loads(dumps(body)), loads(dumps(typed(body, STREAM))), STREAM) == ()


@given(TYPED, TYPED)
def test_drift_names_only_what_was_sent(sent: dict[str, Any], seen: dict[str, Any]) -> None:
    names = {one.path.partition(".")[0].partition("[")[0] for one in drift(sent, seen, STREAM)}
    assert names <= set(sent)


# -- overwritten


def undone(sent: Any, answered: Any, seen: Any, coming: Any) -> list[tuple[str, Any, Any]]:
    return said(overwritten(sent, answered, seen, coming, STREAM))


A, B, C = ({"Reference": text} for text in "abc")


def test_an_edit_that_an_update_would_undo_is_found() -> None:
    assert undone(A, A, B, A) == [("Reference", "a", "b")]
    assert undone(A, A, B, C) == [("Reference", "a", "b")]


def test_without_an_edit_nothing_would_be_undone() -> None:
    assert undone(A, A, A, B) == []


def test_an_edit_to_what_is_coming_anyway_is_undone_by_nothing() -> None:
    assert undone(A, A, B, B) == []


def test_what_is_not_sent_any_more_undoes_nothing() -> None:
    assert undone(A, A, B, {"Days": 3}) == []


def test_what_the_target_wrote_its_own_way_was_not_edited() -> None:
    assert undone(A, B, B, C) == []
    assert undone(A, B, B, A) == []


def test_if_the_answer_is_unknown_the_body_decides() -> None:
    assert undone(A, {}, B, C) == [("Reference", "a", "b")]
    assert undone(A, {}, A, C) == []


def test_a_field_that_was_never_sent_and_was_filled_since_would_be_undone() -> None:
    assert undone(A, A, {**A, "Days": 5}, {**A, "Days": 3}) == [("Days", None, 5)]
    assert undone(A, {**A, "Days": 5}, {**A, "Days": 5}, {**A, "Days": 3}) == []


def test_a_field_that_the_target_never_shows_was_not_edited() -> None:
    assert undone({**A, "Days": 3}, A, A, {**A, "Days": 4}) == []


@given(TYPED, TYPED, TYPED)
def test_nothing_is_undone_where_everything_stands_as_it_was_sent(
    sent: dict[str, Any], coming: dict[str, Any], other: dict[str, Any]
) -> None:
    stands = typed(sent, STREAM)
    assert undone(sent, stands, stands, coming) == []
    assert undone(sent, {}, typed({**other, **sent}, STREAM), coming) == []


@given(TYPED, TYPED, TYPED)
def test_only_what_is_coming_undoes_anything(
    sent: dict[str, Any], seen: dict[str, Any], coming: dict[str, Any]
) -> None:
    names = {path.partition(".")[0].partition("[")[0] for path, _, _ in undone(sent, {}, seen, coming)}
    assert names <= set(coming) & set(sent)
    assert undone(sent, sent, typed(coming, STREAM), coming) == []


def test_a_number_that_the_target_shortened_is_not_drift() -> None:
    stream = Stream("invoices", {"Quantity": Field(Type("decimal", places=4))})
    sent, kept = {"Quantity": Decimal("33.33333333")}, {"Quantity": Decimal("33.3333")}
    assert drift(sent, kept, stream) == ()
    assert drift(sent, {"Quantity": Decimal("33.33")}, stream)
