"""`only: create` and `clear: true`: what happens to a field when its record changes later."""

from __future__ import annotations

from pathlib import Path

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
    marked,
    mistakes,
    record,
)

SHAPE = """\
mapping: name
shape: {from: psohub.invoices, as: invoice, to: xero.invoices.Contact}
fields:
  Name: {value: "{{ invoice.note }}", only: create}
"""
LINE = """\
mapping: lines
shape: {from: psohub.invoices.lines, as: line, to: xero.invoices.LineItems}
fields:
  Description: Work
  TaxType: {value: "{{ line.tax_category }}", WORD}
"""
CONTACT = """\
mapping: contacts
source: {stream: psohub.companies, as: company}
target: {stream: xero.contacts}
fields:
  Name: "{{ company.name }}"
"""


def marks(folder: Path, rule: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    program = compiled(folder, invoices=field_rule(rule)).mappings["invoices"]
    return program.only_create, program.clears


@pytest.mark.parametrize(
    ("rule", "only", "clears"),
    [
        ('Reference: {value: "{{ invoice.note }}", only: create}', ("Reference",), ()),
        ('Reference: {value: "{{ invoice.note }}", clear: true}', (), ("Reference",)),
        ('Reference: {value: "{{ invoice.note }}", clear: false}', (), ()),
        ('Tags: {list: ["{{ invoice.note }}"], clear: true}', (), ("Tags",)),
        ('Tags: {first: [{list: ["{{ invoice.note }}"]}], only: create}', ("Tags",), ()),
        ('Note: {fields: {Text: "{{ invoice.note }}", By: me}, only: create}', ("Note",), ()),
        ('Note: {fields: {Text: {value: "{{ invoice.note }}", clear: true}}}', (), ("Note.Text",)),
        ("Note: {first: [{fields: {By: {value: me, only: create}}}]}", ("Note.By",), ()),
        ("Note: {fields: {}, default: {fields: {By: {value: me, only: create}}}}", ("Note.By",), ()),
    ],
)
def test_a_program_names_the_fields_that_are_marked(
    tmp_path: Path, rule: str, only: tuple[str, ...], clears: tuple[str, ...]
) -> None:
    assert marks(tmp_path, rule) == (only, clears)


def test_marks_in_a_shape_count_where_it_is_used(tmp_path: Path) -> None:
    text = field_rule("Reference: x").replace("fields: {Name: Acme}", "use: name")
    program = compiled(tmp_path, invoices=text, name=SHAPE).mappings["invoices"]
    assert (program.only_create, program.clears) == (("Contact.Name",), ())
    over = text.replace("use: name", "use: name\n    fields: {Name: {value: Acme, clear: true}}")
    program = compiled(tmp_path, invoices=over, name=SHAPE).mappings["invoices"]
    assert (program.only_create, program.clears) == ((), ("Contact.Name",))


def test_what_is_mapped_is_what_a_create_would_send(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Reference: {value: "{{ invoice.note }}", only: create}', note="a") == "a"
    assert mapped(tmp_path, 'Reference: {value: "{{ invoice.note }}", clear: true}') is ...


WORDS = ("only: create", "clear: true")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "rule",
    [
        'Addresses: {each: "{{ company.contacts }}", as: contact, fields: {City: {value: x, WORD}}}',
        "Addresses: {list: [{fields: {City: {value: x, WORD}}}]}",
        "Addresses: {list: [{fields: {City: x}, WORD}]}",
        "Addresses: {first: [{list: [{fields: {City: {value: x, WORD}}}]}]}",
        "EmailAddress: {first: [{value: x, WORD}]}",
        'EmailAddress: {value: "{{ company.city }}", default: {value: x, WORD}}',
        "EmailAddress: {join: [{value: x, WORD}]}",
    ],
)
def test_inside_a_list_and_on_a_part_of_a_rule_marks_are_mistakes(
    tmp_path: Path, word: str, rule: str
) -> None:
    found = mistakes(tmp_path, contacts=CONTACT + f"  {rule.replace('WORD', word)}\n")
    assert marked(found) == [("M105", word.partition(":")[0])]


@pytest.mark.parametrize("word", WORDS)
def test_match_totals_and_the_like_have_no_marks(tmp_path: Path, word: str) -> None:
    text = CONTACT.replace("contacts}", f"contacts, match: [{{Name: {{value: x, {word}}}}}]}}")
    assert marked(mistakes(tmp_path, contacts=text)) == [("M105", word.partition(":")[0])]


def test_a_shape_with_marks_cannot_be_used_inside_a_list(tmp_path: Path) -> None:
    shape = SHAPE.replace("invoices.Contact", "invoices.Note").replace("Name:", "Text:")
    item = "      - fields: {Description: Work, Note: {use: name}}"
    text = field_rule("Reference: x").replace("      - fields: {Description: Work}", item)
    assert marked(mistakes(tmp_path, invoices=text, name=shape)) == [("M214", "name")]


@pytest.mark.parametrize("word", WORDS)
def test_marks_in_a_shape_for_items_are_mistakes(tmp_path: Path, word: str) -> None:
    text = field_rule("Reference: x").replace(
        "list:\n      - fields: {Description: Work}", 'each: "{{ invoice.lines }}"\n    use: lines'
    )
    found = mistakes(tmp_path, invoices=text, lines=LINE.replace("WORD", word))
    assert marked(found) == [("M105", word.partition(":")[0])]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ('Reference: {value: "{{ invoice.note }}", only: update}', "M103"),
        ('Reference: {value: "{{ invoice.note }}", only: true}', "M103"),
        ('Reference: {value: "{{ invoice.note }}", clear: yes}', "M103"),
        ('Reference: {value: "{{ invoice.note }}", only: create, clear: true}', "M105"),
    ],
)
def test_wrong_values_and_both_words_together_are_mistakes(tmp_path: Path, rule: str, code: str) -> None:
    assert [found for found, _ in marked(mistakes(tmp_path, invoices=field_rule(rule)))] == [code]


def test_only_in_a_mapping_that_creates_nothing_is_a_warning(tmp_path: Path) -> None:
    text = CONTACT.replace("contacts}", "contacts, create: never}")
    found = mistakes(tmp_path, contacts=text + "  EmailAddress: {value: x, only: create}\n")
    assert marked(found) == [("M225", "only")]
    assert not found.errors


def test_explain_says_what_is_marked(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", only: create}'
    program = traced(compiled(tmp_path, invoices=field_rule(rule)), "invoices").link(SETTINGS, TABLES, RUN)
    _, trace = program(record(note="a"))
    (row,) = [row for row in Explaining(program, TABLES).fields(trace) if row.path == "Reference"]
    assert row.text == "invoice.note, sent only when the record is created"


def test_clear_with_required_is_a_warning(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", clear: true, required: true}'
    found = mistakes(tmp_path, invoices=field_rule(rule))
    assert marked(found) == [("M225", "clear")]
    assert not found.errors


def test_the_field_reference_says_what_is_marked(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", only: create}'
    programs = compiled(tmp_path, invoices=field_rule(rule))
    (mapping,) = field_reference(programs.pack, programs.order)
    (row,) = [row for row in mapping.rows if row.path == "Reference"]
    assert row.limits == ("sent only when the record is created",)
