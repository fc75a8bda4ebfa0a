"""use: a shape that several mappings share. It sees its own item and nothing of the file that uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mapping.mapping_kit import (
    FRAME,
    body_of,
    compiled,
    field_rule,
    mapper,
    marked,
    mistakes,
    record,
)

LINES = """\
mapping: lines
shape: {from: psohub.invoices.lines, as: line, parent: invoice, to: xero.invoices.LineItems}
fields:
  Description: {join: ["{{ line.name }}", "{{ line.description }}"], required: true}
  AccountCode: {first: ["{{ line.gl_account }}", "{{ settings.revenue_account }}"]}
  TaxType: "{{ invoice.currency }}"
  Note: {fields: {Text: "{{ run.id }}", By: "{{ run.date | text }}"}}
"""
DETAILS = """\
mapping: details
shape: {from: psohub.invoices.lines.details, as: detail, parent: line, to: xero.invoices.LineItems.Tracking}
fields: {Name: "{{ detail.note }}", Option: "{{ line.name }}"}
"""
NOTE = """\
mapping: note
shape: {from: psohub.invoices, as: bill, to: xero.invoices.Note}
fields: {Text: "{{ bill.note }}", By: "{{ bill.number }}"}
"""
FLOW = FRAME.partition("  LineItems:")[0]
RECORD_LINES = [{"name": "a", "gl_account": "400"}, {"description": "b"}]


def flow(rule: str) -> str:
    return FLOW + "".join(f"  {line}\n" for line in rule.splitlines())


def test_a_used_mapping_makes_each_item(tmp_path: Path) -> None:
    programs = compiled(
        tmp_path, invoices=flow('LineItems: {each: "{{ invoice.lines }}", use: lines}'), lines=LINES
    )
    run = {"Text": "run-7", "By": "2026-03-01"}
    assert body_of(mapper(programs)(record(lines=RECORD_LINES)))["LineItems"] == [
        {"Description": "a", "AccountCode": "400", "TaxType": "EUR", "Note": run},
        {"Description": "b", "AccountCode": "200", "TaxType": "EUR", "Note": run},
    ]


def test_fields_next_to_use_override_the_shapes_one_by_one(tmp_path: Path) -> None:
    rule = """\
LineItems:
  each: "{{ invoice.lines }}"
  use: lines
  where: "{{ line.gl_account is present }}"
  fields:
    Note: {fields: {Text: "{{ line.name }} of {{ invoice.number }}"}}
    Quantity: 1
"""
    programs = compiled(tmp_path, invoices=flow(rule), lines=LINES)
    (item,) = body_of(mapper(programs)(record(lines=RECORD_LINES)))["LineItems"]
    # An overridden field keeps the place of the shape's; new ones follow.
    assert list(item) == ["Description", "AccountCode", "TaxType", "Note", "Quantity"]
    assert (item["Note"], item["Quantity"]) == ({"Text": "a of INV-1"}, 1)


def test_fields_next_to_use_see_the_names_around_them_too(tmp_path: Path) -> None:
    shape = LINES.replace(", parent: invoice", "").replace('  TaxType: "{{ invoice.currency }}"\n', "")
    own = 'fields: {TaxType: "{{ invoice.currency }}{{ line.name }}"}'
    rule = f'LineItems: {{each: "{{{{ invoice.lines }}}}", use: lines, {own}}}'
    programs = compiled(tmp_path, invoices=flow(rule), lines=shape)
    made = body_of(mapper(programs)(record(lines=RECORD_LINES)))["LineItems"]
    assert [one.get("TaxType") for one in made] == ["EURa", None]


def test_use_without_each_takes_the_record_in_hand(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule("Note: {use: note}"), note=NOTE)
    run = mapper(programs)
    assert body_of(run(record(note="n")))["Note"] == {"Text": "n", "By": "INV-1"}
    assert body_of(run(record(number=None))).get("Note") is None


def test_use_without_each_takes_the_item_in_hand(tmp_path: Path) -> None:
    own = "fields: {Description: x, Tracking: {list: [{use: tracked}]}}"
    rule = f'LineItems: {{each: "{{{{ invoice.lines }}}}", as: mine, {own}}}'
    shape = """\
mapping: tracked
shape: {from: psohub.invoices.lines, as: line, parent: bill, to: xero.invoices.LineItems.Tracking}
fields: {Name: "{{ line.name }}", Option: "{{ bill.currency }}"}
"""
    programs = compiled(tmp_path, invoices=flow(rule), tracked=shape)
    made = body_of(mapper(programs)(record(lines=RECORD_LINES)))["LineItems"]
    assert made[0]["Tracking"] == [{"Name": "a", "Option": "EUR"}]
    assert made[1]["Tracking"] == [{"Option": "EUR"}]


def test_a_shape_uses_another_shape_whose_parent_is_its_item(tmp_path: Path) -> None:
    lines = LINES + '  Tracking: {each: "{{ line.details }}", use: details}\n'
    rule = 'LineItems: {each: "{{ invoice.lines }}", use: lines}'
    programs = compiled(tmp_path, invoices=flow(rule), lines=lines, details=DETAILS)
    own = [{"name": "a", "details": [{"note": "x"}, {"hours": 1}]}]
    (item,) = body_of(mapper(programs)(record(lines=own)))["LineItems"]
    assert item["Tracking"] == [{"Name": "x", "Option": "a"}, {"Option": "a"}]


def test_a_used_mapping_sees_nothing_of_the_file_that_uses_it(tmp_path: Path) -> None:
    lines = LINES.replace(", parent: invoice", "")
    diagnostics = mistakes(
        tmp_path, invoices=flow('LineItems: {each: "{{ invoice.lines }}", use: lines}'), lines=lines
    )
    assert marked(diagnostics) == [("M201", "invoice")]
    assert str(diagnostics.errors[0].span.file).endswith("lines.yaml")


def test_an_each_around_a_use_is_not_seen_by_the_used_mapping(tmp_path: Path) -> None:
    details = DETAILS.replace(", parent: line", "")
    rule = """\
LineItems:
  each: "{{ invoice.lines }}"
  as: line
  fields:
    Description: x
    Tracking: {each: "{{ line.details }}", use: details}
"""
    assert marked(mistakes(tmp_path, invoices=flow(rule), details=details)) == [("M201", "line")]


def test_a_shape_is_no_flow(tmp_path: Path) -> None:
    programs = compiled(
        tmp_path, invoices=flow('LineItems: {each: "{{ invoice.lines }}", use: lines}'), lines=LINES
    )
    assert programs.order == ("invoices",)
    assert programs.mappings["lines"].source is None
    assert programs.mappings["lines"].code == ""


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ('LineItems: {each: "{{ invoice.lines }}", use: line}', ("M213", "line")),
        ('LineItems: {each: "{{ invoice.lines }}", use: invoices}', ("M213", "invoices")),
        ('LineItems: {each: "{{ invoice.lines }}", use: note}', ("M214", "note")),
        ('LineItems: {each: "{{ invoice.lines }}", use: details}', ("M214", "details")),
        ("LineItems: {list: [{use: lines}]}", ("M214", "lines")),
        ('Anything: {each: "{{ invoice.tags }}", use: lines}', ("M214", "lines")),
        ("Anything: {use: details}", ("M214", "details")),
        ('LineItems: {each: "{{ invoice.lines }}", use: "{{ invoice.note }}"}', ("M103", None)),
        (
            'LineItems: {each: "{{ invoice.lines }}", use: lines, fields: {Descripton: x}}',
            ("M203", "Descripton"),
        ),
        ('LineItems: {each: "{{ invoice.lines }}", use: lines, fields: {Quantity: x}}', ("M224", "x")),
        (
            'LineItems: {each: "{{ invoice.lines }}", use: lines, where: "{{ line.nam is present }}"}',
            ("M204", "nam"),
        ),
    ],
)
def test_a_use_that_does_not_fit_is_reported_at_its_place(
    tmp_path: Path, rule: str, mistake: tuple[str, str | None]
) -> None:
    marks = marked(mistakes(tmp_path, invoices=flow(rule), lines=LINES, details=DETAILS, note=NOTE))
    assert mistake[0] in [code for code, _ in marks]
    assert mistake[1] is None or mistake in marks


def test_an_unknown_shape_gets_a_did_you_mean(tmp_path: Path) -> None:
    rule = 'LineItems: {each: "{{ invoice.lines }}", use: line}'
    (one,) = mistakes(tmp_path, invoices=flow(rule), lines=LINES)
    assert '"lines"' in one.hint


def test_a_required_field_of_the_made_object_may_come_from_fields_next_to_use(tmp_path: Path) -> None:
    shape = """\
mapping: lines
shape: {from: psohub.invoices.lines, as: line, to: xero.invoices.LineItems}
fields: {Quantity: 1}
"""
    rule = 'LineItems: {each: "{{ invoice.lines }}", use: lines, fields: {Description: x}}'
    compiled(tmp_path, invoices=flow(rule), lines=shape)
    bare = flow('LineItems: {each: "{{ invoice.lines }}", use: lines}')
    assert [code for code, _ in marked(mistakes(tmp_path, invoices=bare, lines=shape))] == ["M209"]


@pytest.mark.parametrize(
    ("shape", "mistake"),
    [
        (
            "{from: psohub.invoices.lines, as: line, parent: line, to: xero.invoices.LineItems}",
            ("M105", "line"),
        ),
        ("{from: psohub.invoices, as: line, parent: x, to: xero.invoices.LineItems}", ("M214", "x")),
        ("{from: psohub.invoces.lines, as: line, to: xero.invoices.LineItems}", ("M202", "psohub.invoces")),
        ("{from: psohub.invoices.line, as: line, to: xero.invoices.LineItems}", ("M204", "line")),
        ("{from: psohub.invoices.note, as: line, to: xero.invoices.LineItems}", ("M214", "note")),
        ("{from: psohub.invoices.lines, as: line, to: xero.invoices.LineItem}", ("M204", "LineItem")),
        ("{from: psohub.invoices.lines, to: xero.invoices.LineItems}", ("M102", "shape")),
        ("{as: line, to: xero.invoices.LineItems}", ("M102", "shape")),
        ("{from: psohub.invoices.lines, as: line}", ("M102", "shape")),
        ("{from: psohub.invoices.lines, as: run, to: xero.invoices.LineItems}", ("M103", "run")),
    ],
)
def test_a_shape_that_stands_between_nothing_is_a_mistake(
    tmp_path: Path, shape: str, mistake: tuple[str, str]
) -> None:
    text = f"mapping: lines\nshape: {shape}\nfields: {{Description: x}}\n"
    assert marked(mistakes(tmp_path, lines=text)) == [mistake]


@pytest.mark.parametrize("key", ["source", "target", "totals", "actions"])
def test_a_shape_has_nothing_of_a_flow(tmp_path: Path, key: str) -> None:
    value = "[]" if key == "actions" else "{}"
    diagnostics = mistakes(tmp_path, lines=f"{LINES}{key}: {value}\n")
    assert ("M105", key) in marked(diagnostics)
