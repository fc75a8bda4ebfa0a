"""each: a list from a list, with its own names, filtered by where, one in the other."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.mapping.mapping_kit import mapped, rule_mistakes

LEFT_OUT = ...
LINES = [
    {"name": "a", "quantity": Decimal(1), "details": [{"note": "x"}, {"note": "y"}]},
    {"name": "b", "quantity": Decimal(0)},
    {"description": "c", "details": [{"hours": Decimal("1.5")}]},
]


def test_each_makes_an_object_of_every_item_in_order(tmp_path: Path) -> None:
    rule = """\
Anything: {each: "{{ invoice.lines }}", as: line, fields: {n: "{{ line.name }}", q: "{{ line.quantity }}"}}
"""
    made = [{"n": "a", "q": Decimal(1)}, {"n": "b", "q": Decimal(0)}]
    assert mapped(tmp_path, rule, lines=LINES) == made


def test_an_item_of_which_all_is_absent_is_dropped(tmp_path: Path) -> None:
    rule = 'Anything: {each: "{{ invoice.lines }}", as: line, fields: {n: "{{ line.name }}"}}'
    assert mapped(tmp_path, rule, lines=LINES) == [{"n": "a"}, {"n": "b"}]


@pytest.mark.parametrize("lines", [None, []])
def test_each_over_nothing_is_absent(tmp_path: Path, lines: list[object] | None) -> None:
    rule = 'Anything: {each: "{{ invoice.lines }}", as: line, fields: {n: x}DEFAULT}'
    assert mapped(tmp_path, rule.replace("DEFAULT", ""), lines=lines) is LEFT_OUT
    assert mapped(tmp_path, rule.replace("}DEFAULT", "}, default: {list: [none]}"), lines=lines) == ["none"]


def test_where_filters_the_items(tmp_path: Path) -> None:
    rule = """\
Anything:
  each: "{{ invoice.lines }}"
  as: line
  where: "{{ line.quantity > 0 or line.description is present }}"
  fields: {n: "{{ line.name }}", d: "{{ line.description }}"}
"""
    assert mapped(tmp_path, rule, lines=LINES) == [{"n": "a"}, {"d": "c"}]


def test_where_that_lets_nothing_through_is_absent(tmp_path: Path) -> None:
    rule = (
        'Anything: {each: "{{ invoice.lines }}", as: line, where: "{{ line.quantity > 9 }}", fields: {n: x}}'
    )
    assert mapped(tmp_path, rule, lines=LINES) is LEFT_OUT


def test_nested_each_keeps_the_outer_names_in_reach(tmp_path: Path) -> None:
    rule = """\
Anything:
  each: "{{ invoice.lines }}"
  as: line
  fields:
    details:
      each: "{{ line.details }}"
      as: detail
      where: "{{ detail.note is present and line.quantity > 0 }}"
      fields:
        text: "{{ invoice.number }}/{{ line.name }}/{{ detail.note }}"
        account: "{{ settings.revenue_account }}"
"""
    details = [{"text": "INV-1/a/x", "account": "200"}, {"text": "INV-1/a/y", "account": "200"}]
    assert mapped(tmp_path, rule, lines=LINES) == [{"details": details}]


def test_the_same_list_may_be_gone_through_twice(tmp_path: Path) -> None:
    rule = """\
Anything:
  fields:
    names: {each: "{{ invoice.lines }}", as: line, fields: {n: "{{ line.name }}"}}
    others: {each: "{{ invoice.lines }}", as: line, fields: {d: "{{ line.description }}"}}
"""
    made = {"names": [{"n": "a"}, {"n": "b"}], "others": [{"d": "c"}]}
    assert mapped(tmp_path, rule, lines=LINES) == made


def test_each_goes_through_a_list_of_texts(tmp_path: Path) -> None:
    rule = """\
Anything:
  each: "{{ invoice.tags }}"
  as: tag
  where: "{{ tag is present }}"
  fields: {t: "{{ tag | upper }}"}
"""
    assert mapped(tmp_path, rule, tags=["a", " ", "b"]) == [{"t": "A"}, {"t": "B"}]


def test_each_goes_through_the_pieces_of_a_text(tmp_path: Path) -> None:
    rule = 'Anything: {each: "{{ invoice.note | split(\';\') }}", as: part, fields: {t: "{{ part }}"}}'
    assert mapped(tmp_path, rule, note="a; ;b") == [{"t": "a"}, {"t": "b"}]


def test_the_name_of_an_each_is_gone_behind_it(tmp_path: Path) -> None:
    rule = """\
Anything: {each: "{{ invoice.lines }}", as: line, fields: {n: "{{ line.name }}"}}
Reference: "{{ line.name }}"
"""
    assert rule_mistakes(tmp_path, rule) == [("M201", "line")]


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ('Tags: {each: "{{ invoice.note }}", as: x, fields: {a: b}}', ("M224", None)),
        ('Anything: {each: "{{ invoice.note }}", as: x, fields: {a: b}}', ("M218", "invoice.note")),
        ('Anything: {each: "{{ invoice.project }}", as: x, fields: {a: b}}', ("M218", "invoice.project")),
        ('Anything: {each: "{{ invoice.lines }}", fields: {a: b}}', ("M102", "each")),
        ('Anything: {each: "{{ invoice.lines }}", as: x}', ("M102", "each")),
        ("Anything: {each: lines, as: x, fields: {a: b}}", ("M103", "lines")),
        (
            'Anything: {each: "x {{ invoice.lines }}", as: x, fields: {a: b}}',
            ("M103", '"x {{ invoice.lines }}"'),
        ),
        ('Anything: {each: "{{ invoice.lines }}", as: invoice, fields: {a: b}}', ("M105", None)),
        ('Anything: {each: "{{ invoice.lines }}", as: settings, fields: {a: b}}', ("M103", "settings")),
        ('Anything: {each: "{{ invoice.lines }}", as: True, fields: {a: b}}', ("M103", "True")),
        ('Anything: {each: "{{ invoice.lines }}", as: a-b, fields: {a: b}}', ("M103", "a-b")),
        ('Anything: {each: "{{ invoice.lines }}", as: __class__, fields: {a: b}}', ("M103", "__class__")),
        (
            'Anything: {each: "{{ invoice.lines }}", as: x, where: "{{ x.name }}", fields: {a: b}}',
            ("M217", "x.name"),
        ),
        ('Anything: {each: "{{ invoice.lines }}", as: x, where: yes, fields: {a: b}}', ("M103", "yes")),
        ('Anything: {each: "{{ invoice.lines }}", as: x, fields: {a: "{{ x.nam }}"}}', ("M204", "nam")),
        ('Anything: {each: "{{ invoice.lines }}", as: x, use: y}', ("M105", "as")),
    ],
)
def test_what_is_wrong_with_an_each_is_reported_at_its_place(
    tmp_path: Path, rule: str, mistake: tuple[str, str | None]
) -> None:
    marks = rule_mistakes(tmp_path, rule)
    assert marks[0][0] == mistake[0]
    assert mistake[1] in (None, marks[0][1])
