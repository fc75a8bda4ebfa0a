"""Scalars are read as JSON would read them, and keep the text they were written with."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.document.document_kit import entry, root, scalars

TEXTS = [
    "0200", "012", "00", "-007", "NO", "no", "on", "off", "yes", "y", "True", "TRUE", "False", "Null", "NULL",
    "None", "1:30", "12:30:45", "2026-01-31", "2026-01-31T09:30:00Z", "1_000", "1 000", "1,5", "0x10", "0o17",
    "0b11", "+1", "1.", ".5", "1e", "1e1000", ".inf", ".nan", "-.inf", "Infinity", "NaN", "--1", "1.2.3", "=",
    "10€", "１２", "٣",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_what_json_does_not_know_stays_text(tmp_path: Path, text: str) -> None:
    scalar = entry(tmp_path, f"k: {text}\n")
    assert (scalar.kind, scalar.text, scalar.value) == ("text", text, text)


@pytest.mark.parametrize("text", ["0", "7", "-7", "200", "-0", "41939771881672249", "9" * 199])
def test_a_whole_number_is_an_int_of_any_length(tmp_path: Path, text: str) -> None:
    scalar = entry(tmp_path, f"k: {text}\n")
    assert (scalar.kind, scalar.text, scalar.value) == ("int", text, int(text))
    assert type(scalar.value) is int


@pytest.mark.parametrize("text", ["1.10", "12.50", "-0.05", "0.0", "1e3", "1E-7", "1.0e+2", "0." + "3" * 100])
def test_a_number_with_a_point_or_exponent_is_an_exact_decimal_with_its_own_digits(
    tmp_path: Path, text: str
) -> None:
    scalar = entry(tmp_path, f"k: {text}\n")
    assert (scalar.kind, scalar.text) == ("decimal", text)
    assert isinstance(scalar.value, Decimal)
    assert str(scalar.value) == str(Decimal(text))


@pytest.mark.parametrize("text", ["9" * 201, "1." + "0" * 300, "-" + "1" * 250])
def test_a_number_longer_than_any_number_is_text(tmp_path: Path, text: str) -> None:
    assert entry(tmp_path, f"k: {text}\n").kind == "text"


@pytest.mark.parametrize("text", ["~", "null", "", "# a comment"])
def test_tilde_null_and_nothing_are_null(tmp_path: Path, text: str) -> None:
    scalar = entry(tmp_path, f"k: {text}\n")
    assert (scalar.kind, scalar.value) == ("null", None)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_true_and_false_are_bool_in_lower_case_only(tmp_path: Path, text: str, value: bool) -> None:
    scalar = entry(tmp_path, f"k: {text}\n")
    assert scalar.kind == "bool"
    assert scalar.value is value


@pytest.mark.parametrize("written", ['"{}"', "'{}'", "|-\n  {}", ">-\n  {}"])
@pytest.mark.parametrize("text", ["1", "1.10", "true", "null", "~", "0200", "2026-01-31"])
def test_quoted_and_block_scalars_are_always_text(tmp_path: Path, written: str, text: str) -> None:
    scalar = entry(tmp_path, f"k: {written.format(text)}\n")
    assert (scalar.kind, scalar.value) == ("text", text)


def test_empty_quotes_are_blank_text_not_null(tmp_path: Path) -> None:
    assert entry(tmp_path, "k: ''\n").value == ""
    assert entry(tmp_path, 'k: ""\n').kind == "text"


def test_the_same_words_are_read_alike_in_lists_and_flow_mappings(tmp_path: Path) -> None:
    node = root(tmp_path, "k: [0200, NO, 1.10, {a: on, b: 2026-01-31, c: null}]\n")
    kinds = [one.kind for one in scalars(node) if one.text not in ("k", "a", "b", "c")]
    assert kinds == ["text", "text", "decimal", "text", "text", "null"]
