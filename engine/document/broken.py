"""Find the probable cause of a YAML parser's failure.

Pure: takes the parser's message and positions and the file's rows, and returns a place, a message and a hint.
The parser points at where it stopped; the mistake is often before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Mark = tuple[int, int]  # line and column, from 0
Range = tuple[Mark, Mark]

UNQUOTED = "unquoted expression {{ … }}"
QUOTE_IT = 'quote it: "{{ … }}"'
_HINTS = {  # the most common mistake, by a part of the parser's message
    "mapping values are not allowed": 'quote text that contains ": "; align the keys of a mapping',
    "block sequence entries": "start the list on a line of its own, or write [a, b]",
    "expected key": "align the keys of a mapping",
    "'-' indicator": "align the items of a list",
    "unknown escape": "write \\\\ for a backslash inside \"…\"; inside '…' a single one will do",
    "expected node content": "add the missing value, or close the bracket",
    "comment or line break": "quote text that starts with | or >",
}
_CHARACTERS = {  # the most common mistake, by the character at which the parser stopped
    "\t": "indent with spaces, not tabs",
    "@": "quote text that starts with @",
    "`": "quote text that starts with `",
    "%": "quote text that starts with %",
    "]": "remove the extra bracket, or add the missing value before it",
    "}": "remove the extra bracket, or add the missing value before it",
    ",": "add the missing value before the comma",
}
_KEY_WITHOUT_SPACE = re.compile(r"\s*(?:- +)?([\w.-]+:(?![\s:/])\S)")
_BEFORE_TEXT = " \t[{,:"  # a quote after one of these, or at the start of a row, opens a text


@dataclass(frozen=True, slots=True)
class ParserFailure:
    """Where and why the parser stopped."""

    problem: str
    context: str
    mark: Mark
    started: Mark | None  # where the construct starts that it was parsing
    scalars: Sequence[Range] = ()  # the scalars that it read last
    quoted: bool = False  # whether the last of them is quoted


@dataclass(frozen=True, slots=True)
class Cause:
    code: str
    mark: Mark
    length: int
    message: str
    hint: str


def cause_of(failure: ParserFailure, rows: Sequence[str]) -> Cause:
    """The most probable mistake."""
    for find in (_open_quote, _expression, _statement, _no_space, _no_colon, _text_after_quotes):
        if cause := find(failure, rows):
            return cause
    return _other(failure, rows)


def _message(reason: str) -> str:
    return f"invalid YAML: {reason}"


def _open_quote(failure: ParserFailure, rows: Sequence[str]) -> Cause | None:
    if "unexpected end of stream" not in failure.problem or failure.started is None:
        return None
    quote = _character(rows, failure.started)
    if quote not in ("'", '"'):
        return None
    return Cause("Y104", failure.started, 1, _message("unclosed quote"), f"close it with {quote}")


def _expression(failure: ParserFailure, rows: Sequence[str]) -> Cause | None:
    """An unquoted expression in this row or the one before: the most common mistake of all."""
    for line in (failure.mark[0], failure.mark[0] - 1):
        row = rows[line] if 0 <= line < len(rows) else ""
        for column in _unquoted_expressions(row):
            if any(begin <= (line, column) < end for begin, end in failure.scalars):
                continue
            before = row[:column].rstrip()
            if before.endswith(":") and before == row[:column]:
                hint = f"put a space after the colon, and {QUOTE_IT}"
                return Cause("Y109", (line, column), 2, UNQUOTED, hint)
            if line == failure.mark[0] or before[-1:] in ("", ":", "-", "[", ","):
                return Cause("Y109", (line, column), 2, UNQUOTED, QUOTE_IT)
    return None


def _unquoted_expressions(row: str) -> Iterator[int]:
    """The columns at which expressions start in a row, outside quotes and comments."""
    quote = ""
    for index, char in enumerate(row):
        before = row[index - 1 : index]
        if quote:
            if char == quote and not (quote == '"' and before == "\\"):
                quote = ""
        elif char in "'\"" and (not before or before in _BEFORE_TEXT):
            quote = char
        elif char == "#" and (not before or before in " \t"):
            return
        elif row.startswith("{{", index) and before != "{":
            yield index


def _statement(failure: ParserFailure, rows: Sequence[str]) -> Cause | None:
    line, _ = failure.mark
    for opening, what in (("{%", "statements {% %}"), ("{#", "comments {# #}")):
        column = rows[line].find(opening) if line < len(rows) else -1
        if column >= 0:
            hint = 'use `when`, `first` or "{{ a if b else c }}"'
            return Cause("Y104", (line, column), 2, _message(f"{what} are not supported"), hint)
    return None


def _no_space(failure: ParserFailure, rows: Sequence[str]) -> Cause | None:
    """`key:value` is one text, which makes the lines around it invalid."""
    if "mapping values" not in failure.problem and "expected ':'" not in failure.problem:
        return None
    for line in (failure.mark[0], failure.mark[0] - 1):
        if 0 <= line < len(rows) and (key := _KEY_WITHOUT_SPACE.match(rows[line])):
            hint = "write a colon and a space after the key"
            return Cause(
                "Y104", (line, key.start(1)), len(key[1]), _message("no space between key and value"), hint
            )
    return None


def _no_colon(failure: ParserFailure, rows: Sequence[str]) -> Cause | None:
    if "expected ':'" not in failure.problem or failure.started is None:
        return None
    length = len(rows[failure.started[0]].strip()) if failure.started[0] < len(rows) else 1
    hint = "write a colon and a space after the key"
    return Cause("Y104", failure.started, length, _message("expected a key or a value"), hint)


def _text_after_quotes(failure: ParserFailure, rows: Sequence[str]) -> Cause | None:
    """There is text after a closing quote: a quote inside ended the text early, or one is missing."""
    del rows
    if not failure.quoted or "mapping values" in failure.problem:
        return None
    begin, end = failure.scalars[-1]
    if end[0] != failure.mark[0]:
        return None
    if begin[0] != end[0]:
        message = f"text after the closing quote on line {end[0] + 1} of the quoted text that starts here"
        return Cause("Y104", begin, 1, _message(message), "is this quote unclosed?")
    hint = "inside '…' write a quote twice: ''; inside \"…\" write \\\""
    return Cause("Y104", failure.mark, 1, _message("text after the closing quote"), hint)


def _other(failure: ParserFailure, rows: Sequence[str]) -> Cause:
    reason = ": ".join(filter(None, (failure.context, failure.problem)))
    return Cause("Y104", failure.mark, 1, _message(reason), _hint(failure, rows))


def _hint(failure: ParserFailure, rows: Sequence[str]) -> str:
    line, column = failure.mark
    row = rows[line] if line < len(rows) else ""
    if any("\xa0" in near for near in rows[max(0, line - 1) : line + 1]):
        return "replace the no-break space with a normal space"
    if row[max(0, column - 1) : column + 1] == "${":
        return 'quote it: "${…}"'
    if "expected ',' or" in failure.problem and failure.started is not None:
        return f"close the bracket opened on line {failure.started[0] + 1}, or add a missing comma"
    if (hint := _CHARACTERS.get(row[column : column + 1])) and "mapping values" not in failure.problem:
        return hint
    return next((hint for words, hint in _HINTS.items() if words in failure.problem), "")


def _character(rows: Sequence[str], mark: Mark) -> str:
    line, column = mark
    return rows[line][column : column + 1] if line < len(rows) else ""
