"""`where` of a lookup: only some rows of the table count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.mapping.describe.explaining import Explaining
from engine.mapping.describe.reference import field_reference
from engine.mapping.describe.tracing import traced
from tests.engine.mapping.mapping_kit import (
    RUN,
    SETTINGS,
    TABLES,
    compiled,
    field_rule,
    mapped,
    record,
    refused,
    rule_mistakes,
)

LEFT_OUT = ...
ROWS: list[dict[str, Any]] = [
    {"Code": "200", "Name": "Sales", "Type": "REVENUE", "Rate": 21},
    {"Code": "400", "Name": "Advertising", "Type": "EXPENSE"},
    {"Code": "401", "Name": "Advertising", "Type": "REVENUE"},
    {"Code": "Sales", "Name": "Odd", "Type": "EXPENSE"},
]


def rule(where: str, by: str = "[Code, Name]", more: str = "") -> str:
    condition = f'where: "{{{{ {where} }}}}"'
    lookup = f"lookup: {{in: accounts, by: {by}, give: Code, {condition}}}"
    return f'Reference: {{value: "{{{{ invoice.note }}}}", {lookup}{more}}}'


def found(folder: Path, where: str, note: str | None, more: str = "", **values: Any) -> Any:
    program = compiled(folder, invoices=field_rule(rule(where, more=more))).mappings["invoices"]
    made = program.link(SETTINGS, {**TABLES, "accounts": ROWS}, RUN)(record(note=note, **values))
    return [one.reason for one in made] if isinstance(made, tuple) else made.body.get("Reference", ...)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("where", "note", "values", "made"),
    [
        ("row.Type == 'REVENUE'", "Advertising", {}, "401"),
        ("row.Type == 'EXPENSE'", "Advertising", {}, "400"),
        ("row.Type == 'REVENUE'", "200", {}, "200"),
        # The first column that has the key in a row that is kept decides.
        ("row.Type == 'EXPENSE'", "Sales", {}, "Sales"),
        ("row.Type == 'REVENUE'", "Sales", {}, "200"),
        ("row.Type == invoice.reference", "Advertising", {"reference": "EXPENSE"}, "400"),
        ("row.Code == settings.revenue_account", "Sales", {}, "200"),
        ("row.Rate is present", "Sales", {}, "200"),
        ("row.Rate > 20 and invoice.final", "Sales", {"final": True}, "200"),
        ("row.Type | lower == 'revenue'", "Advertising", {}, "401"),
        ("true", "200", {}, "200"),
        ("row.Type == 'REVENUE'", None, {}, LEFT_OUT),
    ],
)
def test_only_rows_for_which_it_is_true_count(
    tmp_path: Path, where: str, note: str | None, values: dict[str, Any], made: Any
) -> None:
    assert found(tmp_path, where, note, **values) == made


def test_a_value_without_such_a_row_refuses_the_record_and_names_a_row_that_would_do(tmp_path: Path) -> None:
    (reason,) = found(tmp_path, "row.Type == 'REVENUE'", "402")
    assert reason == (
        'Reference: accounts has no row whose Code or Name is "402" among those with '
        """row.Type == 'REVENUE'; nearest: "401" (Advertising)"""
    )
    (reason,) = found(tmp_path, "row.Type == 'EXPENSE'", "402")
    assert reason.endswith('nearest: "400" (Advertising)')


def test_optional_makes_it_absent_and_a_default_takes_its_place(tmp_path: Path) -> None:
    assert found(tmp_path, "row.Type == 'BANK'", "200", ", optional: true") is LEFT_OUT
    assert found(tmp_path, "row.Type == 'BANK'", "200", ", optional: true, default: none") == "none"
    assert found(tmp_path, "row.Type == 'REVENUE'", "200", ", optional: true") == "200"


def test_rows_that_are_kept_and_differ_refuse_the_record(tmp_path: Path) -> None:
    (reason,) = found(tmp_path, "row.Type is present", "Advertising")
    assert 'differ in Code: "400" and "401"' in reason


def test_a_condition_that_fails_for_another_row_refuses_nothing(tmp_path: Path) -> None:
    rows = [{"Code": "1", "Rate": 2}, {"Code": "2", "Rate": 0}]
    text = field_rule(rule("10 / row.Rate > 1", by="Code", more=", optional: true"))
    program = compiled(tmp_path, invoices=text).mappings["invoices"]
    run = program.link(SETTINGS, {**TABLES, "accounts": rows}, RUN)
    made: Any = run(record(note="1"))
    assert made.body["Reference"] == "1"
    made = run(record(note="2"))
    assert [one.code for one in made] == ["mapping.failed"]


def test_it_sees_the_names_around_it_in_a_list(tmp_path: Path) -> None:
    text = """\
Anything:
  each: "{{ invoice.lines }}"
  as: line
  fields:
    Code:
      value: "{{ line.name }}"
      lookup: {in: accounts, by: Name, give: Code, where: "{{ row.Type == line.tax_category }}"}"""
    lines = [
        {"name": "Advertising", "tax_category": "EXPENSE"},
        {"name": "Advertising", "tax_category": "REVENUE"},
    ]
    program = compiled(tmp_path, invoices=field_rule(text)).mappings["invoices"]
    made: Any = program.link(SETTINGS, {**TABLES, "accounts": ROWS}, RUN)(record(lines=lines))
    assert made.body["Anything"] == [{"Code": "400"}, {"Code": "401"}]
    assert "lines.tax_category" in program.paths
    assert not [path for path in program.paths if "Type" in path]


@pytest.mark.parametrize(
    ("where", "mistake"),
    [
        ("row.Tpye == 'x'", ("M204", "Tpye")),
        ("row.Type", ("M217", "row.Type")),
        ("row.Rate == 'x'", ("M210", "'x'")),
        ("rwo.Type == 'x'", ("M201", "rwo")),
        ("line.name == 'x'", ("M201", "line")),
    ],
)
def test_what_is_wrong_with_it_is_reported_at_its_place(
    tmp_path: Path, where: str, mistake: tuple[str, str]
) -> None:
    assert rule_mistakes(tmp_path, rule(where)) == [mistake]


def test_row_is_known_in_where_alone_and_must_not_be_a_name_around_it(tmp_path: Path) -> None:
    assert rule_mistakes(tmp_path, 'Reference: "{{ row.Code }}"') == [("M201", "row")]
    field = rule("row.Type is present").replace("invoice.note", "row.name")
    text = f'Anything: {{each: "{{{{ invoice.lines }}}}", as: row, fields: {{{field}}}}}'
    assert [code for code, _ in rule_mistakes(tmp_path, text)] == ["M105"]


def test_required_does_not_blame_the_row(tmp_path: Path) -> None:
    (refusal,) = refused(
        tmp_path, rule("row.Type == 'BANK'", more=", optional: true, required: true"), note="200"
    )
    assert "row.Type" not in refusal.reason
    assert "invoice.note" in refusal.reason


def test_it_is_explained_and_described(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule(rule("row.Type == invoice.reference")))
    tables = {**TABLES, "accounts": ROWS}
    program = traced(programs, "invoices").link(SETTINGS, tables, RUN)
    _, trace = program(record(note="Advertising", reference="REVENUE"))
    (row,) = [one for one in Explaining(program, tables).fields(trace) if one.path == "Reference"]
    assert row.lookup is not None
    assert row.lookup.row == ROWS[2]
    assert {read.path for read in row.reads} == {"invoice.note", "invoice.reference"}
    _, trace = program(record(note="Advertising", reference="BANK"))
    (row,) = [one for one in Explaining(program, tables).fields(trace) if one.path == "Reference"]
    assert row.why == 'accounts has no row for "Advertising" where row.Type == invoice.reference'
    (mapping,) = field_reference(programs.pack, programs.order)
    (described,) = [one.lookup for one in mapping.rows if one.path == "Reference"]
    assert described == (
        "accounts: by Code or Name, gives Code, where row.Type == invoice.reference; refused if not found"
    )


def test_a_plain_true_or_false_is_a_condition_too(tmp_path: Path) -> None:
    lookup = "lookup: {in: accounts, by: Code, give: Code, where: false}"
    text = f'Reference: {{value: "{{{{ invoice.note }}}}", {lookup}, optional: true}}'
    assert mapped(tmp_path, text, note="200") is LEFT_OUT
