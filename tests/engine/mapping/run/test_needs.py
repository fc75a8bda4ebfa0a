"""`needs`: an object, or an item of a list, that is not sent without some of its fields."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.mapping.describe.coverage import Coverage
from engine.mapping.describe.editor import MappingSchema
from engine.mapping.describe.explaining import Explaining
from engine.mapping.describe.reference import field_reference
from engine.mapping.describe.tracing import traced
from tests.engine.mapping.mapping_catalog import CATALOG
from tests.engine.mapping.mapping_kit import (
    RUN,
    SETTINGS,
    TABLES,
    compiled,
    field_rule,
    hint_of,
    mapped,
    record,
    refused,
    rule_mistakes,
)

LEFT_OUT = ...
TEXT = 'Text: "{{ invoice.note }}"'
NOTE = 'Note: {fields: {Text: "{{ invoice.note }}", By: "{{ invoice.reference }}"}, needs: [Text]}'
TAGS = """\
Anything:
  each: "{{ invoice.lines }}"
  as: line
  fields: {Option: "{{ line.name }}", Number: "{{ line.number }}", Left: x}
  needs: [Option, Number]"""
SHAPE = """\
mapping: lines
shape: {from: psohub.invoices.lines, as: line, to: xero.invoices.LineItems}
fields:
  Description: "{{ line.name }}"
  TaxType: "{{ line.tax_category }}"
"""


@pytest.mark.parametrize(
    ("rule", "values", "made"),
    [
        (NOTE, {"note": "a", "reference": "b"}, {"Text": "a", "By": "b"}),
        (NOTE, {"note": "a"}, {"Text": "a"}),
        (NOTE, {"reference": "b"}, LEFT_OUT),
        (NOTE, {"note": " ", "reference": "b"}, LEFT_OUT),
        (NOTE, {}, LEFT_OUT),
        ('Note: {fields: {Text: "", By: "{{ invoice.note }}"}, needs: [Text]}', {}, {"Text": ""}),
        ("Note: {fields: {Text: ~, By: x}, needs: Text}", {}, {"Text": None, "By": "x"}),
        ("Note: {fields: {Text: x, By: me}, needs: [Text, By]}", {}, {"Text": "x", "By": "me"}),
        (
            'Note: {fields: {Text: {value: "", when: "{{ invoice.final }}"}, By: x}, needs: [Text]}',
            {"final": False},
            LEFT_OUT,
        ),
        (
            'Note: {fields: {Text: "{{ invoice.note }}", By: x}, needs: [Text], default: {fields: {By: y}}}',
            {},
            {"By": "y"},
        ),
        (
            f"Note: {{first: [{{fields: {{{TEXT}, By: x}}, needs: [Text]}}, {{fields: {{By: z}}}}]}}",
            {},
            {"By": "z"},
        ),
        (
            f"Anything: {{list: [{{fields: {{{TEXT}}}, needs: Text}}, {{fields: {{B: y}}, needs: B}}]}}",
            {},
            [{"B": "y"}],
        ),
        (
            f"Anything: {{fields: {{A: {{fields: {{{TEXT}, C: x}}, needs: [Text]}}, D: x}}, needs: [A]}}",
            {},
            LEFT_OUT,
        ),
    ],
)
def test_an_object_is_left_out_without_what_it_needs(
    tmp_path: Path, rule: str, values: dict[str, Any], made: Any
) -> None:
    assert mapped(tmp_path, rule, **values) == made


def test_each_item_needs_its_own(tmp_path: Path) -> None:
    lines = [{"name": "a", "number": "1"}, {"name": "b"}, {"number": "3"}, {"name": "d", "number": "4"}]
    made = mapped(tmp_path, TAGS, lines=lines)
    assert made == [{"Option": "a", "Number": "1", "Left": "x"}, {"Option": "d", "Number": "4", "Left": "x"}]
    assert mapped(tmp_path, TAGS, lines=lines[1:3]) is LEFT_OUT


def test_needs_counts_the_fields_of_a_shape_and_those_over_it(tmp_path: Path) -> None:
    frame = field_rule("Reference: x")
    text = frame.replace(
        "list:\n      - fields: {Description: Work}",
        'each: "{{ invoice.lines }}"\n    use: lines\n    fields: {Position: "{{ line.position }}"}\n'
        "    needs: [TaxType, Position]",
    )
    programs = compiled(tmp_path, invoices=text, lines=SHAPE)
    run = programs.mappings["invoices"].link(SETTINGS, TABLES, RUN)
    lines = [
        {"name": "a", "tax_category": "High", "position": 1},
        {"name": "b", "tax_category": "High"},
        {"name": "c", "position": 2},
    ]
    body: Any = run(record(lines=lines))
    assert body.body["LineItems"] == [{"Description": "a", "TaxType": "High", "Position": 1}]


def test_an_inner_required_wins(tmp_path: Path) -> None:
    rule = 'Note: {fields: {Text: {value: "{{ invoice.note }}", required: true}, By: x}, needs: [Text]}'
    (refusal,) = refused(tmp_path, rule)
    assert (refusal.code, refusal.reason.partition(":")[0]) == ("mapping.required", "Note.Text")


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ("Note: {fields: {Text: x}, needs: [Txt]}", ("M203", "Txt")),
        ("Note: {fields: {Text: x}, needs: [By]}", ("M209", "By")),
        ("Note: {fields: {Text: x}, needs: []}", ("M103", "[")),
        ("Note: {fields: {Text: x}, needs: {Text: 1}}", ("M103", "{Text: 1}")),
        ("Anything: {fields: {A: x}, needs: [B]}", ("M209", "B")),
        ("Reference: {value: x, needs: [Text]}", ("M105", "needs")),
        ("Tags: {list: [x], needs: [Text]}", ("M105", "needs")),
        ("Note: {first: [{fields: {Text: x}}], needs: [Text]}", ("M105", "needs")),
        ('Anything: {each: "{{ invoice.lines }}", as: line, fields: {A: x}, needs: [B]}', ("M209", "B")),
    ],
)
def test_what_is_wrong_with_needs_is_reported_at_its_place(
    tmp_path: Path, rule: str, mistake: tuple[str, str]
) -> None:
    ((code, text),) = rule_mistakes(tmp_path, rule)
    assert code == mistake[0]
    assert text[:1] == mistake[1][:1]


def test_a_misspelt_name_gets_a_suggestion(tmp_path: Path) -> None:
    assert hint_of(tmp_path, "Note: {fields: {Text: x}, needs: [Txt]}") == 'did you mean "Text"?'
    assert hint_of(tmp_path, "Note: {fields: {Text: x}, needs: [By]}") == "available: Text"


def test_explain_says_what_was_missing(tmp_path: Path) -> None:
    program = traced(compiled(tmp_path, invoices=field_rule(NOTE)), "invoices").link(SETTINGS, TABLES, RUN)
    _, trace = program(record(reference="b"))
    rows = {row.path: row for row in Explaining(program, TABLES).fields(trace)}
    assert rows["Note"].why == "needs Text: invoice.note is absent"
    assert "Note.By" not in rows
    program = traced(compiled(tmp_path, invoices=field_rule(TAGS)), "invoices").link(SETTINGS, TABLES, RUN)
    _, trace = program(record(lines=[{"name": "a"}]))
    (row,) = [row for row in Explaining(program, TABLES).fields(trace) if row.path == "Anything"]
    assert row.why == "needs Number: line.number is absent"


def test_both_outcomes_are_points_of_coverage(tmp_path: Path) -> None:
    coverage = Coverage(compiled(tmp_path, invoices=field_rule(TAGS)))

    def missing() -> list[str]:
        return [point.what for point in coverage.missing if point.label == "Anything"]

    assert missing() == ["all that it needs is present", "left out by needs", "the rule"]
    coverage.add("invoices", record(lines=[{"name": "a"}]), SETTINGS, TABLES, RUN)
    assert missing() == ["all that it needs is present"]
    coverage.add("invoices", record(lines=[{"name": "a", "number": "1"}]), SETTINGS, TABLES, RUN)
    assert missing() == []


def test_the_field_reference_says_what_is_needed(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule(f"{NOTE}\n{TAGS}"))
    (mapping,) = field_reference(programs.pack, programs.order)
    limits = {row.path: row.limits for row in mapping.rows}
    assert limits["Note"] == ("left out without Text",)
    assert limits["Anything"] == ("items are left out without Option or Number",)


def test_editors_offer_the_fields_of_the_object(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule("Reference: x"))
    definitions = MappingSchema(programs.pack, CATALOG).mapping()["definitions"]
    offered = definitions["rule for xero.invoices.LineItems"]["anyOf"][-1]["properties"]["needs"]
    assert "AccountCode" in offered["anyOf"][0]["enum"]
    assert "needs" not in definitions["rule for text"]["anyOf"][-1]["properties"]
    assert definitions["words of a rule"]["dependencies"]["needs"] == {
        "anyOf": [{"required": ["fields"]}, {"required": ["use"]}, {"required": ["each"]}]
    }


def test_dates_in_an_object_with_needs_go_out_as_text(tmp_path: Path) -> None:
    rule = 'Anything: {fields: {Day: "{{ invoice.date }}"}, needs: [Day]}'
    assert mapped(tmp_path, rule, date=datetime.date(2026, 1, 2)) == {"Day": "2026-01-02"}
