"""What to try instead: the closest word, the value that was meant."""

from __future__ import annotations

import pytest

from engine.model.advice import did_you_mean, meant, meant_bool, meant_value, with_hint

FIELDS = [
    "customer_id",
    "customer_name",
    "customer",
    "currency",
    "total_ex_vat",
    "total_inc_vat",
    "lines",
    "date",
]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("custmer_id", 'did you mean "customer_id"?'),
        ("Customer_ID", 'did you mean "customer_id"?'),
        ("curency", 'did you mean "currency"?'),
        ("total_vat", 'did you mean "total_ex_vat" or "total_inc_vat"?'),
        ("line", 'did you mean "lines"?'),
        ("dat", 'did you mean "date"?'),
        ("cust", 'did you mean "customer"?'),
    ],
)
def test_a_misspelt_word_names_the_closest_and_a_second_that_is_as_close(word: str, said: str) -> None:
    assert did_you_mean(word, FIELDS) == said


def test_a_short_list_is_shown_completely_if_nothing_is_close() -> None:
    assert did_you_mean("xyz", ["b", "a"]) == "available: a, b"
    assert did_you_mean("xyz", ["a"]) == "available: a"
    assert did_you_mean("xyz", [f"name{at}" for at in range(13)]) == ""
    assert did_you_mean("xyz", []) == ""


def test_a_part_of_a_name_leads_to_the_name() -> None:
    assert (
        did_you_mean("total", ["total_amount_of_all", "x", *"abcdefghijkl"])
        == 'did you mean "total_amount_of_all"?'
    )
    assert did_you_mean("to", ["total_amount_of_all", *"abcdefghijklm"]) == ""


def test_capitals_and_repeated_names_do_not_confuse_it() -> None:
    assert did_you_mean("accrec", ["ACCREC", "ACCREC", "ACCPAY"]) == 'did you mean "ACCREC"?'


def test_words_of_any_length_and_number_are_guessed_at_within_bounds() -> None:
    assert did_you_mean("x" * 1_000_000, FIELDS) == "available: " + ", ".join(sorted(FIELDS))
    assert did_you_mean("nmae", (f"name{at}" for at in range(10**9))).startswith("did you mean")


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("pak", "pack"),
        ("sytems", "systems"),
        ("limit", "limits"),
        ("x", ""),
        ("pack_name", ""),
        ("", ""),
        ("setting", "settings"),
    ],
)
def test_a_misspelt_word_counts_as_another_only_if_that_is_certain(word: str, right: str) -> None:
    assert meant(word, ["pack", "systems", "limits", "settings"]) == right


def test_two_words_that_are_equally_close_are_not_certain() -> None:
    assert meant("item1", ["item2", "item3"]) == ""


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("yes", "true"),
        ("On", "true"),
        ("TRUE", "true"),
        ("no", "false"),
        ("OFF", "false"),
        ("1", ""),
        ("maybe", ""),
    ],
)
def test_yes_and_no_in_all_their_spellings_mean_true_and_false(word: str, right: str) -> None:
    assert meant_bool(word) == (f"write {right}, in lower case and without quotes" if right else "")


@pytest.mark.parametrize(
    ("text", "kind", "quoted", "hint"),
    [
        ("14", "int", True, "leave out the quotes"),
        ("14", "int", False, ""),
        ("1.5", "int", True, ""),
        ("1.5", "decimal", True, "leave out the quotes"),
        ("0200", "int", False, "a number has no leading zeros"),
        ("1,5", "decimal", False, "digits and a decimal point only: 1250.50"),
        ("1.250,50", "decimal", False, "digits and a decimal point only: 1250.50"),
        ("1 250", "int", False, "digits and a decimal point only: 1250.50"),
        ("many", "int", False, ""),
        ("2026-01-31", "date", True, "leave out the quotes"),
        ("2026-02-30", "date", False, "there is no such day"),
        ("2026-02-30", "date", True, "there is no such day"),
        ("31-01-2026", "date", False, "a date looks like 2026-01-31"),
        ("yes", "bool", False, "write true, in lower case and without quotes"),
        ("yes", "text", False, ""),
        ("yes", "object", False, ""),
    ],
)
def test_a_value_that_does_not_fit_gets_a_suggestion(text: str, kind: str, quoted: bool, hint: str) -> None:
    assert meant_value(text, kind, quoted=quoted) == hint


@pytest.mark.parametrize(("hint", "text"), [("", "no such word"), ("try a", "no such word; try a")])
def test_an_empty_hint_leaves_no_separator(hint: str, text: str) -> None:
    assert with_hint("no such word", hint) == text
