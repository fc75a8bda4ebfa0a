"""JSON without floats."""

from decimal import Decimal

import pytest

from connectors.psohub.sandbox.wire import dumps, loads, loads_row


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
        ({"a": [True, None, "-"]}, '{"a":[true,null,"-"]}'),
    ],
)
def test_values_are_written_with_their_own_digits(value, text):
    assert dumps(value) == text
    assert loads(text) == value


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1, 2}])
def test_floats_and_other_things_are_refused(value):
    with pytest.raises(TypeError, match="no exact form"):
        dumps(value)


@pytest.mark.parametrize("text", ["[1]", "NaN", "{", '{"a": Infinity}', b"\xff"])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  the words are json's own
        loads_row(text)
