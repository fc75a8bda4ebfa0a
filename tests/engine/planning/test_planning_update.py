"""What an update sends and changes, and what adoption sends."""

from __future__ import annotations

from typing import Any

from engine.model.address import Address
from engine.model.payload import Ref
from engine.model.schema import ANY, Field, Stream, list_of
from engine.planning.update import UpdateRules, compare, top_level, unlike
from tests.engine.planning.planning_kit import STREAM

NONE = UpdateRules()
PHONES = Stream("contacts", {"Phones": Field(list_of(ANY))}, slots={"Phones": "Type"})
OPEN = Ref("contacts", Address("shop", "companies", "7"))


def compared(before: dict[str, Any], now: dict[str, Any], rules: UpdateRules = NONE) -> tuple[Any, ...]:
    comparison = compare(before, now, now, rules)
    return [one.path for one in comparison.differences], list(comparison.emptied), dict(comparison.body)


def test_a_field_that_is_absent_by_now_is_left_alone_and_named() -> None:
    assert compared({"A": "1", "B": "2"}, {"A": "1"}) == ([], ["B"], {"A": "1"})
    assert compared({"A": "1", "B": [1]}, {"A": "2"}) == (["A"], ["B"], {"A": "2"})


def test_what_was_never_sent_is_not_emptied() -> None:
    assert compared({"A": None, "B": "", "C": []}, {}) == ([], [], {})


def test_a_field_that_the_mapping_clears_is_emptied_once() -> None:
    rules = UpdateRules(clears=("B", "C"), emptied=lambda path, value: [] if path == "C" else "")
    before = {"A": "1", "B": "2", "C": [{"D": 1}]}
    assert compared(before, {"A": "1"}, rules) == (["B", "C[0]"], [], {"A": "1", "B": "", "C": []})
    assert compared({"A": "1", "B": "", "C": []}, {"A": "1"}, rules) == ([], [], {"A": "1"})
    assert compared({"A": "1"}, {"A": "1"}, rules) == ([], [], {"A": "1"})  # never sent: the target's own


def test_a_target_may_have_its_own_way_to_empty_a_field() -> None:
    empty = [{"Type": "DEFAULT", "Number": ""}]
    rules = UpdateRules(clears=("Phones",), emptied=PHONES.emptied)
    paths, emptied, body = compared({"Phones": [{"Type": "DEFAULT", "Number": "1"}]}, {}, rules)
    assert (paths, emptied, body) == (["Phones[0].Number"], [], {"Phones": empty})
    assert compared({"Phones": empty}, {}, rules) == ([], [], {})


def test_a_field_is_emptied_by_its_type() -> None:
    assert [STREAM.emptied(name, "x") for name in ("Reference", "Tags", "Days", "unknown")] == [
        "",
        [],
        None,
        None,
    ]


def test_a_member_of_an_object_may_be_cleared() -> None:
    rules = UpdateRules(clears=("Contact.Name",))
    before = {"Contact": {"ContactID": "c", "Name": "Seven"}}
    now = {"Contact": {"ContactID": "c"}}
    assert compared(before, now, rules) == (
        ["Contact.Name"],
        [],
        {"Contact": {"ContactID": "c", "Name": ""}},
    )


def test_what_is_sent_at_creation_only_is_neither_compared_nor_sent() -> None:
    rules = UpdateRules(only_create=("A", "O.B"))
    now = {"A": "2", "O": {"B": "2", "C": "1"}}
    assert compared({"A": "1", "O": {"B": "1", "C": "1"}}, now, rules) == ([], [], {"O": {"C": "1"}})
    assert compared({"A": "1"}, {}, rules) == ([], [], {})


def test_the_title_is_sent_only_where_the_source_changed_it() -> None:
    rules = UpdateRules(title="Name")
    assert compared({"Name": "Seven", "A": "1"}, {"Name": "Seven", "A": "2"}, rules) == (
        ["A"],
        [],
        {"A": "2"},
    )
    assert compared({"Name": "Seven"}, {"Name": "Eight"}, rules) == (["Name"], [], {"Name": "Eight"})


def test_a_reference_that_is_still_open_is_a_change() -> None:
    assert compared({"Contact": {"ContactID": "c"}}, {"Contact": OPEN})[0] == ["Contact"]


def adopted(ours: dict[str, Any], theirs: dict[str, Any], rules: UpdateRules = NONE) -> list[str]:
    return [one.path for one in unlike(ours, theirs, STREAM, rules)]


def test_adoption_sends_what_differs_and_nothing_else() -> None:
    assert adopted({"Reference": "A", "Days": 3}, {"Reference": "A", "Days": 4}) == ["Days"]
    assert adopted({"Reference": "A"}, {"Reference": "A", "Days": 4}) == []
    assert adopted({"Contact": OPEN}, {"Contact": {"ContactID": "c"}}) == ["Contact"]


def test_adoption_leaves_alone_what_is_not_the_mappings_own() -> None:
    rules = UpdateRules(only_create=("Days",), title="Reference")
    assert adopted({"Reference": "A", "Days": 3}, {"Reference": "B", "Days": 4}, rules) == []
    assert adopted({"Tags": ["a"]}, {"Tags": ["a", "b"]}) == []
    assert adopted({"Tags": ["a", "c"]}, {"Tags": ["a", "b"]}) == ["Tags[1]"]


def test_the_top_level_of_a_path() -> None:
    assert [top_level(path) for path in ("A", "A.B", "A[0].B", "A[0]")] == ["A"] * 4
