"""JSON without floats."""

from decimal import Decimal

import pytest

from engine.sdk import loads
from engine.sdk.sandbox import ExactJson, loads_object


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (41939771881672249, "41939771881672249"),
        (Decimal("991.73553719"), "991.73553719"),
        (Decimal("12.50"), "12.5"),
        (Decimal("27700.00"), "27700"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.00000001"), "0.00000001"),
        (Decimal("-0.0"), "0"),
        ('Müller "&" Söhne\n', '"Müller \\"&\\" Söhne\\n"'),
        ({"a": [True, None, "-"], "b": {}, "c": []}, '{"a":[true,null,"-"],"b":{},"c":[]}'),
    ],
)
def test_values_are_written_with_their_own_digits(value: object, text: str) -> None:
    assert ExactJson().dumps(value) == text
    assert loads(text) == value


def test_a_system_spells_numbers_its_own_way() -> None:
    assert ExactJson("{:.4f}".format).dumps([Decimal("12.5"), 7]) == "[12.5000,7]"


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1, 2}])
def test_floats_and_other_types_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no exact form"):
        ExactJson().dumps(value)


def test_half_of_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert ExactJson().to_bytes("a\ud83d") == b'"a?"'


@pytest.mark.parametrize("text", ["[1]", "NaN", "{", '{"a": Infinity}', b"\xff"])
def test_what_is_not_an_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the words are json's own
        loads_object(text)
