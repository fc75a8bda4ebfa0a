"""Scalars as rules: literals get their type from the field, expressions keep theirs, blank is absent."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.mapping.mapping_kit import evaluated, mapped, rule_mistakes

LEFT_OUT = ...


@pytest.mark.parametrize(
    "written", ["200", "0200", "1.10", "NO", "on", "1:30", "1e3", "true", "2026-01-31", "007"]
)
def test_a_plain_scalar_in_a_text_field_keeps_its_text(tmp_path: Path, written: str) -> None:
    assert mapped(tmp_path, f"Reference: {written}") == written


@pytest.mark.parametrize("quoted", ['"200"', "'0200'", '"true"', "'null'", '"~"', '"NO"'])
def test_quoted_text_is_text(tmp_path: Path, quoted: str) -> None:
    assert mapped(tmp_path, f"Reference: {quoted}") == quoted[1:-1]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("200", 200),
        ("-5", -5),
        ("1.10", Decimal("1.10")),
        ("0", 0),
        ("1e3", Decimal(1000)),
        ("0.00", Decimal("0.00")),
    ],
)
def test_a_plain_number_in_a_number_field_keeps_its_digits(tmp_path: Path, written: str, value: Any) -> None:
    made = mapped(tmp_path, f"CurrencyRate: {written}")
    assert (made, str(made)) == (value, str(value))


@pytest.mark.parametrize(
    "written", ["0200", "NO", '"200"', "true", "1_000", "+5", ".5", "0x1F", "1e999999", "NaN"]
)
def test_text_that_is_not_a_number_does_not_go_into_a_number_field(tmp_path: Path, written: str) -> None:
    assert rule_mistakes(tmp_path, f"CurrencyRate: {written}") == [("M224", written)]


@pytest.mark.parametrize("written", ["1.5", "1e2", "0200", "99999999999999999999999999999999999999999"])
def test_values_that_are_not_whole_numbers_do_not_go_into_a_whole_number_field(
    tmp_path: Path, written: str
) -> None:
    assert rule_mistakes(tmp_path, f"Days: {written}") == [("M224", written)]


@pytest.mark.parametrize("written", ["yes", "on", '"true"', "1", "True"])
def test_only_true_and_false_go_into_a_bool_field(tmp_path: Path, written: str) -> None:
    assert rule_mistakes(tmp_path, f"SentToContact: {written}") == [("M224", written)]
    assert mapped(tmp_path, "SentToContact: false") is False


def test_a_plain_date_goes_into_a_date_field_as_iso_text(tmp_path: Path) -> None:
    assert mapped(tmp_path, "Date: 2026-01-31") == "2026-01-31"
    assert mapped(tmp_path, "Changed: 2026-01-31T10:00:00+02:00") == "2026-01-31T08:00:00Z"
    assert rule_mistakes(tmp_path, "Date: 2026-02-30") == [("M224", "2026-02-30")]
    assert rule_mistakes(tmp_path, "Date: 31-01-2026") == [("M224", "31-01-2026")]


@pytest.mark.parametrize("null", ["null", "~", "{value: null}", "{value: ~, doc: cleared on purpose}"])
def test_a_literal_null_is_sent_as_null(tmp_path: Path, null: str) -> None:
    assert mapped(tmp_path, f"Reference: {null}") is None
    assert mapped(tmp_path, f"CurrencyRate: {null}") is None
    assert mapped(tmp_path, f"Note: {null}") is None


@pytest.mark.parametrize(
    ("rule", "sent"), [('Reference: ""', ""), ("Tags: []", []), ("Tags: {value: []}", [])]
)
def test_literal_empty_text_and_empty_list_are_sent_as_written(tmp_path: Path, rule: str, sent: Any) -> None:
    assert mapped(tmp_path, rule) == sent


@pytest.mark.parametrize("when", ["false", '"{{ invoice.final }}"'])
def test_a_literal_null_under_a_when_that_is_not_true_is_left_out(tmp_path: Path, when: str) -> None:
    assert mapped(tmp_path, f"Reference: {{value: null, when: {when}}}") is LEFT_OUT


@pytest.mark.parametrize("nothing", ["null", '""', '"  "'])
@pytest.mark.parametrize(
    "rule",
    [
        "Reference: {{first: [{}, x]}}",
        "Reference: {{join: [{}, x]}}",
        "Reference: {{value: x, default: {}}}",
    ],
)
def test_literal_nothing_is_absent_as_a_part(tmp_path: Path, rule: str, nothing: str) -> None:
    assert mapped(tmp_path, rule.format(nothing)) == "x"


def test_literal_nothing_is_absent_in_a_list_and_as_a_default(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Tags: {list: [null, x, "", " "]}') == ["x"]
    assert mapped(tmp_path, 'Reference: {value: "{{ invoice.note }}", default: ""}') is LEFT_OUT
    assert mapped(tmp_path, 'Tags: {value: "{{ invoice.tags }}", default: []}') is LEFT_OUT


def test_null_for_a_field_that_takes_no_null_is_a_mistake(tmp_path: Path) -> None:
    assert rule_mistakes(tmp_path, "Fixed: null") == [("M224", "null")]


def test_a_key_without_a_value_is_a_mistake(tmp_path: Path) -> None:
    assert [code for code, _ in rule_mistakes(tmp_path, "Reference:")] == ["M103"]


@pytest.mark.parametrize("blank", ["", " ", "   ", "\t\n", "\u00a0", "\u2003", "\u200b", " \ufeff\u00ad"])
def test_blank_text_out_of_an_expression_is_absent(tmp_path: Path, blank: str) -> None:
    assert mapped(tmp_path, 'Reference: "{{ invoice.note }}"', note=blank) is LEFT_OUT
    assert mapped(tmp_path, 'Reference: {first: ["{{ invoice.note }}", x]}', note=blank) == "x"
    assert mapped(tmp_path, 'Reference: {value: "{{ invoice.note }}", default: x}', note=blank) == "x"
    assert mapped(tmp_path, 'Reference: {join: ["{{ invoice.note }}", x]}', note=blank) == "x"
    assert evaluated(tmp_path, "invoice.note is present", note=blank) is False
    assert evaluated(tmp_path, "invoice.project.number is missing", project={"number": blank}) is True


@pytest.mark.parametrize(
    "expression", ["''", "'  '", "' ' ~ ' '", "'' if invoice.days == 3 else ' '", "' ' | upper"]
)
def test_blank_text_that_an_expression_computes_is_absent(tmp_path: Path, expression: str) -> None:
    assert evaluated(tmp_path, expression) is LEFT_OUT
    assert evaluated(tmp_path, f"({expression}) is present") is False


def test_an_empty_list_or_object_out_of_an_expression_is_absent(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Tags: "{{ invoice.tags }}"', tags=[]) is LEFT_OUT
    assert mapped(tmp_path, 'Tags: {first: ["{{ invoice.tags }}", {list: [x]}]}', tags=[]) == ["x"]
    assert mapped(tmp_path, """Tags: "{{ invoice.note | split(',') }}" """.strip(), note=" , ") is LEFT_OUT
    assert evaluated(tmp_path, "invoice.project", project={}) is LEFT_OUT
    assert evaluated(tmp_path, "invoice.tags is present", tags=[]) is False


@pytest.mark.parametrize("nothing", ["  ", [], {}, None])
def test_nothing_in_a_field_of_any_type_is_absent(tmp_path: Path, nothing: Any) -> None:
    assert evaluated(tmp_path, "invoice.raw", raw=nothing) is LEFT_OUT


def test_an_object_taken_complete_goes_out_without_absent_members_and_with_dates_as_iso_text(
    tmp_path: Path,
) -> None:
    raw = {
        "day": datetime.date(2026, 1, 31),
        "none": None,
        "list": [{"a": None, "b": 1}],
        "zero": 0,
        "no": False,
    }
    sent = {"day": "2026-01-31", "list": [{"b": 1}], "zero": 0, "no": False}
    assert evaluated(tmp_path, "invoice.raw", raw=raw) == sent
    assert evaluated(tmp_path, "invoice.project", project={"number": "7", "id": None}) == {"number": "7"}


def test_a_null_written_inside_an_object_is_sent(tmp_path: Path) -> None:
    rule = "Anything: {fields: {a: null, b: {fields: {c: null}}, d: {list: [{fields: {e: null}}]}}}"
    assert mapped(tmp_path, rule) == {"a": None, "b": {"c": None}, "d": [{"e": None}]}


def test_a_field_that_is_absent_is_left_out(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Reference: "{{ invoice.note }}"') is LEFT_OUT
    assert mapped(tmp_path, 'Reference: "{{ invoice.project.number }}"') is LEFT_OUT


@pytest.mark.parametrize(
    ("name", "value"), [("days", 0), ("final", False), ("total_ex_vat", Decimal("0.00"))]
)
def test_zero_and_false_are_present(tmp_path: Path, name: str, value: Any) -> None:
    assert evaluated(tmp_path, f"invoice.{name}", **{name: value}) == value
    assert mapped(tmp_path, f'Anything: {{first: ["{{{{ invoice.{name} }}}}", x]}}', **{name: value}) == value


def test_an_expression_alone_keeps_its_type_and_text_around_expressions_makes_text(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "invoice.days", days=7) == 7
    assert mapped(tmp_path, 'Reference: "no {{ invoice.days }}"', days=7) == "no 7"
    assert (
        mapped(tmp_path, 'Reference: "{{ invoice.days }}{{ invoice.final }}"', days=7, final=True) == "7true"
    )


@pytest.mark.parametrize("absent", [None, "", " "])
def test_text_around_an_expression_that_is_absent_is_absent_completely(
    tmp_path: Path, absent: str | None
) -> None:
    assert mapped(tmp_path, 'Reference: "PO {{ invoice.note }}"', note=absent) is LEFT_OUT
    rule = 'Reference: "{{ invoice.number }}/{{ invoice.note }}"'
    assert mapped(tmp_path, rule, note=absent) is LEFT_OUT
    assert mapped(tmp_path, rule, note="x") == "INV-1/x"


def test_text_around_expressions_spells_every_scalar(tmp_path: Path) -> None:
    paths = ("days", "total_ex_vat", "date", "final", "changed")
    rule = f'Url: "{" ".join(f"{{{{ invoice.{one} }}}}" for one in paths)}"'
    changed = datetime.datetime(2026, 1, 31, 9, 30, tzinfo=datetime.UTC)
    made = mapped(tmp_path, rule, days=3, final=False, changed=changed, total_ex_vat=Decimal("12.50"))
    assert made == "3 12.50 2026-01-31 false 2026-01-31T09:30:00Z"


def test_text_around_expressions_keeps_its_own_blanks_and_line_ends(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Url: " {{ invoice.number }}\\n\\t{{ invoice.number }} "') == " INV-1\n\tINV-1 "
