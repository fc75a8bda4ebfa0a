"""The most common mistakes: unquoted expressions, quotes inside quotes, tabs, brackets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.document.document_kit import mistake, place, read, root

QUOTE_IT = 'quote it: "{{ … }}"'


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("k: {{ x }}\n", "1:4"),
        ("k: {{x}}\n", "1:4"),
        ("k: {{ x }}", "1:4"),
        ("k: {{}}\n", "1:4"),
        ("k:   {{ x }}  # why\n", "1:6"),
        ("k:\n  {{ x }}\n", "2:3"),
        ("- {{ x }}\n- b\n", "1:3"),
        ("- - {{ x }}\n", "1:5"),
        ("k: [{{ x }}, b]\n", "1:5"),
        ("k: [b, {{ x }}]\n", "1:8"),
        ("k: {a: {{ x }}}\n", "1:8"),
        ("k: {a: {{ x }}, b: 1}\n", "1:8"),
        ("k: {a: b, c: {{ x }} }\n", "1:14"),
        ("{{ x }}: k\n", "1:1"),
        ("k:\n  - {{ x }}: 1\n", "2:5"),
        ("k: {{ x }} PO\n", "1:4"),
        ("k: {a: {{ x }} PO}\n", "1:8"),
        ("k: {a: PO {{ x }}}\n", "1:11"),
        ("k: [PO {{ x }}, b]\n", "1:8"),
        ("k: {{ x }} and {{ y }}\n", "1:4"),
        ("k: {{ x | date }}\n", "1:4"),
        ("k: {{ x | f(1, 2) }}\n", "1:4"),
        ("k: {{ x == 'a' }}\n", "1:4"),
        ('k: {{ x == "a" }}\n', "1:4"),
        ("k: {{ x in [a, b] }}\n", "1:4"),
        ("k: {a: {{ x in [a, b] }}}\n", "1:8"),
        ("k: {{ x if y else z }}\n", "1:4"),
        ("k: {{ x\n  and y }}\n", "1:4"),
        ("k: {{ x }\n", "1:4"),
        ("a: 'it''s'\nk: {{ x }}\n", "2:4"),
        ("# it's\nk: {a: don't {{ x }}}\n", "2:14"),
        ("é: 😀\nk: {é😀: {{ x }}}\n", "2:9"),
    ],
)
def test_an_unquoted_expression_is_reported_once_at_its_place(tmp_path: Path, text: str, at: str) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, place(one), one.hint) == ("Y109", at, QUOTE_IT)
    assert one.message == "unquoted expression {{ … }}"


def test_every_unquoted_expression_of_a_file_is_reported(tmp_path: Path) -> None:
    _, diagnostics = read(tmp_path, "a: {{ x }}\nb: [{{ y }}, {{ z }}]\nc: 'fine {{ w }}'\n")
    assert [(diagnostic.code, place(diagnostic)) for diagnostic in diagnostics] == [
        ("Y109", "1:4"),
        ("Y109", "2:5"),
        ("Y109", "2:14"),
    ]


def test_an_expression_right_after_its_colon_also_needs_a_space(tmp_path: Path) -> None:
    one = mistake(tmp_path, "a: 1\nk:{{ x }}\nb: 2\n")
    assert (one.code, place(one)) == ("Y109", "2:3")
    assert one.hint == f"put a space after the colon, and {QUOTE_IT}"


@pytest.mark.parametrize(
    "text",
    ["k: PO {{ x }}\n", "k: '{{ x }}'\n", "k: |\n  {{ x }}\n", "k: don't {{ x }}\n", "# {{ x }}\nk: 1\n"],
)
def test_quoted_expressions_are_left_alone(tmp_path: Path, text: str) -> None:
    assert root(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("k: >-\n  {{ x }}\nb: c: d\n", "3:5"),
        ("k: 'a\n  {{ x }}'\nb: c: d\n", "3:5"),
        ('k: "{{ x }}"\nb: c: d\n', "2:5"),
        ("k: PO {{ x }}\nb: c: d\n", "2:5"),
        ("a: 1  # {{ x }}\nb: c: d\n", "2:5"),
    ],
)
def test_a_quoted_expression_is_not_blamed_for_another_mistake(tmp_path: Path, text: str, at: str) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, place(one)) == ("Y104", at)
    assert "quote text" in one.hint


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ('a: "b\nc: d\n', "1:4", "unclosed quote", 'close it with "'),
        ("a: 1\nb: ['x, y]\n", "2:5", "unclosed quote", "close it with '"),
        ('a: "{{ x }}\nb: "{{ y }}"\n', "1:4", "on line 2 of the quoted text", "is this quote"),
        ("a: '{{ x == 'y' }}'\n", "1:14", "text after the closing quote", "write a quote twice: ''"),
        ('a: "{{ x == "y" }}"\n', "1:14", "text after the closing quote", 'write \\"'),
        ("a: ['it's']\n", "1:9", "text after the closing quote", "write a quote twice"),
        ('a: "b" c\n', "1:8", "text after the closing quote", "write a quote twice"),
        ("a:\n\tb: c\n", "2:1", "cannot start any token", "indent with spaces, not tabs"),
        ("a: b\n\tc: d\n", "2:1", "a tab character", "indent with spaces, not tabs"),
        ("a: @b\n", "1:4", "cannot start any token", "quote text that starts with @"),
        ("a: %b\n", "1:4", "cannot start any token", "quote text that starts with %"),
        ("a: b: c\n", "1:5", "mapping values are not allowed", 'quote text that contains ": "'),
        ("a:\n  b: 1\n c: 2\n", "3:2", "did not find expected key", "align the keys of a mapping"),
        ("- a\nb: c\n", "2:1", "expected '-' indicator", "align the items of a list"),
        ("a: - b\n", "1:4", "block sequence entries", "start the list on a line of its own"),
        ("a: [b,\nc: d\n", "2:5", "expected ',' or", "close the bracket opened on line 1"),
        ("a: 1\nb: {c: d\ne: f\n", "3:2", "expected ',' or", "close the bracket opened on line 2"),
        ("a: [\n", "1:5", "expected node content", "close the bracket"),
        ("a: [b]]\n", "1:7", "did not find expected key", "remove the extra bracket"),
        ("a: }\n", "1:4", "expected node content", "remove the extra bracket"),
        ("a: [b,,c]\n", "1:7", "expected node content", "add the missing value before the comma"),
        ("a: {b: ${env:X}}\n", "1:9", "expected ',' or", 'quote it: "${…}"'),
        ('a: "\\d"\n', "1:5", "unknown escape", "write \\\\ for a backslash"),
        ("a: |b\n", "1:5", "comment or line break", "quote text that starts with | or >"),
        ("k: {% if x %}a\n", "1:4", "statements {% %} are not supported", "first"),
        ("a: 1\nk: {# x #}\n", "2:4", "comments {# #} are not supported", "first"),
        ("a:\u00a0b\nc: d\n", "2:2", "mapping values", "replace the no-break space"),
        ("a: 1\nb\nc: 2\n", "2:1", "expected a key or a value", "write a colon"),
    ],
)  # fmt: skip
def test_broken_yaml_says_where_and_what_to_try(
    tmp_path: Path, text: str, at: str, message: str, hint: str
) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, place(one)) == ("Y104", at)
    assert message in one.message
    assert hint in one.hint
