"""What goes wrong while a record is mapped: said with place, rule and values, and never in another's way."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.model.payload import Payload, Refusal
from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import compiled, field_rule, mapper, record, refused


def test_a_refusal_names_address_code_reason_and_place(tmp_path: Path) -> None:
    (one,) = refused(tmp_path, 'Reference: {value: "{{ invoice.note }}", required: true}')
    assert one.address == record().address
    assert (one.code, one.where.rpartition("/")[2]) == ("mapping.required", "invoices.yaml:12:14")
    assert "invoice.note" in one.reason


def test_all_refusals_of_a_record_are_reported_together(tmp_path: Path) -> None:
    rule = """\
Reference: {value: "{{ invoice.note }}", max: 2}
Url: {value: "{{ invoice.external_id }}", required: true}
Status: "{{ invoice.currency }}"
CurrencyRate: "{{ 1 / invoice.days }}"
"""
    made = refused(tmp_path, rule, note="abc", days=0)
    assert [(one.code, one.where.rpartition(":")[0].rpartition(":")[2]) for one in made] == [
        ("mapping.too_long", "12"),
        ("mapping.required", "13"),
        ("mapping.enum", "14"),
        ("mapping.failed", "15"),
    ]


def test_a_refusal_in_a_list_says_which_item(tmp_path: Path) -> None:
    made = mapper(compiled(tmp_path, **PACK))(
        record(
            lines=[
                {"name": "a"},
                {"name": "b", "gl_account": "9"},
                {"name": "c", "gl_account": "Advertising"},
            ]
        )
    )
    assert isinstance(made, tuple)
    assert [(one.code, one.reason.partition(":")[0]) for one in made] == [
        ("mapping.lookup", "LineItems[1].AccountCode"),
        ("mapping.ambiguous", "LineItems[2].AccountCode"),
    ]
    assert {one.where.rpartition("/")[2] for one in made} == {"lines.yaml:6:5"}


def test_an_item_without_anything_does_not_shift_the_places_of_the_others(tmp_path: Path) -> None:
    rule = """\
Anything:
  each: "{{ invoice.lines }}"
  as: line
  fields: {n: {value: "{{ line.name }}", required: true}}
"""
    made = refused(tmp_path, rule, lines=[{"name": "a"}, {}, {}])
    assert [one.reason.partition(":")[0] for one in made] == ["Anything[1].n", "Anything[2].n"]


def test_places_in_nested_lists_are_counted_each(tmp_path: Path) -> None:
    rule = """\
Anything:
  each: "{{ invoice.lines }}"
  as: line
  fields:
    d:
      each: "{{ line.details }}"
      as: detail
      fields: {h: {value: "{{ detail.hours }}", required: true}, k: x}
"""
    lines = [{"details": [{"hours": 1}]}, {"details": [{"hours": 1}, {"note": "x"}]}]
    assert refused(tmp_path, rule, lines=lines)[0].reason.startswith("Anything[1].d[1].h: ")


def test_an_unforeseen_failure_is_reported_with_place_and_the_values_read(tmp_path: Path) -> None:
    rule = 'Date: "{{ invoice.date | plus_days(invoice.days) }}"'
    (one,) = refused(tmp_path, rule, days=10**12)
    assert (one.code, one.where.rpartition("/")[2]) == ("mapping.failed", "invoices.yaml:12:28")
    assert "invoice.date = 2026-01-31, invoice.days = 1000000000000" in one.reason
    assert "the rule failed: the result is too large" in one.reason


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ('CurrencyRate: "{{ invoice.total_ex_vat + 1 }}"', {"total_ex_vat": "12.50"}),
        ('CurrencyRate: "{{ invoice.total_ex_vat | round(2) }}"', {"total_ex_vat": object()}),
        ('Reference: "{{ invoice.note | upper }}"', {"note": 5}),
        ('Reference: "{{ invoice.project.number }}"', {"project": "P7"}),
        ('Reference: "{{ invoice.project.number }}"', {"project": [1]}),
        ('Anything: {each: "{{ invoice.lines }}", as: x, fields: {a: "{{ x.name }}"}}', {"lines": ["a"]}),
        ('Anything: {each: "{{ invoice.lines }}", as: x, fields: {a: "{{ x.name }}"}}', {"lines": [None]}),
        ('Anything: {each: "{{ invoice.lines }}", as: x, fields: {a: "{{ x.name }}"}}', {"lines": 5}),
        ('Date: "{{ invoice.date }}"', {"date": "2026-01-31"}),
        ('SentToContact: "{{ invoice.days > 3 }}"', {"days": "4"}),
        ("Reference: \"{{ invoice.note | replace('a', 'bbbbbbbbbb') }}\"", {"note": "a" * 200_000}),
    ],
)
def test_a_record_that_breaks_its_schema_is_refused_and_the_others_go_on(
    tmp_path: Path, rule: str, values: dict[str, Any]
) -> None:
    run = mapper(compiled(tmp_path, invoices=field_rule(rule)))
    before, broken, after = run(record()), run(record(**values)), run(record())
    assert isinstance(broken, tuple)
    assert [one.code for one in broken] == ["mapping.failed"]
    assert ":12:" in broken[0].where
    assert isinstance(before, Payload)
    assert before == after


def test_what_was_refused_before_a_failure_is_reported_too(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", max: 2}\nUrl: "{{ invoice.external_id | upper }}"'
    made = refused(tmp_path, rule, note="abc", external_id=5)
    assert [one.code for one in made] == ["mapping.too_long", "mapping.failed"]


def test_a_refusal_of_where_itself_is_reported(tmp_path: Path) -> None:
    text = field_rule("Url: x").replace("as: invoice}", 'as: invoice, where: "{{ 1 / invoice.days > 0 }}"}')
    run = mapper(compiled(tmp_path, invoices=text))
    made = run(record(days=0))
    assert isinstance(made, tuple)
    assert (made[0].code, ":2:" in made[0].where) == ("mapping.failed", True)
    assert run(record(days=-1)) is None


def test_a_failure_in_totals_match_and_actions_is_reported_at_its_place(tmp_path: Path) -> None:
    text = (
        field_rule("Url: x")
        + 'totals: {Total: "{{ 1 / invoice.days }}"}\n'
        + 'actions: [{do: email, when: "{{ 2 / invoice.days > 0 }}"}]\n'
    )
    made = mapper(compiled(tmp_path, invoices=text))(record(days=0))
    assert isinstance(made, tuple)
    assert [one.where.rpartition("/")[2].split(":")[1] for one in made] == ["13", "14"]


def test_the_same_reason_is_reported_once(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", max: 2, when: "{{ invoice.note is present }}"}'
    assert len(refused(tmp_path, rule, note="abc")) == 1


def test_a_record_is_not_changed_by_being_mapped(tmp_path: Path) -> None:
    rule = """\
Anything: "{{ invoice.raw }}"
Tags: "{{ invoice.tags }}"
Url: {value: "{{ invoice.note }}", cut: 1}
"""
    values: dict[str, Any] = {
        "raw": {"a": [None, {"b": None, "d": datetime.date(2026, 1, 1)}]},
        "tags": ["x"],
        "note": "abc",
    }
    own = record(**values)
    before = repr(own)
    mapper(compiled(tmp_path, invoices=field_rule(rule)))(own)
    assert repr(own) == before


def test_mapping_twice_gives_equal_payloads_that_share_nothing(tmp_path: Path) -> None:
    rule = "Tags: []\nAnything: {list: [{fields: {a: null}}]}\nUrl: x"
    run = mapper(compiled(tmp_path, invoices=field_rule(rule)))
    first, second = run(record()), run(record())
    assert isinstance(first, Payload)
    assert isinstance(second, Payload)
    assert first == second
    first.body["Tags"].append("x")
    first.body["Anything"][0]["a"] = 1
    assert second.body["Tags"] == []
    assert second.body["Anything"] == [{"a": None}]


def test_a_refusal_is_a_plain_value(tmp_path: Path) -> None:
    (one,) = refused(
        tmp_path, 'CurrencyRate: "{{ invoice.total_ex_vat / 0 }}"', total_ex_vat=Decimal("12.50")
    )
    assert isinstance(one, Refusal)
    assert "12.50" in one.reason
