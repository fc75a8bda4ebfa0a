"""Expressions: names, dots, literals, arithmetic, comparison, in, and/or/not, inline if, ~, is missing."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.mapping.mapping_kit import evaluated

LEFT_OUT = ...
VALUES: dict[str, Any] = {
    "days": 7,
    "final": True,
    "note": "n",
    "tags": ["a", "b"],
    "amounts": [Decimal("1.5"), Decimal(2)],
    "project": {"number": "P7", "due_days": 30},
    "changed": datetime.datetime(2026, 1, 31, 9, 30, tzinfo=datetime.UTC),
}


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("invoice.number", "INV-1"),
        ("invoice.project.number", "P7"),
        ("invoice.project . due_days", 30),
        ("settings.revenue_account", "200"),
        ("settings.due_days", 14),
        ("settings.push_statuses", ["sent"]),
        ("run.id", "run-7"),
        ("run.date", "2026-03-01"),
        ("'text'", "text"),
        ('"text"', "text"),
        ("'it\\'s'", "it's"),
        ("'}}'", "}}"),
        ("'{{ %} #}'", "{{ %} #}"),
        ("'a' 'b'", "ab"),
        ("5", 5),
        ("true", True),
        ("false", False),
        ("(5)", 5),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("10 - (2 - 3)", 11),
        ("-invoice.days", -7),
        ("- -5", 5),
        ("2 * -3", -6),
        ("invoice.days - 8", -1),
        ("8 / 2 / 2", 2),
        ("invoice.days == 7", True),
        ("invoice.days != 7", False),
        ("invoice.days < 7", False),
        ("invoice.days <= 7", True),
        ("invoice.days > 6.5", True),
        ("invoice.days >= 8", False),
        ("1 < invoice.days < 8", True),
        ("1 < invoice.days > 8", False),
        ("invoice.days == 7.00", True),
        ("invoice.note == 'n'", True),
        ("invoice.note == 'N'", False),
        ("invoice.note < 'o'", True),
        ("invoice.date > '2026-01-30' | date", True),
        ("invoice.date < run.date", True),
        ("invoice.final == true", True),
        ("invoice.final != invoice.final", False),
        ("invoice.status == 'sent'", True),
        ("invoice.status in ['paid', 'sent']", True),
        ("invoice.status not in ['paid', 'sent']", False),
        ("invoice.status in settings.push_statuses", True),
        ("invoice.note in invoice.tags", False),
        ("'a' in invoice.tags", True),
        ("invoice.days in [1, invoice.project.due_days, 7]", True),
        ("2 in invoice.amounts", True),
        ("invoice.days in []", False),
        ("true and false", False),
        ("true or false", True),
        ("not true", False),
        ("not invoice.days == 8", True),
        ("true or false and false", True),
        ("(true or false) and false", False),
        ("not false and false", False),
        ("'a' if invoice.final else 'b'", "a"),
        ("'a' if invoice.days > 9 else 'b' if invoice.days > 6 else 'c'", "b"),
        ("1 if invoice.final", 1),
        ("'x' ~ 'y'", "xy"),
        ("invoice.number ~ '/' ~ invoice.days ~ 1.50 ~ invoice.date", "INV-1/71.502026-01-31"),
        ("invoice.final ~ invoice.changed", "true2026-01-31T09:30:00Z"),
        ("'a' ~ 2 * 3", "a6"),
        ("'a' ~ (1 + 2)", "a3"),
        ("invoice.note is present", True),
        ("invoice.note is missing", False),
        ("invoice.note is not missing", True),
        ("not invoice.note is present", False),
        ("invoice.note is present and invoice.days == 7", True),
        ("'a' if invoice.note is present else 'b'", "a"),
        ("(invoice.note ~ 'x') is present", True),
        ("invoice.tags is present", True),
        ("invoice.project is present", True),
        ("5 is present", True),
        ("invoice.note | upper ~ 'x'", "Nx"),
        ("(invoice.note ~ 'x') | upper", "NX"),
    ],
)
def test_an_expression_comes_to_what_its_grammar_says(tmp_path: Path, expression: str, made: Any) -> None:
    value = evaluated(tmp_path, expression, **VALUES)
    assert (value, type(value) is bool) == (made, type(made) is bool)


ABSENT_COMPARISONS = [
    "invoice.days == 7",
    "invoice.days != 7",
    "7 != invoice.days",
    "invoice.days < 7",
    "invoice.days >= 7",
    "invoice.days == invoice.days",
    "invoice.days == invoice.project.due_days",
    "invoice.days != invoice.project.due_days",
    "invoice.days in [7]",
    "invoice.days not in [7]",
    "invoice.days not in []",
    "invoice.note in invoice.tags",
    "invoice.note not in invoice.tags",
    "'a' not in invoice.tags",
    "'a' in invoice.tags",
    "settings.unset == 'a'",
    "settings.unset != 'a'",
    "1 < invoice.days < 9",
    "invoice.due_date > invoice.date",
    "(invoice.days + 1) == 8",
    "(invoice.note ~ 'a') != 'b'",
    "(invoice.note | upper) == 'B'",
]


@pytest.mark.parametrize("expression", ABSENT_COMPARISONS)
def test_a_comparison_with_something_absent_is_not_true(tmp_path: Path, expression: str) -> None:
    assert evaluated(tmp_path, expression) is False
    assert evaluated(tmp_path, f"not ({expression})") is True


def test_an_absent_element_of_a_list_literal_is_equal_to_nothing(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "invoice.number in [invoice.note, 'INV-1']") is True
    assert evaluated(tmp_path, "invoice.number in [invoice.note]") is False
    assert evaluated(tmp_path, "invoice.note in [invoice.note]") is False


@pytest.mark.parametrize(
    "expression",
    [
        "invoice.days + 1",
        "1 - invoice.days",
        "invoice.days * 0",
        "invoice.days / 2",
        "1 / invoice.days",
        "-invoice.days",
        "invoice.note ~ 'x'",
        "'x' ~ invoice.days ~ 'y'",
        "invoice.note",
        "invoice.project",
        "invoice.project.number",
        "settings.unset",
        "settings.start",
        "invoice.final",
        "invoice.note if true",
        "1 if invoice.final",
        "invoice.note if true else 'x'",
    ],
)
def test_what_is_computed_from_something_absent_is_absent(tmp_path: Path, expression: str) -> None:
    assert evaluated(tmp_path, expression) is LEFT_OUT
    assert evaluated(tmp_path, f"({expression}) is missing") is True
    assert evaluated(tmp_path, f"({expression}) is present") is False


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("invoice.final and true", False),
        ("true and invoice.final", False),
        ("invoice.final or true", True),
        ("true or invoice.final", True),
        ("invoice.final or false", False),
        ("not invoice.final", True),
        ("'a' if invoice.final else 'b'", "b"),
        ("'a' if not invoice.final else 'b'", "a"),
        ("invoice.final or invoice.days > 3 or invoice.note is missing", True),
    ],
)
def test_something_absent_counts_as_false(tmp_path: Path, expression: str, made: Any) -> None:
    assert evaluated(tmp_path, expression) == made


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("false and 1 / invoice.days == 1", False),
        ("true or 1 / invoice.days == 1", True),
        ("invoice.days != 0 and 1 / invoice.days == 1", False),
        ("1 / invoice.days if invoice.days != 0 else 5", 5),
        ("5 if invoice.days == 0 else 1 / invoice.days", 5),
        ("5 if true or (invoice.note | date) == run.date else 6", 5),
    ],
)
def test_an_unused_branch_refuses_no_record(tmp_path: Path, expression: str, made: Any) -> None:
    assert evaluated(tmp_path, expression, days=0, note="no date") == made


def test_a_chain_of_comparisons_compares_each_pair(tmp_path: Path) -> None:
    expression = "invoice.total_ex_vat <= invoice.total_inc_vat < 200"
    assert evaluated(tmp_path, expression) is True
    assert evaluated(tmp_path, expression, total_inc_vat=Decimal(200)) is False
    assert evaluated(tmp_path, expression, total_inc_vat=Decimal(99)) is False


def test_the_same_expression_in_several_expressions_has_one_value(tmp_path: Path) -> None:
    expression = "(invoice.days * 2) + (invoice.days * 2) if invoice.days * 2 > 3 else invoice.days * 2"
    assert evaluated(tmp_path, expression, days=2) == 8
    assert evaluated(tmp_path, expression, days=1) == 2


def test_a_path_goes_through_absent_objects_at_every_step(tmp_path: Path) -> None:
    for project in (None, {}, {"number": None}, {"number": " "}):
        assert evaluated(tmp_path, "invoice.project.number", project=project) is LEFT_OUT
