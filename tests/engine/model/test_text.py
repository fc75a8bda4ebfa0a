"""Text in one form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.text import clean, fold, invisible, is_blank, one_line


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Café", "Café"),
        ("Cafe\u0301", "Café"),
        ("\ufeffAcme\u200b Ltd\u200e", "Acme Ltd"),
        ("a\x02b", "ab"),
        ("a\x0bb", "a b"),
        ("a\u2028b", "a b"),
        ("\ufffe\uffffx\x7f", "x"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_one_line_collapses_every_kind_of_blank() -> None:
    assert one_line("  Acme\u00a0\u2003 Ltd \n") == "Acme Ltd"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd", "ACME  ltd"),
        ("Straße", "STRASSE"),
        ("ﬁnance", "Finance"),
        ("Cafe\u0301", "CAFÉ"),
        ("Acme\u200bLtd", "acmeltd"),
        ("Ａｃｍｅ", "acme"),
        ("PSO\u20110007", "pso-0007"),
        ("A \u2013 B", "a - b"),
        ("O\u2019Neill", "O'Neill"),
    ],
)
def test_fold(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_invisible_characters_are_named() -> None:
    assert invisible("a\u200bb\x02c\u200b\n") == ("ZERO WIDTH SPACE", "U+0002")


@given(st.text())
def test_each_form_is_reached_at_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert one_line(one_line(text)) == one_line(text)
    assert fold(fold(text)) == fold(text)
    assert unicodedata.is_normalized("NFC", clean(text))
    assert invisible(clean(text)) == ()


@given(st.text(st.sampled_from(" \t\n\u00a0\u200b\ufeff\u00ad\x00a")))
def test_text_is_blank_where_nothing_is_visible(text: str) -> None:
    assert is_blank(text) == ("a" not in text)
    assert is_blank(text) == (one_line(text) == "")
