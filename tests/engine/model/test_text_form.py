"""Text in the form that its field declares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.text_form import ANY_TEXT, ONE_LINE, TextForm, not_ascii

ASCII = TextForm(one_line=True, plain="ascii")
LETTERS = TextForm(one_line=True, plain="letters")
NAME = TextForm(one_line=True, without="<>")
FORMS = st.sampled_from([ANY_TEXT, ONE_LINE, ASCII, LETTERS, NAME])


@pytest.mark.parametrize(
    ("form", "text", "formed"),
    [
        (ANY_TEXT, " first\x0bsecond\x02 third\n  fourth ", "first second third\n  fourth"),
        (ONE_LINE, "Cafe\u0301 \u200b \tZwolle\n", "Caf\u00e9 Zwolle"),
        (NAME, "Acme <Holland>", "Acme Holland"),
        (ASCII, "INV\u20112026\u20110001", "INV-2026-0001"),
        (ASCII, "O\u2019Neil \u2212 \ufb01ne", "O'Neil - fine"),
        (ASCII, "R\u00e9gie 1", "R\u00e9gie 1"),
        (LETTERS, "Bosnia & Herzegovina", "Bosnia Herzegovina"),
        (LETTERS, "Netherlands (NL)", "Netherlands NL"),
        (LETTERS, "C\u00f4te d'Ivoire", "Cote d Ivoire"),
        (LETTERS, "\u65e5\u672c", ""),
    ],
)
def test_form(form: TextForm, text: str, formed: str) -> None:
    assert form.of(text) == formed


@given(FORMS, st.text())
def test_what_is_in_its_form_stays_as_it_is(form: TextForm, text: str) -> None:
    formed = form.of(text)
    assert form.of(formed) == formed


@given(FORMS, st.text("abcXYZ"))
def test_plain_text_is_in_every_form(form: TextForm, text: str) -> None:
    assert form.of(text) == text
    assert form.removed(text) == ()


def test_characters_that_do_not_go_out_are_named() -> None:
    assert ONE_LINE.removed("A\u200bcme \ufeffLtd") == ("ZERO WIDTH SPACE", "ZERO WIDTH NO-BREAK SPACE")
    assert NAME.removed("Acme <NL>") == ("LESS-THAN SIGN (<)", "GREATER-THAN SIGN (>)")
    assert ASCII.removed("1\u20112") == ("NON-BREAKING HYPHEN (\u2011)",)
    assert ONE_LINE.removed(" two  blanks ") == ()


def test_a_faulty_text_is_left_out_and_says_why() -> None:
    form = TextForm(one_line=True, fault=lambda text: "" if text == "good" else f"{text} is not good")
    assert (form.of(" good "), form.why_not(" good ")) == ("good", "")
    assert (form.of(" bad "), form.why_not(" bad ")) == ("", "bad is not good")


def test_what_is_not_ascii_is_shown_with_its_name() -> None:
    assert not_ascii("m\u00fcller@example.com") == ("\u00fc (LATIN SMALL LETTER U WITH DIAERESIS)",)
