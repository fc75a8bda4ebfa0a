"""The door through which other systems' JSON comes in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.unread import UnreadNumber
from engine.sdk.received import DEEPEST, LONGEST, read_json
from engine.sdk.wire import dumps


def test_numbers_are_exact() -> None:
    value = read_json('{"a": 0.10, "b": 41939771881672249, "c": 1E+2, "d": -0.0}')
    assert [str(one) for one in value.values()] == ["0.10", "41939771881672249", "1E+2", "-0.0"]
    assert isinstance(value["a"], Decimal)


@pytest.mark.parametrize(
    "written", ["NaN", "Infinity", "-Infinity", "1e-99999", "1e999999999999", "9" * 5000, "0." + "1" * 5000]
)
def test_a_number_beyond_all_range_is_kept_as_it_is_written(written: str) -> None:
    value = read_json(f'[{{"Total": {written}, "Number": "INV-1"}}, 7]')
    assert value == [{"Total": written, "Number": "INV-1"}, 7]
    assert isinstance(value[0]["Total"], UnreadNumber)
    assert not isinstance(value[0]["Number"], UnreadNumber)


@pytest.mark.parametrize("text", ["9" * LONGEST, f"1e{LONGEST}", f"1e-{LONGEST}"])
def test_large_numbers_are_read(text: str) -> None:
    assert read_json(text) == Decimal(text)


def test_halves_of_characters_are_replaced_and_whole_ones_stay() -> None:
    value = read_json(r'{"A\ud800": ["\ude00-1", "\ud83d\ude00", "\\ud800", {"b": "x\udfff"}]}')
    assert value == {"A\ufffd": ["\ufffd-1", "\U0001f600", r"\ud800", {"b": "x\ufffd"}]}


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_levels_are_bounded(opening: str) -> None:
    closing = {"[": "]", '{"a":': "}"}[opening]
    assert read_json(opening * DEEPEST + "1" + closing * DEEPEST)
    for deep in (DEEPEST + 1, 100_000):
        with pytest.raises(ValueError, match=r"more than 64 levels"):
            read_json(opening * deep + "1" + closing * deep)


def test_levels_that_do_not_end_are_no_json() -> None:
    with pytest.raises(ValueError, match=r"more than 64 levels|not JSON"):
        read_json("[" * 100_000)


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r'has "Total" twice'):
        read_json('[{"Total": 1, "Number": "a", "Total": 2}]')


def test_what_is_not_json_is_refused_with_its_place_and_not_with_its_text() -> None:
    with pytest.raises(ValueError, match=r"not JSON at line 2, column 11") as refused:
        read_json('{"token":\n "hidden" oops}')
    assert "hidden" not in str(refused.value)


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(-(10**9), 10**9, places=2),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_what_we_write_is_read_as_it_was(value: Any) -> None:
    assert read_json(dumps(value)) == value
