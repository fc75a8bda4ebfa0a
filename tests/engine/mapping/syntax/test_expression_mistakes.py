"""What an expression must not hold: each mistake with its code and the words that it marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mapping.mapping_kit import (
    evaluated,
    expression_mistakes,
    field_rule,
    hint_of,
    marked,
    mistakes,
    rule_mistakes,
)


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ("x()", ("M109", "(")),
        ("invoice.number()", ("M109", "(")),
        ("invoice.number.upper()", ("M109", "(")),
        ("'x'.upper()", ("M109", "(")),
        ("range(9)", ("M109", "(")),
        ("invoice['number']", ("M109", "[")),
        ("invoice.lines[0]", ("M109", "[")),
        ("invoice.lines.0", ("M109", "0")),
        ("invoice.note[1:2]", ("M109", "[")),
        ("'x'.__class__", ("M109", "__class__")),
        ("(1).real", ("M109", "real")),
        ("(invoice.note ~ 'a').b", ("M109", "b")),
        ("[1, 2]", ("M109", "[1, 2]")),
        ("[1] == 1", ("M109", "[1]")),
        ("[]", ("M109", "[]")),
        ("['a', (1) ]", ("M109", "['a', (1) ]")),
        ("(1, 2)", ("M109", ",")),
        ("()", ("M109", ")")),
        ("{'a': 1}", ("M109", "{")),
        ("none", ("M109", "none")),
        ("invoice.note == None", ("M109", "None")),
        ("2 ** 3", ("M109", None)),
        ("7 // 2", ("M109", None)),
        ("7 % 2", ("M109", None)),
        ("'%s' % invoice.note", ("M109", None)),
        ("+5", ("M109", "+")),
        ("invoice.days is odd", ("M109", "odd")),
        ("invoice.days is divisibleby(3)", ("M109", "divisibleby")),
        ("invoice.days is not none", ("M109", "none")),
        ("invoice.note is defined", ("M109", "defined")),
        ("invoice.note is present()", None),
        ("invoice.note is in ['a']", ("M108", "[")),
        ("invoice.note invoice.days", ("M108", "invoice")),
        ("invoice.note, 1", ("M108", ",")),
        ("1 +", ("M108", "+")),
        ("+", ("M108", "+")),
        ("(1", None),
        ("1)", None),
        ("'a", None),
        ("a b", ("M108", "b")),
        ("a = 1", ("M108", "=")),
        ("a ! b", None),
        ("a ? b : c", None),
        ("a && b", None),
        ("a; b", ("M108", ";")),
        ("$x", None),
        ("@x", None),
        ("`x`", None),
        ("lambda: 1", ("M108", ":")),
        ("1_000", ("M108", "1_000")),
        ("0x1f", ("M108", "0x1f")),
        ("0b1", ("M108", "0b1")),
        ("1e3", ("M108", "1e3")),
        ("1e999999", ("M108", "1e999999")),
        ("'\\xZZ'", ("M108", "'\\xZZ'")),
        ("'\\ud800'", ("M108", "'\\ud800'")),
        ("'\\N{no such letter}'", ("M108", "'\\N{no such letter}'")),
        ("１", ("M108", "１")),
        ("1１", ("M108", "1１")),
        ("٣ + 1", ("M108", "٣")),
        ("x²", None),
    ],
)
def test_text_outside_the_grammar_is_refused_at_its_place(
    tmp_path: Path, expression: str, mistake: tuple[str, str] | None
) -> None:
    if expression == "invoice.note is present()":  # brackets without an argument do no harm
        assert evaluated(tmp_path, expression) is False
        return
    marks = expression_mistakes(tmp_path, expression)
    assert len(marks) == 1
    assert marks[0][0] in ("M108", "M109")
    if mistake is not None:
        assert marks[0][0] == mistake[0]
        assert mistake[1] in (None, marks[0][1])


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("{% if invoice.final %}x{% endif %}", ("M107", "{%")),
        ("x {% set y = 1 %}", ("M107", "{%")),
        ("{# why #}", ("M107", "{#")),
        ("{{ invoice.note }} {# why #}", ("M107", "{#")),
        ("{{- invoice.note }}", ("M107", "{{-")),
        ("{{+ invoice.note }}", ("M107", "{{+")),
        ("{{ invoice.note -}}", ("M107", "-}}")),
        ("{{ invoice.note", ("M108", "{{")),
        ("{{ 'x }}", None),
        ("invoice.note }}", ("M108", "}}")),
        ("{{ invoice.note }} }}", ("M108", "}}")),
        ("{{ }}", ("M108", "{{ }}")),
        ("{{}}", ("M108", "{{}}")),
        ("{{ {{ invoice.note }} }}", None),
        ("{{ invoice.note }", None),
    ],
)
def test_expressions_are_the_only_braces(tmp_path: Path, text: str, mistake: tuple[str, str] | None) -> None:
    marks = rule_mistakes(tmp_path, f"Anything: |-\n  {text}")
    assert len(marks) == 1
    assert mistake is None or marks == [mistake]


@pytest.mark.parametrize("text", ["{ x }", "{x}", "} }", "% }", "{ {", "#}", "%}", "{", "}"])
def test_single_braces_are_text(tmp_path: Path, text: str) -> None:
    from tests.engine.mapping.mapping_kit import mapped

    assert mapped(tmp_path, f'Url: "{text}"') == text
    assert mapped(tmp_path, f'Url: "{text}: {{{{ invoice.number }}}}"') == f"{text}: INV-1"


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ("invoce.number", ("M201", "invoce")),
        ("number", ("M201", "number")),
        ("line.name", ("M201", "line")),
        ("invoice.numbr", ("M204", "numbr")),
        ("invoice.project.numbr", ("M204", "numbr")),
        ("invoice.number.length", ("M204", "length")),
        ("invoice.lines.name", ("M204", "name")),
        ("invoice.raw.x", ("M204", "x")),
        ("invoice.__class__", ("M204", "__class__")),
        ("settings.revenue_acount", ("M205", "revenue_acount")),
        ("settings.__init__", ("M205", "__init__")),
        ("settings", ("M205", "settings")),
        ("run.day", ("M204", "day")),
        ("run", ("M204", "run")),
        ("self", ("M201", "self")),
        ("loop.index", ("M201", "loop")),
    ],
)
def test_a_name_that_the_schema_does_not_know_is_a_mistake(
    tmp_path: Path, expression: str, mistake: tuple[str, str]
) -> None:
    assert expression_mistakes(tmp_path, expression) == [mistake]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("invoce.number", "invoice"),
        ("invoice.numbr", "number"),
        ("settings.revenue_acount", "revenue_account"),
        ("invoice.status == 'Sent'", "sent"),
    ],
)
def test_unknown_names_come_with_a_did_you_mean(tmp_path: Path, expression: str, word: str) -> None:
    assert f'did you mean "{word}"?' in hint_of(tmp_path, f"Anything: |-\n  {{{{ {expression} }}}}")


@pytest.mark.parametrize(
    ("expression", "marks"),
    [
        ("invoice.note + 1", "invoice.note"),
        ("1 - invoice.date", "invoice.date"),
        ("invoice.final * 2", "invoice.final"),
        ("invoice.lines / 2", "invoice.lines"),
        ("-invoice.note", "invoice.note"),
        ("invoice.note == 5", "5"),
        ("invoice.days == '5'", "'5'"),
        ("invoice.date > '2026-01-01'", "'2026-01-01'"),
        ("invoice.date < invoice.changed", "invoice.changed"),
        ("invoice.final == 1", "1"),
        ("invoice.final < true", "true"),
        ("invoice.lines == invoice.lines", "invoice.lines"),
        ("invoice.project == 1", "invoice.project"),
        ("invoice.raw == 1", "invoice.raw"),
        ("invoice.days in ['a']", "'a'"),
        ("invoice.days in invoice.tags", "invoice.days"),
        ("invoice.note in invoice.number", "invoice.number"),
        ("invoice.note in 'abc'", "'abc'"),
        ("invoice.note ~ invoice.lines", "invoice.lines"),
        ("invoice.project ~ 'x'", "invoice.project"),
        ("1 if invoice.final else 'a'", "'a'"),
        ("invoice.date if invoice.final else 'a'", "'a'"),
    ],
)
def test_operands_are_type_checked(tmp_path: Path, expression: str, marks: str) -> None:
    assert expression_mistakes(tmp_path, expression) == [("M210", marks)]


@pytest.mark.parametrize(
    ("expression", "marks"),
    [
        ("invoice.note and true", "invoice.note"),
        ("true or invoice.days", "invoice.days"),
        ("not invoice.note", "invoice.note"),
        ("1 if invoice.note", "invoice.note"),
        ("1 if invoice.lines else 2", "invoice.lines"),
    ],
)
def test_conditions_are_true_or_false(tmp_path: Path, expression: str, marks: str) -> None:
    assert expression_mistakes(tmp_path, expression) == [("M217", marks)]


@pytest.mark.parametrize(
    ("expression", "marks"),
    [
        ("invoice.status == 'Sent'", "'Sent'"),
        ("'payd' != invoice.status", "'payd'"),
        ("invoice.status in ['sent', 'payd']", "'payd'"),
    ],
)
def test_a_word_that_is_never_there_is_a_mistake(tmp_path: Path, expression: str, marks: str) -> None:
    assert expression_mistakes(tmp_path, expression) == [("M207", marks)]


@pytest.mark.parametrize(
    "expression", ["invoice.note == ''", "invoice.note == '  '", "invoice.note in ['', 'a']"]
)
def test_a_comparison_with_blank_text_is_a_warning(tmp_path: Path, expression: str) -> None:
    diagnostics = mistakes(tmp_path, invoices=field_rule(f"Anything: |-\n  {{{{ {expression} }}}}"))
    assert [(diagnostic.code, diagnostic.severity) for diagnostic in diagnostics] == [("M223", "warning")]


def test_not_equal_to_blank_text_is_true_where_there_is_something(tmp_path: Path) -> None:
    assert expression_mistakes(tmp_path, "invoice.note != ''") == []
    assert evaluated(tmp_path, "invoice.note != ''", note="x") is True
    assert evaluated(tmp_path, "invoice.note != ''") is False


def test_all_mistakes_of_all_expressions_are_reported_together(tmp_path: Path) -> None:
    rule = 'Reference: "{{ invoice.a }} {{ invoice.b }} {{ x | y }}"\nUrl: "{{ settings.z }}"'
    assert marked(mistakes(tmp_path, invoices=field_rule(rule))) == [
        ("M204", "a"),
        ("M204", "b"),
        ("M211", "y"),
        ("M205", "z"),
    ]


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("invoice.note is present(1)", ""),
        ("invoice.note is prsent", "present"),
        ("invoice.note | zzz", "available: plus_days, date"),
        ("'a' || 'b'", "write or"),
        ("{{ invoice.note }}", "without braces"),
        ("{'a': 1}", "fields"),
        ("'2026-02-30' | date", "there is no such day"),
        ("'31-01-2026' | date", "a date looks like 2026-01-31"),
        ("invoice.days * 2 | text", "(a * b) | text"),
    ],
)
def test_a_mistake_says_what_to_try(tmp_path: Path, expression: str, hint: str) -> None:
    said = hint_of(tmp_path, f"Anything: |-\n  {{{{ {expression} }}}}")
    assert hint in said if hint else not said


def test_types_are_called_as_people_call_them(tmp_path: Path) -> None:
    (one,) = mistakes(tmp_path, invoices=field_rule('Anything: "{{ invoice.total_ex_vat.real }}"'))
    assert one.message == "invoice.total_ex_vat is a number and has no fields of its own"
