"""What several rules need is read and computed once, and that changes nothing of what they come to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.mapping.mapping_kit import body_of, compiled, field_rule, mapper, record

LEFT_OUT = ...


def both(folder: Path, rules: str, **values: Any) -> tuple[Any, Any]:
    """What the fields Reference and Url come to."""
    body = body_of(mapper(compiled(folder, invoices=field_rule(rules)))(record(**values)))
    return body.get("Reference", ...), body.get("Url", ...)


BRANCHES = [
    # Read in a branch below the mark, behind an owner that is read before it.
    """\
Reference:
  first:
    - "{{ invoice.project.reference }}"
    - {value: "{{ invoice.project.number }}", when: "{{ invoice.total_ex_vat > 0 }}"}
Url: "{{ invoice.project.number }}"
""",
    # Read where the owner is known to be present, needed again where it is not.
    """\
Reference: {value: "{{ invoice.project.number }}", when: "{{ invoice.project is present }}"}
Url: "{{ invoice.project.number }}"
""",
    """\
Reference: {value: "{{ invoice.project.number }}", when: "{{ invoice.project.id == 'x' or true }}"}
Url:
  first:
    - {value: "{{ invoice.project.number }}", when: "{{ invoice.final }}"}
    - "{{ invoice.project.number }}"
""",
    # Only in branches, first in the inner one.
    """\
Reference:
  first: [null, {first: ["{{ invoice.note }}", {value: "{{ invoice.project.number }}", when: true}]}]
Url: {value: "{{ invoice.note }}", default: "{{ invoice.project.number }}"}
""",
    # In a condition, in a function and in a text.
    """\
Reference: "{{ invoice.project.number | trim if invoice.project.number is present else invoice.note }}"
Url: "{{ 'x' if invoice.project.number == 'y' else invoice.project.number ~ '' }}"
""",
]


@pytest.mark.parametrize("rules", BRANCHES)
@pytest.mark.parametrize("project", [None, {}, {"number": "7"}, {"number": " "}])
def test_a_path_that_two_fields_read_is_the_same_in_both(
    tmp_path: Path, rules: str, project: dict[str, str] | None
) -> None:
    wanted = project.get("number", " ").strip() if project else ""
    assert both(tmp_path, rules, project=project) == ((wanted, wanted) if wanted else (LEFT_OUT, LEFT_OUT))


def test_a_path_is_read_once_however_many_rules_need_it(tmp_path: Path) -> None:
    for rules in BRANCHES[1:4]:
        code = compiled(tmp_path, invoices=field_rule(rules)).mappings["invoices"].code
        assert code.count(".get('number')") == 2  # the title reads a number too: the invoice's own


def test_an_expression_in_two_fields_is_computed_once(tmp_path: Path) -> None:
    rules = """\
CurrencyRate: "{{ invoice.total_ex_vat * 2 }}"
Reference: "{{ (invoice.total_ex_vat * 2) | text }}"
Url: {value: x, when: "{{ invoice.total_ex_vat * 2 > 100 }}"}
"""
    programs = compiled(tmp_path, invoices=field_rule(rules))
    assert programs.mappings["invoices"].code.count("multiply(") == 1
    body = body_of(mapper(programs)(record(total_ex_vat=Decimal("50.50"))))
    assert (str(body["CurrencyRate"]), body["Reference"], body["Url"]) == ("101.00", "101.00", "x")


def test_what_is_computed_in_a_branch_is_computed_again_outside_of_it(tmp_path: Path) -> None:
    rules = """\
Reference: {value: "{{ invoice.note | upper }}", when: "{{ invoice.final }}"}
Url: "{{ invoice.note | upper }}"
"""
    assert both(tmp_path, rules, note="n") == (LEFT_OUT, "N")
    assert both(tmp_path, rules, note="n", final=True) == ("N", "N")


def test_a_value_that_one_rule_changes_stays_as_it_was_for_the_others(tmp_path: Path) -> None:
    rules = """\
Reference: {value: "{{ invoice.note }}", cut: 2, default: none}
Url: {first: ["{{ invoice.note }}", "{{ invoice.external_id }}"]}
"""
    assert both(tmp_path, rules, note="abc") == ("ab", "abc")
    assert both(tmp_path, rules) == ("no", LEFT_OUT)
    assert both(tmp_path, rules, external_id="e") == ("no", "e")


def test_an_expression_with_a_default_in_one_field_is_still_absent_in_the_other(tmp_path: Path) -> None:
    rules = """\
Reference: {value: "{{ invoice.note ~ 'x' }}", default: d}
Url: "{{ invoice.note ~ 'x' }}"
"""
    assert both(tmp_path, rules) == ("d", LEFT_OUT)
    assert both(tmp_path, rules, note="n") == ("nx", "nx")


def test_items_of_two_lists_are_not_mixed_up(tmp_path: Path) -> None:
    rules = """\
Anything:
  fields:
    a: {each: "{{ invoice.lines }}", as: x, fields: {n: "{{ x.name | upper }}", m: "{{ x.name | upper }}"}}
    b: {each: "{{ invoice.lines }}", as: x, fields: {n: "{{ x.name | upper }}{{ invoice.number | upper }}"}}
Reference: "{{ invoice.number | upper }}"
"""
    body = body_of(
        mapper(compiled(tmp_path, invoices=field_rule(rules)))(record(lines=[{"name": "p"}, {"name": "q"}]))
    )
    assert body["Anything"]["a"] == [{"n": "P", "m": "P"}, {"n": "Q", "m": "Q"}]
    assert body["Anything"]["b"] == [{"n": "PINV-1"}, {"n": "QINV-1"}]
    assert body["Reference"] == "INV-1"


def test_literals_that_are_equal_in_python_are_not_taken_for_each_other(tmp_path: Path) -> None:
    rules = (
        'Anything: {list: [1, 1.0, 1.00, true, "1", "{{ 1 }}", "{{ 1.0 }}", "{{ true }}", "{{ 1.00 + 0 }}"]}'
    )
    body = body_of(mapper(compiled(tmp_path, invoices=field_rule(rules)))(record()))
    made = ["1", "1.0", "1.00", "True", "1", "1", "1.0", "True", "1.00"]
    assert [str(one) for one in body["Anything"]] == made
    assert type(body["Anything"][4]) is str
