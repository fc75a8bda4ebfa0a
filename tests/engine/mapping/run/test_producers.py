"""first, join, list and fields: what they yield, and what they refuse to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.mapping.mapping_kit import hint_of, mapped, rule_mistakes

LEFT_OUT = ...
FIRST = 'Reference: {first: ["{{ invoice.note }}", "{{ invoice.reference }}", last]}'
JOIN = 'Url: {join: ["{{ invoice.note }}", "{{ invoice.reference }}", "{{ invoice.external_id }}"]WITH}'


@pytest.mark.parametrize(
    ("values", "made"),
    [
        ({"note": "a", "reference": "b"}, "a"),
        ({"reference": "b"}, "b"),
        ({"note": " ", "reference": "b"}, "b"),
        ({}, "last"),
    ],
)
def test_first_yields_the_first_that_is_present(tmp_path: Path, values: dict[str, Any], made: str) -> None:
    assert mapped(tmp_path, FIRST, **values) == made


def test_first_of_nothing_is_absent(tmp_path: Path) -> None:
    rule = 'Reference: {first: ["{{ invoice.note }}", null, {value: x, when: false}]}'
    assert mapped(tmp_path, rule) is LEFT_OUT


def test_first_holds_any_rules(tmp_path: Path) -> None:
    rule = """\
Reference:
  first:
    - {value: "{{ invoice.note }}", when: "{{ invoice.final }}"}
    - join: ["{{ invoice.note }}", "{{ invoice.reference }}"]
      with: "/"
    - first: ["{{ invoice.external_id }}", none]
"""
    assert mapped(tmp_path, rule, note="a", reference="b", final=True) == "a"
    assert mapped(tmp_path, rule, note="a", reference="b") == "a/b"
    assert mapped(tmp_path, rule, external_id="e") == "e"
    assert mapped(tmp_path, rule) == "none"


def test_a_literal_nothing_has_no_say_in_the_type_of_the_others(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Anything: {first: [null, "{{ invoice.note }}"], cut: 2}', note="abc") == "ab"
    rule = 'Anything: {value: "{{ invoice.note }}", default: null, max: 3}'
    assert mapped(tmp_path, rule, note="abc") == "abc"
    assert str(mapped(tmp_path, 'Anything: {first: ["", "{{ invoice.days }}"], round: 1}', days=2)) == "2.0"


def test_first_yields_lists_and_objects_too(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Tags: {first: ["{{ invoice.tags }}", {list: [x]}]}') == ["x"]
    rule = 'Note: {first: [{fields: {Text: "{{ invoice.note }}"}}, {fields: {By: us}}]}'
    assert mapped(tmp_path, rule, note="n") == {"Text": "n"}
    assert mapped(tmp_path, rule) == {"By": "us"}


@pytest.mark.parametrize(
    ("glue", "made"),
    [
        ("", "a b"),
        (', with: ", "', "a, b"),
        (', with: ""', "ab"),
        (", with: 0", "a0b"),
        (', with: "\\n"', "a\nb"),
    ],
)
def test_join_yields_the_present_ones_as_one_text(tmp_path: Path, glue: str, made: str) -> None:
    assert mapped(tmp_path, JOIN.replace("WITH", glue), note="a", external_id="b", reference=" ") == made


def test_join_of_nothing_is_absent(tmp_path: Path) -> None:
    assert mapped(tmp_path, JOIN.replace("WITH", "")) is LEFT_OUT
    assert mapped(tmp_path, 'Reference: {join: [null, ""], default: x}') == "x"


def test_join_of_one_has_no_glue(tmp_path: Path) -> None:
    assert mapped(tmp_path, JOIN.replace("WITH", ', with: "-"'), reference="b") == "b"


def test_join_writes_numbers_and_dates_as_text(tmp_path: Path) -> None:
    rule = """\
Url:
  join:
    - "{{ invoice.days }}"
    - 7
    - 1.50
    - true
    - "{{ invoice.final }}"
    - "{{ invoice.date }}"
    - {value: 2.345, round: 2}
"""
    assert mapped(tmp_path, rule, days=0, final=False) == "0 7 1.50 true false 2026-01-31 2.35"


@pytest.mark.parametrize(
    "part", ['"{{ invoice.tags }}"', '"{{ invoice.project }}"', "{list: [a]}", "{fields: {a: b}}"]
)
def test_join_takes_no_lists_and_objects(tmp_path: Path, part: str) -> None:
    assert [code for code, _ in rule_mistakes(tmp_path, f"Url: {{join: [{part}]}}")] == ["M224"]


@pytest.mark.parametrize("glue", ['"{{ invoice.note }}"', "[a]", "{a: b}", ""])
def test_with_is_plain_text(tmp_path: Path, glue: str) -> None:
    assert [code for code, _ in rule_mistakes(tmp_path, f"Url: {{join: [a], with: {glue}}}")] == ["M103"]


def test_list_drops_absent_parts(tmp_path: Path) -> None:
    rule = 'Tags: {list: ["{{ invoice.note }}", b, {value: c, when: false}, "{{ invoice.reference }}"]}'
    assert mapped(tmp_path, rule, reference="d") == ["b", "d"]
    assert mapped(tmp_path, 'Tags: {list: ["{{ invoice.note }}"]}') is LEFT_OUT
    assert mapped(tmp_path, 'Tags: {list: ["{{ invoice.note }}", "{{ invoice.reference }}"]}') is LEFT_OUT


def test_list_of_objects_drops_those_that_are_completely_absent(tmp_path: Path) -> None:
    rule = """\
Anything:
  list:
    - fields: {Name: "{{ invoice.note }}"}
    - fields: {Name: "{{ invoice.reference }}", Option: "{{ invoice.number }}"}
"""
    assert mapped(tmp_path, rule) == [{"Option": "INV-1"}]


def test_list_items_are_typed_by_the_list_they_go_into(tmp_path: Path) -> None:
    assert mapped(tmp_path, "Tags: {list: [200, 0200, true]}") == ["200", "0200", "true"]
    assert mapped(tmp_path, 'Dates: {list: [2026-01-01, "{{ invoice.date }}"]}') == [
        "2026-01-01",
        "2026-01-31",
    ]
    assert rule_mistakes(tmp_path, "Dates: {list: [tomorrow]}") == [("M224", "tomorrow")]


def test_fields_make_an_object_and_nothing_if_all_is_absent(tmp_path: Path) -> None:
    rule = 'Note: {fields: {Text: "{{ invoice.note }}", By: "{{ invoice.reference }}"}}'
    assert mapped(tmp_path, rule, reference="r") == {"By": "r"}
    assert mapped(tmp_path, rule) is LEFT_OUT
    assert mapped(tmp_path, "Note: {fields: {}}") is LEFT_OUT


def test_fields_of_a_field_of_any_type_are_typed_as_they_are_written(tmp_path: Path) -> None:
    rule = 'Anything: {fields: {a: 1, b: 1.10, c: true, d: 0200, e: NO, f: "1", g: {fields: {h: x}}}}'
    made = mapped(tmp_path, rule)
    assert str(made.pop("b")) == "1.10"
    assert made == {"a": 1, "c": True, "d": "0200", "e": "NO", "f": "1", "g": {"h": "x"}}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("Reference: {first: [a], join: [b]}", "M104"),
        ("Reference: {value: a, first: [b]}", "M104"),
        ("Reference: {max: 3}", "M104"),
        ("Reference: {}", "M104"),
        ("Note: {Text: a}", "M104"),
        ("Reference: [a]", "M103"),
        ("Tags: [a, b]", "M103"),
        ("Reference: {first: []}", "M103"),
        ("Tags: {list: []}", "M103"),
        ("Reference: {first: a}", "M103"),
        ("Reference: {value: [a]}", "M103"),
        ("Reference: {value: {a: b}}", "M103"),
        ("Note: {fields: [a]}", "M103"),
        ("Reference: {value: a, with: b}", "M105"),
        ("Reference: {value: a, as: b}", "M105"),
        ("Reference: {value: a, where: true}", "M105"),
        ("Reference: {value: a, key: b}", "M105"),
        ("Reference: {value: a, optional: true}", "M105"),
        ("Reference: {valu: a}", "M104"),
        ("Reference: {value: a, requird: true}", "M101"),
    ],
)
def test_a_rule_has_exactly_one_producer_and_known_keys(tmp_path: Path, rule: str, code: str) -> None:
    assert [one for one, _ in rule_mistakes(tmp_path, rule)] == [code]


def test_a_misspelled_key_gets_a_did_you_mean(tmp_path: Path) -> None:
    assert "required" in hint_of(tmp_path, "Reference: {value: a, requird: true}")


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("Reference: {list: [a]}", None),
        ("Reference: {fields: {a: b}}", None),
        ("Tags: x", "x"),
        ("Tags: {fields: {a: b}}", None),
        ("Note: x", "x"),
        ("Note: {list: [x]}", None),
        ("Note: {join: [x]}", None),
        ("Tags: {join: [x]}", None),
        ("CurrencyRate: {join: [1]}", None),
        ("CurrencyRate: []", None),
    ],
)
def test_what_a_rule_makes_must_fit_the_field(tmp_path: Path, rule: str, text: str | None) -> None:
    ((code, shown),) = rule_mistakes(tmp_path, rule)
    assert code == "M224"
    assert text in (None, shown)
