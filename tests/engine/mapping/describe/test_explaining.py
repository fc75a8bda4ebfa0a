"""Explaining: for each field its value, its rule, the branch that won, what was read, the row of a table."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.mapping.describe.explaining import Explained, Explaining
from engine.mapping.describe.tracing import traced
from engine.model.payload import Payload
from tests.engine.mapping.mapping_kit import RUN, SETTINGS, TABLES, compiled, field_rule, record


def explained(
    folder: Path, rule: str, settings: dict[str, Any] | None = None, **values: Any
) -> dict[str, Explained]:
    programs = compiled(folder, invoices=field_rule(rule))
    build = traced(programs, "invoices").link({**SETTINGS, **(settings or {})}, TABLES, RUN)
    _, trace = build(record(**values))
    return {one.path: one for one in Explaining(build, TABLES).fields(trace)}


def one(folder: Path, rule: str, **values: Any) -> Explained:
    return explained(folder, rule, **values)[rule.split(":")[0]]


def test_an_expression_is_shown_with_its_value_its_place_and_what_it_read(tmp_path: Path) -> None:
    found = one(tmp_path, 'Reference: "{{ invoice.number }}"')
    assert (found.value, found.text, found.why) == ("INV-1", "invoice.number", "")
    assert (found.rule.line, found.rule.column) == (12, 14)
    assert [(read.path, read.source, read.value) for read in found.reads] == [
        ("invoice.number", "psohub.invoices.number", "INV-1")
    ]


def test_dates_are_shown_as_they_go_on_the_wire(tmp_path: Path) -> None:
    found = one(tmp_path, 'Date: "{{ invoice.date }}"')
    assert (found.value, found.reads[0].value) == ("2026-01-31", "2026-01-31")


DUE = """\
DueDate:
  first:
    - "{{ invoice.due_date }}"
    - {value: "{{ invoice.date | plus_days(invoice.project.due_days) }}", when: "{{ invoice.final }}"}
    - "{{ invoice.date | plus_days(settings.due_days) }}"
"""


def test_of_a_first_the_branch_that_won_is_named_and_why_the_earlier_ones_did_not(tmp_path: Path) -> None:
    found = one(tmp_path, DUE, final=False, project={"due_days": 3})
    assert found.branch is not None
    assert (found.branch.number, found.branch.of, found.branch.rule.line) == (3, 3, 16)
    assert [(branch.number, branch.why) for branch in found.passed] == [
        (1, "invoice.due_date is absent"),
        (2, "when is not true: invoice.final (invoice.final is false)"),
    ]
    assert [read.path for read in found.reads] == [
        "invoice.due_date", "invoice.final", "invoice.date", "invoice.project.due_days", "settings.due_days"
    ]  # fmt: skip


def test_branches_after_the_one_that_won_are_not_shown(tmp_path: Path) -> None:
    found = one(tmp_path, DUE, final=True, project={"due_days": 3})
    assert found.branch is not None
    assert (found.branch.number, found.value) == (2, "2026-02-03")
    assert "settings.due_days" not in [read.path for read in found.reads]


def test_a_default_is_shown_as_the_branch_that_won(tmp_path: Path) -> None:
    found = one(tmp_path, 'Reference: {value: "{{ invoice.note }}", default: none}')
    assert found.branch is not None
    assert (found.value, found.branch.number, found.branch.text) == ("none", 0, '"none"')


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ('Reference: "{{ invoice.note }}"', "invoice.note is absent"),
        (
            'Reference: "{{ invoice.note ~ invoice.reference }}"',
            "invoice.note and invoice.reference are absent",
        ),
        (
            "Reference: {value: x, when: \"{{ invoice.status == 'paid' }}\"}",
            "when is not true: invoice.status == 'paid' (invoice.status is \"sent\")",
        ),
        ('Reference: {first: ["{{ invoice.note }}", ""]}', "none of its rules has a value"),
        ('Reference: {join: ["{{ invoice.note }}"]}', "invoice.note is absent"),
        (
            "Reference: {value: Low, lookup: {in: tax_types, by: [category]}, optional: true}",
            'tax_types has no row for "Low"',
        ),
        (
            "Reference: \"{{ invoice.number | replace(invoice.number, '') }}\"",
            'the result is absent (invoice.number is "INV-1")',
        ),
    ],
)
def test_a_field_that_is_left_out_says_why(tmp_path: Path, rule: str, why: str) -> None:
    found = one(tmp_path, rule)
    assert (found.value, found.why) == (None, why)


def test_a_literal_null_is_no_absent_field(tmp_path: Path) -> None:
    found = one(tmp_path, "Reference: null")
    assert (found.value, found.why) == (None, "")


def test_the_row_of_a_table_is_shown_with_the_column_that_had_the_hit(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", lookup: {in: accounts, by: [Code, Name], give: Code}}'
    looked = one(tmp_path, rule, note=" Sales ").lookup
    assert looked is not None
    assert looked.row is not None
    assert (looked.table, looked.column, looked.key, looked.row["Rate"]) == (
        "accounts", "Name", " Sales ", Decimal(21)
    )  # fmt: skip


LINES = """\
Anything:
  each: "{{ invoice.lines }}"
  as: line
  where: "{{ line.number != '2' }}"
  fields:
    Number: "{{ line.number }}"
    Details: {each: "{{ line.details }}", as: detail, fields: {Note: "{{ line.number ~ detail.note }}"}}
"""


def test_items_are_shown_by_their_place_in_the_payload(tmp_path: Path) -> None:
    lines = [
        {"number": "1", "details": [{"note": "a"}, {"note": "b"}]},
        {"number": "2"},
        {"number": "3", "details": [{"note": "c"}]},
    ]
    found = explained(tmp_path, LINES, lines=lines)
    told = {path: row.value for path, row in found.items() if path.startswith("Anything[")}
    assert told["Anything[1].Number"] == "3"
    assert told["Anything[0].Details[1].Note"] == "1b"
    assert told["Anything[1].Details[0].Note"] == "3c"
    assert "Anything[2].Number" not in told


def test_parts_of_a_list_are_shown_by_their_place_though_some_are_absent(tmp_path: Path) -> None:
    rule = """\
Anything:
  list:
    - {when: "{{ invoice.final }}", fields: {Name: first}}
    - fields: {Name: "{{ invoice.number }}"}
"""
    found = explained(tmp_path, rule, final=False)
    assert found["Anything[0].Name"].value == "INV-1"
    assert "Anything[1].Name" not in found


def test_a_shape_is_shown_where_it_is_used_by_the_rules_of_its_own_file(tmp_path: Path) -> None:
    shape = "mapping: lines\nshape: {from: psohub.invoices.lines, as: line, to: xero.invoices.LineItems}\n"
    lines = f'{shape}fields:\n  Description: "{{{{ line.name }}}}"\n'
    text = field_rule("").replace(
        "  LineItems:\n    list:\n      - fields: {Description: Work}\n",
        '  LineItems: {each: "{{ invoice.lines }}", use: lines}\n',
    )
    programs = compiled(tmp_path, invoices=text, lines=lines)
    build = traced(programs, "invoices").link(SETTINGS, TABLES, RUN)
    outcome, trace = build(record(lines=[{"name": "Work"}, {"name": "Travel"}]))
    assert isinstance(outcome, Payload)
    found = {row.path: row for row in Explaining(build, TABLES).fields(trace)}
    assert found["LineItems[1].Description"].value == "Travel"
    assert found["LineItems[1].Description"].rule.file.endswith("lines.yaml")


def test_what_where_read_is_shown_with_its_places(tmp_path: Path) -> None:
    text = field_rule("Reference: x").replace(
        "as: invoice}", "as: invoice, where: \"{{ invoice.status == 'paid' }}\"}"
    )
    programs = compiled(tmp_path, invoices=text)
    build = traced(programs, "invoices").link(SETTINGS, TABLES, RUN)
    outcome, trace = build(record())
    assert (outcome, trace.where) == (None, False)
    (read,) = Explaining(build, TABLES).where(trace)
    assert (read.path, read.source, read.value) == ("invoice.status", "psohub.invoices.status", "sent")


def test_the_build_that_maps_has_nothing_of_the_tracing_in_it(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule(DUE))
    before = programs.mappings["invoices"].code
    traced(programs, "invoices")
    assert programs.mappings["invoices"].code == before
    assert "enter(" not in before
    assert "leave(" not in before
