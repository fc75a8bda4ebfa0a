"""The functions of expressions: what they make, what absent does to them, what they take."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.mapping.syntax.language import FUNCTIONS
from tests.engine.mapping.mapping_kit import evaluated, expression_mistakes, hint_of, mapped, refused

LEFT_OUT = ...
AMOUNTS = [Decimal("1.10"), Decimal("2.20")]
LINES = [
    {"quantity": Decimal("1.50"), "position": 2},
    {"name": "x"},
    {"quantity": Decimal("-0.5"), "position": 3},
]


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("invoice.date | plus_days(14)", "2026-02-14"),
        ("invoice.date | plus_days(-31)", "2025-12-31"),
        ("invoice.date | plus_days(settings.due_days)", "2026-02-14"),
        ("invoice.date | plus_days(invoice.days * 2)", "2026-02-06"),
        ("run.date | plus_days(1)", "2026-03-02"),
        ("'2026-02-28' | date", "2026-02-28"),
        ("'2026-02-28T23:59:59+02:00' | date", "2026-02-28"),
        ("'2026-02-28 10:00' | date | plus_days(1)", "2026-03-01"),
        ("' 2026-02-28 ' | date", "2026-02-28"),
        ("invoice.date | date", "2026-01-31"),
        ("invoice.changed | date", "2026-02-01"),
        ("invoice.days | text", "3"),
        ("12.50 | text", "12.50"),
        ("invoice.date | text", "2026-01-31"),
        ("invoice.changed | text", "2026-02-01T00:30:00Z"),
        ("invoice.final | text", "true"),
        ("invoice.number | text", "INV-1"),
        ("invoice.number | lower", "inv-1"),
        ("'straße' | upper", "STRASSE"),
        ("' a b ' | trim", "a b"),
        ("' Stra\u00dfe  1\u200b ' | fold", "strasse 1"),
        ("'\ufb01nance' | fold", "finance"),
        ("('Cafe\u0301' | fold) == ('CAF\u00c9' | fold)", True),
        ("'a-b-c' | replace('-', '+')", "a+b+c"),
        ("'a-b' | replace('-', '')", "ab"),
        ("'a.b' | replace('.', invoice.currency)", "aEURb"),
        ("'a%b&c/d ü' | url_quote", "a%25b%26c%2Fd%20%C3%BC"),
        ("invoice.tags | count", 2),
        ("invoice.lines | count", 3),
        ("'a; ;b' | split(';') | count", 2),
    ],
)
def test_a_function_makes_what_it_says(tmp_path: Path, expression: str, made: Any) -> None:
    changed = datetime.datetime(2026, 2, 1, 0, 30, tzinfo=datetime.UTC)
    values: dict[str, Any] = {
        "days": 3,
        "final": True,
        "tags": ["a", "b"],
        "changed": changed,
        "lines": LINES,
    }
    assert evaluated(tmp_path, expression, **values) == made


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        ("1.005 | round(2)", "1.01"),
        ("-1.005 | round(2)", "-1.01"),
        ("2.5 | round", "3"),
        ("-2.5 | round", "-3"),
        ("5 | round(2)", "5.00"),
        ("12.5 | round(4)", "12.5000"),
        ("-12.50 | abs", "12.50"),
        ("12.50 | abs", "12.50"),
        ("-3 | abs", "3"),
        ("-1.23456789012345678901234567890123 | abs", "1.23456789012345678901234567890123"),
        ("invoice.amounts | sum", "3.30"),
        ("invoice.lines | sum('quantity')", "1.00"),
        ("invoice.lines | sum('position')", "5"),
        ("settings.amounts | sum", "3.30"),
        ("(invoice.days if invoice.final else invoice.total_ex_vat) | abs", "3"),
        ("invoice.amounts | sum | abs", "3.30"),
    ],
)
def test_a_function_keeps_the_digits_of_numbers(tmp_path: Path, expression: str, made: str) -> None:
    values = {"amounts": AMOUNTS, "lines": LINES, "days": -3, "final": True}
    assert str(evaluated(tmp_path, expression, settings={"amounts": AMOUNTS}, **values)) == made


def test_the_sum_and_count_of_an_empty_list_are_zero(tmp_path: Path) -> None:
    for expression in ("invoice.amounts | sum", "invoice.amounts | sum | abs", "-(invoice.amounts | sum)"):
        assert evaluated(tmp_path, expression, amounts=[]) == 0
    assert evaluated(tmp_path, "invoice.lines | sum('quantity')", lines=[{"name": "a"}]) == 0
    assert evaluated(tmp_path, "invoice.tags | count", tags=[]) == 0


def test_split_drops_blank_pieces_and_trims_the_others(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "invoice.note | split(',')", note=" a, ,b c ,,") == ["a", "b c"]
    assert evaluated(tmp_path, "invoice.note | split(' ')", note="a  b") == ["a", "b"]
    assert mapped(tmp_path, "Tags: \"{{ invoice.note | split('x') }}\"", note="axb") == ["a", "b"]


@pytest.mark.parametrize(
    "expression",
    [
        "invoice.due_date | plus_days(3)",
        "invoice.date | plus_days(invoice.days)",
        "invoice.note | date",
        "invoice.due_date | date",
        "invoice.changed | date",
        "invoice.days | text",
        "invoice.note | text",
        "invoice.days | round(2)",
        "invoice.days | abs",
        "invoice.total_ex_vat | abs",
        "invoice.note | upper",
        "invoice.note | lower",
        "invoice.note | trim",
        "invoice.note | fold",
        "invoice.note | replace('a', 'b')",
        "invoice.number | replace('a', invoice.note)",
        "invoice.number | replace(invoice.note, 'a')",
        "invoice.note | split(',')",
        "invoice.number | split(invoice.note)",
        "invoice.amounts | sum",
        "invoice.lines | sum('quantity')",
        "invoice.tags | count",
        "invoice.note | url_quote",
    ],
)
def test_a_function_of_something_absent_is_absent(tmp_path: Path, expression: str) -> None:
    assert evaluated(tmp_path, expression, lines=None, total_ex_vat=None) is LEFT_OUT


@pytest.mark.parametrize(
    "expression",
    [
        "invoice.note | trim",
        "invoice.note | fold",
        "invoice.note | replace('x', '')",
        "invoice.note | replace('x', ' ')",
    ],
)
def test_a_function_that_leaves_blanks_is_absent(tmp_path: Path, expression: str) -> None:
    assert evaluated(tmp_path, expression, note="x" if "x" in expression else " ") is LEFT_OUT


def test_every_function_is_tested_here() -> None:
    known = {
        "plus_days",
        "date",
        "text",
        "round",
        "abs",
        "upper",
        "lower",
        "trim",
        "fold",
        "replace",
        "split",
    }
    assert set(FUNCTIONS) == known | {"first", "last", "sum", "count", "url_quote"}  # see also test_items.py
    assert all(function.sentence for function in FUNCTIONS.values())


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ("invoice.note | plus_days(3)", ("M210", "invoice.note")),
        ("invoice.date | plus_days('3')", ("M210", "'3'")),
        ("invoice.date | plus_days(1.5)", ("M210", "1.5")),
        ("invoice.date | plus_days", ("M212", "plus_days")),
        ("invoice.date | plus_days(1, 2)", ("M212", "plus_days")),
        ("invoice.days | date", ("M210", "invoice.days")),
        ("invoice.lines | text", ("M210", "invoice.lines")),
        ("invoice.project | text", ("M210", "invoice.project")),
        ("invoice.raw | text", ("M210", "invoice.raw")),
        ("invoice.note | round", ("M210", "invoice.note")),
        ("1.5 | round(13)", ("M212", "13")),
        ("1.5 | round(-1)", ("M212", "-1")),
        ("1.5 | round(invoice.days)", ("M212", "invoice.days")),
        ("1.5 | round('2')", ("M210", "'2'")),
        ("1.5 | round(2, 3)", ("M212", "round")),
        ("invoice.note | abs", ("M210", "invoice.note")),
        ("invoice.days | upper", ("M210", "invoice.days")),
        ("invoice.date | lower", ("M210", "invoice.date")),
        ("invoice.total_ex_vat | trim", ("M210", "invoice.total_ex_vat")),
        ("invoice.note | upper(1)", ("M212", "upper")),
        ("invoice.note | replace('a')", ("M212", "replace")),
        ("invoice.note | replace('', 'b')", ("M212", "''")),
        ("invoice.note | replace(1, 'b')", ("M210", "1")),
        ("invoice.note | split", ("M212", "split")),
        ("invoice.note | split('')", ("M212", "''")),
        ("invoice.tags | split(',')", ("M210", "invoice.tags")),
        ("invoice.note | sum", ("M210", "invoice.note")),
        ("invoice.tags | sum", ("M210", "invoice.tags")),
        ("invoice.lines | sum", ("M212", "sum")),
        ("invoice.lines | sum('name')", ("M210", "'name'")),
        ("invoice.lines | sum('quantty')", ("M204", "'quantty'")),
        ("invoice.lines | sum(invoice.note)", ("M212", "invoice.note")),
        ("invoice.amounts | sum('x')", ("M212", "'x'")),
        ("invoice.note | count", ("M210", "invoice.note")),
        ("invoice.days | url_quote", ("M210", "invoice.days")),
        ("invoice.note | upper(x=1)", ("M109", "upper")),
        ("invoice.note | replace(*invoice.tags)", ("M109", "replace")),
        ("invoice.note | uper", ("M211", "uper")),
        ("invoice.note | default('x')", ("M211", "default")),
        ("invoice.note | attr('x')", ("M211", "attr")),
        ("invoice.note | format", ("M211", "format")),
        ("invoice.note | a.b", ("M211", "a.b")),
    ],
)
def test_operands_and_arguments_are_checked(
    tmp_path: Path, expression: str, mistake: tuple[str, str]
) -> None:
    marks = expression_mistakes(tmp_path, expression)
    # Of a name with a dot only the first word is marked.
    assert marks in ([mistake], [(mistake[0], mistake[1].partition(".")[0])])


def test_an_unknown_function_gets_a_did_you_mean_or_what_to_do_instead(tmp_path: Path) -> None:
    assert '"upper"' in hint_of(tmp_path, 'Reference: "{{ invoice.note | uper }}"')
    assert "default" in hint_of(tmp_path, "Reference: \"{{ invoice.note | default('x') }}\"")
    assert "| text" in hint_of(tmp_path, 'Reference: "{{ invoice.days | upper }}"')


@pytest.mark.parametrize("text", ["31-01-2026", "soon", "2026-13-01", "２０２６-01-31", "2026-1-1"])
def test_text_that_is_no_date_refuses_the_record_at_its_place(tmp_path: Path, text: str) -> None:
    (one,) = refused(tmp_path, 'Date: "{{ invoice.note | date }}"', note=text)
    assert (one.code, one.where.rpartition("/")[2]) == ("mapping.failed", "invoices.yaml:12:28")
    assert f'"{text}"' in one.reason
    assert "invoice.note" in one.reason


@pytest.mark.parametrize("days", [10**12, 4_000_000, -4_000_000])
def test_a_date_beyond_the_calendar_refuses_the_record(tmp_path: Path, days: int) -> None:
    (one,) = refused(tmp_path, 'Date: "{{ invoice.date | plus_days(invoice.days) }}"', days=days)
    assert one.code == "mapping.failed"
    assert f"invoice.days = {days}" in one.reason


@pytest.mark.parametrize("call", ["replace('' ~ '', 'x')", "split('' ~ '')"])
def test_nothing_is_replaced_or_split_by_nothing(tmp_path: Path, call: str) -> None:
    made = refused(tmp_path, f'Anything: "{{{{ invoice.note | {call} }}}}"', note="ab")
    assert [one.code for one in made] == ["mapping.failed"]
