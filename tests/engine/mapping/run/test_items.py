"""`first` and `last` of a list, and a dot after them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.mapping.mapping_kit import (
    body_of,
    compiled,
    evaluated,
    expression_mistakes,
    field_rule,
    hint_of,
    mapped,
    mapper,
    record,
    rule_mistakes,
)

LEFT_OUT = ...
CONTACTS = """\
mapping: contacts
source: {stream: psohub.companies, as: company}
target: {stream: xero.contacts}
fields:
  Name: "{{ company.name }}"
  EmailAddress: "{{ (company.contacts | first).email }}"
"""


@pytest.mark.parametrize(
    ("expression", "values", "made"),
    [
        ("invoice.tags | first", {"tags": ["a", "b"]}, "a"),
        ("invoice.tags | last", {"tags": ["a", "b"]}, "b"),
        ("invoice.tags | first", {"tags": [None, " ", "", "b"]}, "b"),
        ("invoice.tags | last", {"tags": ["a", " ", None]}, "a"),
        ("invoice.tags | first", {"tags": []}, LEFT_OUT),
        ("invoice.tags | last", {"tags": [" ", None]}, LEFT_OUT),
        ("invoice.tags | first", {}, LEFT_OUT),
        ("invoice.note | split(';') | first", {"note": "a@b.c; d@e.f"}, "a@b.c"),
        ("invoice.note | split(';') | last", {"note": "a@b.c; d@e.f"}, "d@e.f"),
        ("invoice.note | split(';') | first", {"note": " ; "}, LEFT_OUT),
        ("invoice.note | split(';') | first | upper", {"note": "a;b"}, "A"),
        ("invoice.amounts | first", {"amounts": [Decimal(0), Decimal(1)]}, Decimal(0)),
        ("(invoice.amounts | last) + 1", {"amounts": [Decimal("1.50")]}, Decimal("2.50")),
        ("(invoice.lines | first).name", {"lines": [{"name": "a"}, {"name": "b"}]}, "a"),
        ("(invoice.lines | last).name", {"lines": [{"name": "a"}, {"name": "b"}]}, "b"),
        ("(invoice.lines | first).name", {"lines": [{}, {"name": "b"}]}, "b"),
        ("(invoice.lines | first).name", {"lines": [{"quantity": Decimal(1)}, {"name": "b"}]}, LEFT_OUT),
        ("(invoice.lines | first).name", {"lines": [{"name": " "}, {"name": "b"}]}, LEFT_OUT),
        ("(invoice.lines | first).name", {"lines": None}, LEFT_OUT),
        ("(invoice.lines | first).quantity * 2", {"lines": [{"quantity": Decimal("1.5")}]}, Decimal("3.0")),
        ("((invoice.lines | first).details | last).note", {"lines": [{"details": [{"note": "n"}]}]}, "n"),
        ("(invoice.lines | first).name is missing", {"lines": []}, True),
        ("(invoice.lines | first) is present", {"lines": [{"name": "a"}]}, True),
        ("settings.push_statuses | first", {}, "sent"),
        ("(invoice.tags if invoice.final else settings.push_statuses) | first", {"final": False}, "sent"),
    ],
)
def test_an_item_is_the_first_or_the_last_that_is_present(
    tmp_path: Path, expression: str, values: dict[str, Any], made: Any
) -> None:
    assert evaluated(tmp_path, expression, **values) == made


def test_a_dot_after_an_item_reads_the_field_of_the_source(tmp_path: Path) -> None:
    programs = compiled(tmp_path, contacts=CONTACTS)
    assert programs.mappings["contacts"].paths == {"name", "contacts", "contacts.email"}
    run = mapper(programs, "contacts")
    rows = [{"first_name": "A"}, {"email": "b@b.example"}]
    made = body_of(run(record({"id": "1", "name": "A", "contacts": rows[1:]}, "psohub.companies")))
    assert made == {"Name": "A", "EmailAddress": "b@b.example"}
    made = body_of(run(record({"id": "1", "name": "A", "contacts": rows}, "psohub.companies")))
    assert made == {"Name": "A"}  # the first contact is there, and has no address


def test_an_item_keeps_its_type(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Days: "{{ (invoice.lines | first).position }}"', lines=[{"position": 3}]) == 3
    rule = 'Days: "{{ (invoice.lines | first).name }}"'
    assert rule_mistakes(tmp_path, rule) == [("M224", "first).name")]


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ("invoice.note | first", ("M210", "invoice.note")),
        ("invoice.project | last", ("M210", "invoice.project")),
        ("(invoice.lines | first).nmae", ("M204", "nmae")),
        ("(invoice.tags | first).name", ("M204", "name")),
        ("(invoice.lines | first).name.x", ("M204", "x")),
        ("(invoice.lines | first).details.note", ("M204", "note")),
        ("(invoice.note | upper).name", ("M204", "name")),
        ("invoice.tags | first(1)", ("M212", "first")),
        ("(invoice.days + 1).x", ("M109", "x")),
        ("invoice.lines | first.name", ("M211", "first")),
    ],
)
def test_what_is_wrong_with_an_item_is_reported_at_its_place(
    tmp_path: Path, expression: str, mistake: tuple[str, str]
) -> None:
    ((code, text),) = expression_mistakes(tmp_path, expression)
    assert (code, text[: len(mistake[1])]) == mistake


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ('Reference: "{{ invoice.tags[0] }}"', "write {{ invoice.tags | first }}"),
        ('Reference: "{{ invoice.tags[-1] }}"', "write {{ invoice.tags | last }}"),
        (
            """Reference: "{{ (invoice.note | split(';'))[0] }}\"""",
            "write {{ invoice.note | split(';') | first }}",
        ),
        ('Reference: "{{ invoice.lines[0].name }}"', "write {{ (invoice.lines | first).name }}"),
        ('Reference: "{{ invoice.number ~ invoice.tags[0] }}"', "write {{ list | first }}"),
        (
            'Reference: "{{ invoice.tags[1] }}"',
            "only the first and the last item can be taken: {{ list | first }}, {{ list | last }}",
        ),
        ("""Reference: "{{ invoice['number'] }}\"""", "write a dot: {{ invoice.number }}"),
        ('Reference: "{{ invoice.lines | first.name }}"', "put brackets around it: (… | first).name"),
        ('Reference: "{{ invoice.lines.name }}"', "use each, or take an item: (invoice.lines | first).name"),
    ],
)
def test_a_hint_names_the_way_to_one_item(tmp_path: Path, rule: str, hint: str) -> None:
    assert hint_of(tmp_path, rule) == hint


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("""Reference: "{{ invoice.note | split(';') }}\"""", "{{ … | first }}"),
        ("""Reference: {first: "{{ invoice.note | split(';') }}"}""", "{{ list | first }}"),
        ("""Reference: {first: ["{{ invoice.note | split(';') }}"]}""", "{{ … | first }}"),
        ('Reference: "{{ invoice.lines }}"', "{{ (… | first).field }}"),
    ],
)
def test_a_list_for_one_value_leads_to_its_first_item(tmp_path: Path, rule: str, part: str) -> None:
    assert part in hint_of(tmp_path, rule)


def test_items_are_not_taken_where_they_are_not_needed(tmp_path: Path) -> None:
    code = compiled(tmp_path, invoices=field_rule('Reference: "{{ invoice.tags | first }}"'))
    assert code.mappings["invoices"].code.count("first_of(") == 1
