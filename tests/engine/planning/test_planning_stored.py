"""What a target changed by itself is no edit later; what was sent by name is compared by its id."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given

from engine.model.change import Difference
from engine.model.schema import DECIMAL, TEXT, Field, Stream, Type, list_of, obj
from engine.planning.diff import drift
from engine.planning.stored import stored, with_stored
from tests.engine.planning.planning_kit import BODIES
from tests.engine.planning.planning_kit import STREAM as KIT

OPTION = obj({"Option": Field(TEXT, named_by="OptionID"), "OptionID": Field(TEXT)})
LINE = obj(
    {
        "Text": Field(TEXT),
        "Account": Field(TEXT, named_by="AccountID"),
        "AccountID": Field(TEXT),
        "Amount": Field(DECIMAL),
        "Tags": Field(list_of(OPTION)),
    }
)
STREAM = Stream(
    "documents",
    {"Reference": Field(Type("text", max=5)), "Phone": Field(TEXT), "Lines": Field(list_of(LINE))},
)
SENT: dict[str, Any] = {
    "Reference": "ABCDEFG",
    "Phone": "1",
    "Lines": [{"Text": "a", "Account": "200", "Amount": Decimal(1), "Tags": [{"Option": "North"}]}],
}


def answer(**changes: Any) -> dict[str, Any]:
    line = {
        "Text": "a",
        "Account": "200",
        "AccountID": "id-200",
        "Amount": Decimal("1.00"),
        "Tags": [{"Option": "North", "OptionID": "b1"}],
    }
    return {"Reference": "ABCDEFG", "Phone": "1", "Lines": [{**line, **changes}]}


def test_what_the_target_changed_by_itself_is_told_and_no_edit_later() -> None:
    answered = {**answer(), "Reference": "ABCDE"}
    del answered["Phone"]
    now = stored(SENT, answered, STREAM, names=False)
    assert now.differences == (
        Difference("Reference", "ABCDEFG", "ABCDE"),
        Difference("Phone", "1", None),
    )
    assert drift(now.body, answered, STREAM) == ()
    edited = {**answered, "Reference": "other"}
    assert drift(now.body, edited, STREAM) == (Difference("Reference", "ABCDE", "other"),)


def test_rows_that_the_target_added_or_dropped_are_kept_so() -> None:
    added = {**answer(), "Lines": [*answer()["Lines"], {"Text": "by the target"}]}
    assert drift(stored(SENT, added, STREAM, names=False).body, added, STREAM) == ()
    dropped = {**answer(), "Lines": []}
    assert drift(stored(SENT, dropped, STREAM, names=False).body, dropped, STREAM) == ()


def test_a_renamed_option_and_a_renumbered_account_are_no_edits() -> None:
    now = stored(SENT, answer(), STREAM, names=False)
    assert now.differences == ()
    renamed = answer(Account="2000", Tags=[{"Option": "Northern", "OptionID": "b1"}])
    assert drift(now.body, renamed, STREAM) == ()


def test_another_option_of_the_same_name_is_an_edit() -> None:
    now = stored(SENT, answer(), STREAM, names=False)
    other = answer(Tags=[{"Option": "North", "OptionID": "b2"}])
    assert drift(now.body, other, STREAM) == (Difference("Lines[0].Tags[0].Option", "North", "North"),)


def test_without_an_id_names_are_compared() -> None:
    now = stored(SENT, answer(), STREAM, names=False)
    assert drift(now.body, answer(Tags=[{"Option": "North"}]), STREAM) == ()
    assert drift(now.body, answer(Tags=[{"Option": "South"}]), STREAM)


def test_with_names_alone_differences_stay_edits() -> None:
    answered = {**answer(), "Reference": "ABCDE"}
    now = stored(SENT, answered, STREAM, names=True)
    assert now.differences == ()
    assert now.body["Lines"][0]["AccountID"] == "id-200"
    assert drift(now.body, answered, STREAM) == (Difference("Reference", "ABCDEFG", "ABCDE"),)


def test_fields_that_an_update_does_not_send_stay_as_they_were_kept() -> None:
    now = stored({"Phone": "2"}, {**answer(), "Phone": "2"}, STREAM, names=False)
    assert with_stored({"Reference": "ABCDE", "Phone": "1"}, {"Phone": "2"}, now) == {
        "Reference": "ABCDE",
        "Phone": "2",
    }


@given(BODIES, BODIES)
def test_an_answer_never_differs_from_what_was_kept_of_it(
    sent: dict[str, Any], answered: dict[str, Any]
) -> None:
    now = stored(sent, answered, KIT, names=False)
    assert drift(now.body, answered, KIT) == ()
