"""What can be read from an answer: its charset, its words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.sdk import Answer, EncodingError, Http, UnreadableError


def answer(text: str, charset: str, kind: str = "") -> Answer:
    return Answer(200, {"content-type": kind or f"application/json; charset={charset}"}, text.encode(charset))


@pytest.mark.parametrize(
    ("charset", "kind"),
    [
        ("iso-8859-1", ""),
        ("windows-1252", 'application/json; charset="Windows-1252"'),
        ("utf-16", ""),
        ("utf-8", "application/json"),
        ("utf-16-le", "application/json"),  # recognised by its zero bytes
        ("utf-8-sig", "application/json;charset=UTF-8"),
        ("utf-8", "application/json; charset=us-ascii"),  # does not hold, and UTF-8 does
        ("utf-8", "application/json; charset=no-such-thing"),
        ("utf-8", "application/json; charset=rot13"),  # a codec of Python's, not a charset
        ("utf-8", ""),
    ],
)
def test_an_answer_is_read_by_the_charset_that_it_names(charset: str, kind: str) -> None:
    found: Any = answer('{"CompanyName": "Brück & Söhne", "amount": 0.10}', charset, kind).json()
    assert found == {"CompanyName": "Brück & Söhne", "amount": Decimal("0.10")}
    assert str(found["amount"]) == "0.10"


@pytest.mark.parametrize(
    ("kind", "tried"),
    [
        ("application/json", "it names no charset, so it must be UTF-8"),
        ("application/json; charset=utf-8", "it names the charset utf-8"),
        ("application/json; charset=no-such-thing", "it names the charset no-such-thing"),
    ],
)
def test_bytes_of_no_charset_are_reported_with_the_first_of_them(kind: str, tried: str) -> None:
    found = Answer(200, {"content-type": kind}, '["Brück"]'.encode("iso-8859-1"))
    with pytest.raises(EncodingError) as caught:
        found.json()
    assert str(caught.value) == (
        f"its encoding is wrong: byte 0xFC at position 4 (after '[\"Br') is not valid utf-8; {tried}"
    )
    assert found.text == '["Br\ufffdck"]'  # for people


def test_an_answer_that_cannot_be_decoded_is_unreadable_and_says_so() -> None:
    http = Http("PSOhub", "http://127.0.0.1:9")
    found = Answer(200, {"content-type": "application/json"}, b'["\xfc"]')
    with pytest.raises(UnreadableError, match=r"PSOhub's answer to GET company cannot be read: its encoding"):
        http.json(found, "GET company")


def test_the_words_of_a_refusal_are_read_by_its_charset() -> None:
    http = Http("PSOhub", "http://127.0.0.1:9")
    refusal = answer('{"message": "ungültig"}', "iso-8859-1")
    assert http.words(refusal) == "ungültig"
