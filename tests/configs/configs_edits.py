"""Random edits of a file: lines lost, duplicated or swapped, typing mistakes, odd tokens."""

from __future__ import annotations

import re

from hypothesis import strategies as st

TOKENS = [
    "{", "}", "[", "]", ":", ": ", "- ", "\n- ", "? ", "|", "|\n", ">", "&a ", "*a", "!t ", "!!int ",
    "'", '"', " #", "%", "@", "`", "~", "null", "true", "0", "-1", "1e3", "9" * 40, "<<: ", "---\n",
    "...\n", "\t", "  ", "\r", "\0", "\ufeff", "\u2028", "\x85", "\u202e", "😀", "\\", "[]", "{}", "''",
    '""', "{{", "}}", "{{ }}", "{{ x }}", "{%", "{#", "${env:X}", "${file:/etc/hostname}", "first: ",
    "join: ", "list: ", "each: ", "fields: ", "value: ", "use: lines", "ref: invoices", "as: line",
    "key: ", "with: ", "where: ", "when: ", "default: ", "lookup: ", "in: accounts", "by: [Code]",
    "max: 3", "cut: 2", "round: 1", "required: true", "optional: true", "mapping: invoices", "shape: ",
    "source: ", "target: ", "totals: ", "actions: ", "sandbox: true", "sandbox: {}", "connector: xero",
    "{{ invoice }}", "{{ invoice.lines }}", "{{ settings }}", "{{ run.date }}", "{{ 1 / 0 }}",
    "{{ 'a' ~ 1 }}", "{{ not x }}", "{{ a if b }}", "{{ x | split(',') }}", "{{ line.quantity * 2 }}",
    "{{ x is present }}",
]  # fmt: skip
_WORD = re.compile(r"\w+")
_VALUE = re.compile(r"[\w.{}'\" ]+")


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """A text after one to three edits."""
    for _ in range(draw(st.integers(1, 3))):
        text = draw(st.sampled_from(EDITS))(draw, text)
    return text


def _line_lost(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    del lines[draw(_index(lines))]
    return "\n".join(lines)


def _line_doubled(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    lines.insert(draw(_index(lines)), lines[draw(_index(lines))])
    return "\n".join(lines)


def _lines_swapped(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    one, other = draw(_index(lines)), draw(_index(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _line_moved_sideways(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    at = draw(_index(lines))
    lines[at] = " " * draw(st.integers(0, 6)) + lines[at].lstrip()
    return "\n".join(lines)


def _other_character(draw: st.DrawFn, text: str) -> str:
    at = draw(_place(text))
    return text[:at] + draw(st.characters(codec="utf-8")) + text[at + 1 :]


def _text_put_in(draw: st.DrawFn, text: str) -> str:
    at = draw(_place(text))
    return text[:at] + draw(st.text(st.characters(codec="utf-8"), max_size=8)) + text[at:]


def _token_put_in(draw: st.DrawFn, text: str) -> str:
    at = draw(_place(text))
    return text[:at] + draw(st.sampled_from(TOKENS)) + text[at:]


def _piece_lost(draw: st.DrawFn, text: str) -> str:
    at = draw(_place(text))
    return text[:at] + text[at + draw(st.integers(1, 12)) :]


def _cut_off(draw: st.DrawFn, text: str) -> str:
    return text[: draw(_place(text))]


def _token_for_a_value(draw: st.DrawFn, text: str) -> str:
    values = [*_VALUE.finditer(text)]
    if not values:
        return text
    one = values[draw(_index(values))]
    return text[: one.start()] + draw(st.sampled_from(TOKENS)) + text[one.end() :]


def _word_for_another(draw: st.DrawFn, text: str) -> str:
    words = [*_WORD.finditer(text)]
    if not words:
        return text
    one, other = words[draw(_index(words))], words[draw(_index(words))]
    return text[: one.start()] + other[0] + text[one.end() :]


def _index(items: list[str] | list[re.Match[str]]) -> st.SearchStrategy[int]:
    return st.integers(0, len(items) - 1)


def _place(text: str) -> st.SearchStrategy[int]:
    return st.integers(0, len(text))


EDITS = [
    _line_lost, _line_doubled, _lines_swapped, _line_moved_sideways, _other_character, _text_put_in,
    _token_put_in, _piece_lost, _cut_off, _token_for_a_value, _word_for_another,
]  # fmt: skip
