"""Diagnostics: how one looks on a terminal, and how many are collected."""

from __future__ import annotations

import pytest

from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError


def shown(row: str, column: int, length: int = 1, message: str = "no", hint: str = "") -> list[str]:
    diagnostics = Diagnostics(sources={"a.yaml": [row]})
    diagnostics.error("M204", Span("a.yaml", 1, column, length), message, hint=hint)
    return str(diagnostics.errors[0]).splitlines()


def test_a_diagnostic_shows_place_code_row_carets_and_hint() -> None:
    assert shown("key: custmer", 6, 7, "there is none", "look again") == [
        "a.yaml:1:6: error[M204] there is none",
        "     1 | key: custmer",
        "       |      ^^^^^^^",
        "    hint: look again",
    ]


def test_without_the_file_there_is_a_place_and_no_row() -> None:
    diagnostics = Diagnostics()
    diagnostics.warning("C211", Span("a.yaml", 3, 4), "not set")
    assert str(diagnostics.reported[0]) == "a.yaml:3:4: warning[C211] not set"


@pytest.mark.parametrize(("row", "column", "carets"), [
    ("ab", 3, "  ^"),
    ("", 1, "^"),
    ("abc", 2, " ^"),
    ("\tabc", 2, " ^"),
])  # fmt: skip
def test_carets_are_under_the_place_or_one_past_the_row(row: str, column: int, carets: str) -> None:
    lines = shown(row, column)
    if row:
        assert lines[2] == f"       | {carets}"
    else:
        assert len(lines) == 1


@pytest.mark.parametrize(
    ("row", "column", "length", "carets"),
    [
        ("😀 x", 3, 1, "   ^"),
        ("漢字: x", 5, 1, "      ^"),
        ("e\u0301: x", 5, 1, "   ^"),
        ("a: 漢字", 4, 2, "   ^^^^"),
        ("a: 😀", 4, 99, "   ^^"),
    ],
)
def test_carets_count_the_cells_of_a_terminal(row: str, column: int, length: int, carets: str) -> None:
    assert shown(row, column, length)[2] == f"       | {carets}"


def test_of_a_long_row_the_part_around_the_place_is_shown() -> None:
    row = "x" * 5_000 + "HERE" + "y" * 5_000
    lines = shown(row, 5_001, 4)
    assert len(lines[1]) < 140
    assert lines[1][lines[2].index("^") :][:4] == "HERE"
    assert lines[2].count("^") == 4
    assert shown(row, 1, 3)[2].endswith("| ^^^")
    assert shown(row, len(row), 1)[1].endswith("y")


@pytest.mark.parametrize(
    "char", ["\x1b", "\r", "\n", "\x07", "\x9b", "\u2028", "\u202e", "\u2066", "\ufeff", "\0", "\x7f"]
)
def test_no_character_of_a_file_steers_the_terminal(char: str) -> None:
    text = "\n".join(shown(f"a: {char}[31m", 4, 1, f"found {char}", f"not {char}"))
    assert char not in text.replace("\n", "") if char == "\n" else char not in text


def test_what_a_message_quotes_may_be_of_any_length() -> None:
    text = "\n".join(shown("a", 1, 1, f'no key "{"x" * 1_000_000}" here', "y" * 1_000_000))
    assert len(text) < 2_000
    assert 'no key "xxx' in text
    assert 'xxx" here' in text


def test_they_come_in_the_order_of_the_files() -> None:
    diagnostics = Diagnostics()
    for file, line, column, code in (
        ("b", 1, 1, "M1"),
        ("a", 2, 1, "M1"),
        ("a", 1, 9, "M2"),
        ("a", 1, 9, "M1"),
    ):
        diagnostics.error(code, Span(file, line, column), "no")
    assert [(diagnostic.span.file, diagnostic.span.line, diagnostic.code) for diagnostic in diagnostics] == [
        ("a", 1, "M1"), ("a", 1, "M2"), ("a", 2, "M1"), ("b", 1, "M1"),
    ]  # fmt: skip


def test_errors_are_raised_with_all_diagnostics_and_warnings_are_not() -> None:
    diagnostics = Diagnostics()
    diagnostics.warning("C211", Span("b"), "not set")
    diagnostics.raise_if_errors()
    diagnostics.error("C203", Span("a"), "wrong")
    assert [diagnostic.code for diagnostic in diagnostics.errors] == ["C203"]
    with pytest.raises(ConfigError) as raised:
        diagnostics.raise_if_errors()
    assert [one.code for one in raised.value.diagnostics] == ["C203", "C211"]
    assert raised.value.exit_code == 2


def test_a_guess_and_a_hint_are_shown_together() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("M215", Span("a"), "no", near=("tax_type", ["tax_types"]), hint="see pack.yaml")
    diagnostics.error("M215", Span("a"), "no", near=("zzz", ["tax_types"]), hint="see pack.yaml")
    assert [diagnostic.hint for diagnostic in diagnostics.reported] == [
        'did you mean "tax_types"?; see pack.yaml', "available: tax_types; see pack.yaml",
    ]  # fmt: skip


def test_guessing_stops_in_a_file_of_unknown_names() -> None:
    diagnostics = Diagnostics()
    for at in range(300):
        diagnostics.error("M203", Span("a", at + 1), "no", near=("nmae", ["name"]))
    guessed = [diagnostic for diagnostic in diagnostics.reported if diagnostic.hint]
    assert 100 < len(guessed) < 300
