"""Modifiers, each by itself and in the order in which they are declared."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.mapping.mapping_kit import mapped, refused, rule_mistakes

LEFT_OUT = ...
NOTE = '"{{ invoice.note }}"'


@pytest.mark.parametrize(("final", "made"), [(True, "x"), (False, LEFT_OUT), (None, LEFT_OUT)])
def test_when_leaves_a_rule_out_unless_it_is_true(tmp_path: Path, final: bool | None, made: Any) -> None:
    assert mapped(tmp_path, 'Reference: {value: x, when: "{{ invoice.final }}"}', final=final) == made


@pytest.mark.parametrize(
    "producer",
    [
        "Reference: {first: [x]WHEN}",
        "Reference: {join: [x]WHEN}",
        "Tags: {list: [x]WHEN}",
        "Note: {fields: {Text: x}WHEN}",
        'Anything: {each: "{{ invoice.lines }}", as: line, fields: {n: x}WHEN}',
        "Reference: {value: Sales, lookup: {in: accounts, by: Name, give: Code}WHEN}",
    ],
)
def test_when_guards_every_producer(tmp_path: Path, producer: str) -> None:
    assert mapped(tmp_path, producer.replace("WHEN", ", when: true")) is not LEFT_OUT
    assert mapped(tmp_path, producer.replace("WHEN", ", when: false")) is LEFT_OUT
    assert mapped(tmp_path, producer.replace("WHEN", ', when: "{{ invoice.days > 3 }}"')) is LEFT_OUT


def test_when_guards_the_default_too(tmp_path: Path) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, default: x, when: false}}") is LEFT_OUT
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, default: x, when: true}}") == "x"


def test_when_guards_required_too(tmp_path: Path) -> None:
    rule = f'Reference: {{value: {NOTE}, required: true, when: "{{{{ invoice.final }}}}"}}'
    assert mapped(tmp_path, rule) is LEFT_OUT
    assert [one.code for one in refused(tmp_path, rule, final=True)] == ["mapping.required"]


@pytest.mark.parametrize("when", ['"{{ invoice.note }}"', '"{{ invoice.days }}"', '"{{ invoice.lines }}"'])
def test_when_asks_for_true_or_false(tmp_path: Path, when: str) -> None:
    assert rule_mistakes(tmp_path, f"Reference: {{value: x, when: {when}}}") == [("M217", when[4:-4])]


@pytest.mark.parametrize("when", ["yes", "1", '"x {{ invoice.final }}"', "[a]", "null"])
def test_when_is_one_expression_or_true_or_false(tmp_path: Path, when: str) -> None:
    assert [code for code, _ in rule_mistakes(tmp_path, f"Reference: {{value: x, when: {when}}}")] == ["M103"]


@pytest.mark.parametrize(("note", "made"), [("n", "n"), (None, "x"), (" ", "x")])
def test_default_replaces_absent(tmp_path: Path, note: str | None, made: str) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, default: x}}", note=note) == made


def test_a_default_is_a_rule_with_modifiers_of_its_own(tmp_path: Path) -> None:
    rule = f"""\
Reference:
  value: {NOTE}
  default: {{value: "{{{{ invoice.reference }}}}", cut: 2, when: "{{{{ invoice.final }}}}", default: none}}
"""
    assert mapped(tmp_path, rule, reference="abc", final=True) == "ab"
    assert mapped(tmp_path, rule, final=True) == "no"
    assert mapped(tmp_path, rule, reference="abc") is LEFT_OUT


def test_a_default_makes_lists_and_objects_too(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Tags: {value: "{{ invoice.tags }}", default: {list: [x]}}') == ["x"]
    rule = f"Note: {{fields: {{Text: {NOTE}}}, default: {{fields: {{By: us}}}}}}"
    assert mapped(tmp_path, rule) == {"By": "us"}


def test_a_default_is_typed_like_the_field(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Days: {value: "{{ invoice.days }}", default: 5}') == 5
    assert rule_mistakes(tmp_path, 'Days: {value: "{{ invoice.days }}", default: five}') == [("M224", "five")]


def test_required_refuses_the_record_and_names_field_rule_and_what_it_read(tmp_path: Path) -> None:
    rule = 'Reference: {first: ["{{ invoice.note }}", "{{ invoice.project.number }}"], required: true}'
    (one,) = refused(tmp_path, rule)
    assert one.code == "mapping.required"
    assert one.reason.startswith("Reference: ")
    assert "invoice.note and invoice.project.number" in one.reason
    assert one.where.endswith("invoices.yaml:12:14")
    assert mapped(tmp_path, rule, note="n") == "n"


def test_required_after_a_default_is_satisfied_by_it(tmp_path: Path) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, default: x, required: true}}") == "x"
    both = f'Reference: {{value: {NOTE}, default: "{{{{ invoice.reference }}}}", required: true}}'
    assert [one.code for one in refused(tmp_path, both)] == ["mapping.required"]


@pytest.mark.parametrize("required", ["false", "true"])
def test_required_says_true_or_false(tmp_path: Path, required: str) -> None:
    assert mapped(tmp_path, f"Reference: {{value: x, required: {required}}}") == "x"
    assert rule_mistakes(tmp_path, "Reference: {value: x, required: yes}") == [("M103", "yes")]


@pytest.mark.parametrize(("note", "size"), [("abc", 3), ("äöü", 3), ("😀😀😀", 3)])
def test_max_lets_text_through_that_is_not_longer(tmp_path: Path, note: str, size: int) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, max: {size}}}", note=note) == note


def test_max_refuses_longer_text(tmp_path: Path) -> None:
    (one,) = refused(tmp_path, f"Reference: {{value: {NOTE}, max: 3}}", note="abcd")
    assert (one.code, one.where.rpartition("/")[2]) == ("mapping.too_long", "invoices.yaml:12:14")
    assert '"abcd"' in one.reason


@pytest.mark.parametrize("inner", ["first: [{}, x]", "join: [{}, x]"])
def test_max_of_a_part_refuses_too(tmp_path: Path, inner: str) -> None:
    rule = f"Reference: {{{inner.format(f'{{value: {NOTE}, max: 3}}')}}}"
    assert [one.code for one in refused(tmp_path, rule, note="abcd")] == ["mapping.too_long"]
    assert mapped(tmp_path, rule, note="abc").startswith("abc")


@pytest.mark.parametrize(("note", "size"), [("abc", 3), ("abcd", 3), ("é", 1), ("a b", 3)])
def test_min_lets_text_through_that_is_not_shorter(tmp_path: Path, note: str, size: int) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, min: {size}}}", note=note) == note


def test_min_refuses_shorter_text(tmp_path: Path) -> None:
    (refusal,) = refused(tmp_path, f"Reference: {{value: {NOTE}, min: 3}}", note="ab")
    assert (refusal.code, refusal.where.rpartition("/")[2]) == ("mapping.too_short", "invoices.yaml:12:14")
    assert refusal.reason.startswith('Reference: 2 characters, at least 3 are needed: "ab"; ')


@pytest.mark.parametrize("note", [None, " "])
def test_min_lets_absent_text_be_absent(tmp_path: Path, note: str | None) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, min: 3}}", note=note) is LEFT_OUT


def test_min_of_a_part_refuses_too(tmp_path: Path) -> None:
    rule = f"Reference: {{first: [{{value: {NOTE}, min: 3}}, x]}}"
    assert [refusal.code for refusal in refused(tmp_path, rule, note="ab")] == ["mapping.too_short"]
    assert mapped(tmp_path, rule, note="abc") == "abc"


def test_min_and_max_together(tmp_path: Path) -> None:
    rule = f"Reference: {{value: {NOTE}, max: 3, min: 3}}"
    assert mapped(tmp_path, rule, note="abc") == "abc"
    assert [refusal.code for refusal in refused(tmp_path, rule, note="ab")] == ["mapping.too_short"]
    assert [refusal.code for refusal in refused(tmp_path, rule, note="abcd")] == ["mapping.too_long"]


@pytest.mark.parametrize("other", ["max: 2", "cut: 2"])
def test_min_above_what_is_allowed_is_a_mistake(tmp_path: Path, other: str) -> None:
    rule = f"Reference: {{value: {NOTE}, {other}, min: 3}}"
    assert rule_mistakes(tmp_path, rule) == [("M105", "min")]


def test_min_above_what_the_field_takes_is_a_mistake(tmp_path: Path) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, min: 20}}", note="x" * 20) == "x" * 20
    assert rule_mistakes(tmp_path, f"Reference: {{value: {NOTE}, min: 21}}") == [("M105", "min")]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("Reference: {value: ab, min: 3}", "ab"),
        ("Reference: {value: \"{{ 'ab' }}\", min: 3}", "'ab'"),
        ('Reference: {value: "{{ invoice.note }}", default: ab, min: 3}', "ab"),
    ],
)
def test_a_literal_shorter_than_min_is_a_mistake(tmp_path: Path, rule: str, text: str) -> None:
    assert rule_mistakes(tmp_path, rule) == [("M208", text)]


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "three", "null"])
def test_min_is_a_whole_number_within_its_bounds(tmp_path: Path, value: str) -> None:
    assert [code for code, _ in rule_mistakes(tmp_path, f"Reference: {{value: abc, min: {value}}}")] == [
        "M103"
    ]


@pytest.mark.parametrize(
    "rule", ["Days: {value: 5, min: 1}", 'Anything: {value: "{{ invoice.days }}", min: 1}']
)
def test_min_is_for_text(tmp_path: Path, rule: str) -> None:
    assert rule_mistakes(tmp_path, rule) == [("M105", "min")]


def test_a_text_longer_than_the_field_takes_refuses_the_record(tmp_path: Path) -> None:
    assert [one.code for one in refused(tmp_path, f"Reference: {NOTE}", note="x" * 21)] == [
        "mapping.too_long"
    ]
    assert mapped(tmp_path, f"Reference: {NOTE}", note="x" * 20) == "x" * 20


@pytest.mark.parametrize(
    ("note", "made"), [("abcdef", "abc"), ("ab", "ab"), (None, LEFT_OUT), ("   d", LEFT_OUT)]
)
def test_cut_shortens_longer_text(tmp_path: Path, note: str | None, made: Any) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, cut: 3}}", note=note) == made


def test_cut_makes_text_fit_the_field(tmp_path: Path) -> None:
    assert mapped(tmp_path, f"Reference: {{value: {NOTE}, cut: 20}}", note="x" * 99) == "x" * 20
    literal = "Reference: {first: [null, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa], cut: 20}"
    assert mapped(tmp_path, literal) == "a" * 20
    too_wide = f"Reference: {{value: {NOTE}, cut: 25}}"
    assert [one.code for one in refused(tmp_path, too_wide, note="x" * 99)] == ["mapping.too_long"]


def test_a_required_text_of_which_cut_leaves_blanks_is_missing(tmp_path: Path) -> None:
    rule = f"Reference: {{value: {NOTE}, cut: 3, required: true}}"
    assert [one.code for one in refused(tmp_path, rule, note="   d")] == ["mapping.required"]


def test_a_word_that_cut_shortens_is_held_against_the_words_of_the_field(tmp_path: Path) -> None:
    rule = 'Status: {value: "{{ invoice.note }}", cut: 5}'
    assert mapped(tmp_path, rule, note="DRAFTED") == "DRAFT"
    assert [one.code for one in refused(tmp_path, rule, note="PAID in full")] == ["mapping.enum"]
    assert [one.code for one in refused(tmp_path, "Status: {value: DRAFT, cut: 3}")] == ["mapping.enum"]


@pytest.mark.parametrize(
    ("amount", "places", "made"),
    [
        ("1.005", 2, "1.01"),
        ("-1.005", 2, "-1.01"),
        ("1.004999", 2, "1.00"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("7", 2, "7.00"),
        ("12.50", 4, "12.5000"),
        ("0.0000004", 2, "0.00"),
    ],
)
def test_round_gives_exactly_so_many_places_half_up(
    tmp_path: Path, amount: str, places: int, made: str
) -> None:
    rule = f'CurrencyRate: {{value: "{{{{ invoice.total_ex_vat }}}}", round: {places}}}'
    assert str(mapped(tmp_path, rule, total_ex_vat=Decimal(amount))) == made


def test_round_makes_two_places_of_whole_numbers_and_literals(tmp_path: Path) -> None:
    assert str(mapped(tmp_path, 'CurrencyRate: {value: "{{ invoice.days }}", round: 2}', days=5)) == "5.00"
    assert str(mapped(tmp_path, "CurrencyRate: {value: 5, round: 2}")) == "5.00"
    assert mapped(tmp_path, 'CurrencyRate: {value: "{{ invoice.days }}", round: 2}') is LEFT_OUT
    rule = 'CurrencyRate: {value: "{{ invoice.days }}", round: 1, default: 1.25}'
    assert str(mapped(tmp_path, rule)) == "1.3"


def test_doc_changes_nothing(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'Reference: {value: x, doc: "why {{ not an expression"}') == "x"
    assert [code for code, _ in rule_mistakes(tmp_path, "Reference: {value: x, doc: [a]}")] == ["M103"]


def test_the_modifiers_work_in_their_order(tmp_path: Path) -> None:
    # A default is not looked up, and neither lookup nor default is measured before the end.
    rule = """\
Reference:
  value: "{{ invoice.note }}"
  lookup: {in: accounts, by: Name, give: Type}
  optional: true
  default: "a default longer than five"
  required: true
  cut: 5
"""
    assert mapped(tmp_path, rule, note="Sales") == "REVEN"
    assert mapped(tmp_path, rule, note="Nobody") == "a def"
    assert mapped(tmp_path, rule) == "a def"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("Reference: {value: x, max: 3, cut: 3}", "M105"),
        ("Reference: {value: x, max: 0}", "M103"),
        ("Reference: {value: x, max: -1}", "M103"),
        ("Reference: {value: x, max: many}", "M103"),
        ("Reference: {value: x, max: 3.5}", "M103"),
        ('Reference: {value: x, cut: "3"}', "M103"),
        ("Reference: {value: x, round: 2}", "M105"),
        ("CurrencyRate: {value: 1.5, round: 13}", "M103"),
        ("CurrencyRate: {value: 1.5, round: -1}", "M103"),
        ('Days: {value: "{{ invoice.days }}", round: 2}', "M105"),
        ('CurrencyRate: {value: "{{ invoice.days }}", max: 3}', "M105"),
        ('Days: {value: "{{ invoice.days }}", cut: 3}', "M105"),
        ('Anything: {value: "{{ invoice.days }}", cut: 3}', "M105"),
        ('Anything: {value: "{{ invoice.note }}", round: 3}', "M105"),
        ("Tags: {list: [x], max: 3}", "M105"),
        ("Reference: {value: x, optional: true}", "M105"),
    ],
)
def test_modifiers_that_do_not_go_together_are_mistakes(tmp_path: Path, rule: str, code: str) -> None:
    assert [one for one, _ in rule_mistakes(tmp_path, rule)][:1] == [code]


def test_max_with_cut_is_marked_at_cut(tmp_path: Path) -> None:
    assert rule_mistakes(tmp_path, "Reference: {value: x, max: 3, cut: 3}") == [("M105", "cut")]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("Reference: {value: abcd, max: 3}", "abcd"),
        ("Reference: {value: \"{{ 'abcd' }}\", max: 3}", "'abcd'"),
        ("Reference: {first: [null, abcd], max: 3}", "abcd"),
        ('Reference: {value: "{{ invoice.note }}", default: abcd, max: 3}', "abcd"),
        ("Reference: {value: \"{{ 'a' if invoice.final else 'abcd' }}\", max: 3}", "'abcd'"),
        ("Reference: abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz"),
        ("Reference: \"{{ 'abcdefghijklmnopqrstuvwxyz' }}\"", "'abcdefghijklmnopqrstuvwxyz'"),
    ],
)
def test_a_literal_that_is_too_long_is_a_mistake_when_the_file_is_read(
    tmp_path: Path, rule: str, text: str
) -> None:
    assert rule_mistakes(tmp_path, rule) == [("M208", text)]


def test_what_is_looked_up_is_measured_not_what_it_is_looked_up_by(tmp_path: Path) -> None:
    lookup = "lookup: {in: accounts, by: Name, give: Code}, optional: true"
    rule = f"Reference: {{value: Advertising costs, {lookup}, max: 3}}"
    assert mapped(tmp_path, rule) is LEFT_OUT


@pytest.mark.parametrize("rule", ["{join: [abcd, x], max: 3}", "{value: \"{{ 'ab' ~ 'cd' }}\", max: 3}"])
def test_what_literals_add_up_to_is_measured_when_it_is_made(tmp_path: Path, rule: str) -> None:
    assert [one.code for one in refused(tmp_path, f"Reference: {rule}")] == ["mapping.too_long"]
