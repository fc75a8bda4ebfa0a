"""Expressions and files that mean harm: refused when the file is read, or harmless. Never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mapping.mapping_kit import (
    evaluated,
    expression_mistakes,
    field_rule,
    mapped,
    marked,
    mistakes,
    refused,
)

ESCAPES = [
    "__class__",
    "invoice.__class__",
    "invoice.__class__.__mro__",
    "''.__class__",
    "''.__class__.__mro__[1].__subclasses__()",
    "().__class__.__bases__[0]",
    "{}.__class__",
    "[].append(1)",
    "5 .__class__",
    "invoice.values",
    "invoice.keys()",
    "invoice.get('id')",
    "invoice['__class__']",
    "invoice|attr('__class__')",
    "invoice.number.format(1)",
    "'{0.__class__}'.format(invoice)",
    "'%s' % invoice",
    "'%(x)s' % settings",
    "settings.__dict__",
    "run.__init__",
    "run.date.today()",
    "x()",
    "self",
    "self._TemplateReference__context",
    "lipsum.__globals__",
    "cycler.__init__.__globals__.os.popen('id').read()",
    "namespace()",
    "request",
    "config",
    "__builtins__",
    "__import__('os')",
    "open('/etc/passwd')",
    "kit",
    "record",
    "refused",
    "constants",
    "v1",
    "i1",
    "k0",
    "exec('x')",
    "lambda: 1",
    "yield",
    "await x",
    "x := 1",
    "import os",
]


@pytest.mark.parametrize("expression", ESCAPES)
def test_an_expression_reaches_no_python(tmp_path: Path, expression: str) -> None:
    marks = expression_mistakes(tmp_path, expression)
    assert marks
    assert {code for code, _ in marks} <= {"M108", "M109", "M201", "M204", "M205", "M211"}


@pytest.mark.parametrize(
    "text", ["{0}", "{invoice}", "%s", "%(x)s", "${x}", "$(id)", "`id`", "{0.__class__}", "\\x41"]
)
def test_what_other_languages_would_fill_in_stays_text(tmp_path: Path, text: str) -> None:
    assert mapped(tmp_path, f"Url: '{text}'") == text
    assert mapped(tmp_path, f"Url: '{text} {{{{ invoice.number }}}}'") == f"{text} INV-1"
    assert mapped(tmp_path, 'Url: "{{ invoice.note }}"', note=text) == text


@pytest.mark.parametrize("text", ["{{ invoice.number }}", "{% if x %}", "{{ 1 / 0 }}", "{# x #}"])
def test_a_value_that_looks_like_an_expression_is_not_read_again(tmp_path: Path, text: str) -> None:
    assert mapped(tmp_path, 'Url: "{{ invoice.note }}"', note=text) == text
    assert mapped(tmp_path, 'Url: "x {{ invoice.note }}"', note=text) == f"x {text}"
    assert evaluated(tmp_path, "settings.unset", settings={"unset": text}) == text


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 200 + "1" + ")" * 200,
        "(" * 900 + "1",
        "[" * 200 + "1" + "]" * 200,
        "{" * 200,
        "not " * 400 + "true",
        "-" * 1900 + "5",
        "+" * 1900 + "5",
        "- + " * 400 + "5",
        "1 + " * 400 + "1",
        "2 * " * 400 + "2",
        "true and " * 180 + "true",
        "false or " * 180 + "false",
        "1 < " * 400 + "1",
        "1 if true else " * 120 + "1",
        "1 if " * 300 + "true",
        "'x' | upper" + " | upper" * 200,
        "invoice" + ".a" * 900,
        "'x' | replace(" * 130 + "'a'",
        "5 is present" + " is present" * 150,
        "true in [" * 150,
        "1 == " * 300 + "1",
        "9" * 100,
        "0." + "9" * 100,
    ],
)
def test_absurdly_deep_or_long_expressions_are_refused(tmp_path: Path, expression: str) -> None:
    marks = expression_mistakes(tmp_path, expression)
    assert marks
    assert {code for code, _ in marks} <= {"M108", "M109", "M110", "M201"}


def test_an_expression_as_deep_as_is_allowed_works_as_deep_as_rules_are_allowed(tmp_path: Path) -> None:
    brackets = "(" * 20 + "invoice.days" + ")" * 20
    elses = " if invoice.final else ".join(["invoice.note | upper"] * 40 + ["'end'"])
    calls = "'x'" + " | upper" * 60
    for expression, made in ((brackets, 1), (elses, "end"), (calls, "X")):
        rule = f'{{value: "{{{{ {expression} }}}}"}}'
        for _ in range(20):
            rule = f"{{first: [null, {rule}]}}"
        assert mapped(tmp_path, f"Anything: {rule}", days=1) == made


def test_an_expression_longer_than_two_thousand_characters_is_refused(tmp_path: Path) -> None:
    for expression in (
        "'" + "x" * 2000 + "'",
        "invoice.note" + " " * 2000,
        " ~ ".join(["'x'"] * 400),
        "x" * 5000,
    ):
        assert [code for code, _ in expression_mistakes(tmp_path, expression)] == ["M110"]
    assert len(evaluated(tmp_path, "'" + "x" * 1990 + "'")) == 1990


def test_a_text_longer_than_ten_thousand_characters_is_refused(tmp_path: Path) -> None:
    assert [code for code, _ in marked(mistakes(tmp_path, invoices=field_rule(f"Url: {'x' * 10_001}")))] == [
        "M110"
    ]
    many = "{{ invoice.days }}" * 600
    assert [code for code, _ in marked(mistakes(tmp_path, invoices=field_rule(f'Url: "{many}"')))] == ["M110"]


@pytest.mark.parametrize(
    "shape", ["{{first: [{}]}}", "{{value: x, default: {}}}", "{{fields: {{a: {}}}}}", "{{list: [{}]}}"]
)
def test_rules_nested_beyond_sense_are_refused(tmp_path: Path, shape: str) -> None:
    rule = "x"
    for _ in range(25):
        rule = shape.format(rule)
    found = [code for code, _ in marked(mistakes(tmp_path, invoices=field_rule(f"Anything: {rule}")))]
    assert set(found) <= {"M110", "Y107"}
    assert found


@pytest.mark.parametrize(
    "amount", ["1e999999", "1e9999999999999", "9" * 300, "-" + "9" * 300, "1." + "0" * 300]
)
def test_numbers_beyond_sense_are_refused(tmp_path: Path, amount: str) -> None:
    assert [
        code for code, _ in marked(mistakes(tmp_path, invoices=field_rule(f"CurrencyRate: {amount}")))
    ] == ["M224"]
    assert {code for code, _ in expression_mistakes(tmp_path, amount)} <= {"M108", "M110"}


def test_shapes_that_multiply_are_refused(tmp_path: Path) -> None:
    shape = """\
mapping: d{at}
shape: {{from: psohub.invoices, as: invoice, to: xero.invoices}}
fields: {{Anything: {{fields: {{a: {{use: d{next}}}, b: {{use: d{next}}}}}}}}}
"""
    files = {f"d{at}": shape.format(at=at, next=at + 1) for at in range(30)}
    files["d30"] = shape.partition("fields")[0].format(at=30) + "fields: {Url: x}\n"
    marks = marked(mistakes(tmp_path, invoices=field_rule("Anything: {use: d0}"), **files))
    assert marks == [("M110", "invoices")]


@pytest.mark.parametrize(
    "wrap", ["{first: [@]}", "{fields: {a: @}}", '{value: "{{ invoice.note }}", default: @}']
)
def test_shapes_in_a_long_row_are_refused(tmp_path: Path, wrap: str) -> None:
    head = (
        "mapping: s{}\nshape: {{from: psohub.invoices, as: invoice, to: xero.invoices}}\nfields: {{Anything: "
    )
    files = {}
    for at in range(12):
        rule = f"{{use: s{at + 1}}}" if at < 11 else "x"
        for _ in range(15):
            rule = wrap.replace("@", rule)
        files[f"s{at}"] = head.format(at) + rule + "}\n"
    marks = marked(mistakes(tmp_path, invoices=field_rule("Anything: {use: s0}"), **files))
    assert {code for code, _ in marks} == {"M110"}


def test_a_text_that_grows_without_end_refuses_the_record(tmp_path: Path) -> None:
    expression = "invoice.note" + " | replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 10
    (one,) = refused(tmp_path, f'Url: "{{{{ {expression} }}}}"', note="a")
    assert one.code == "mapping.failed"


def test_loops_in_loops_beyond_sense_are_refused(tmp_path: Path) -> None:
    rule = "{fields: {n: x}}"
    for at in reversed(range(14)):
        rule = f'{{each: "{{{{ invoice.tags }}}}", as: t{at}, fields: {{n: {rule}}}}}'
    assert [code for code, _ in marked(mistakes(tmp_path, invoices=field_rule(f"Anything: {rule}")))] == [
        "M110"
    ]
