"""Why a YAML parser gave up, as people would say it.

Pure: the parser's own words, the places it names and the file's rows go in; a place, a message and a hint
come out. The parser points at where it stopped; what a person got wrong often stands before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Mark = tuple[int, int]  # line and column, from 0
Range = tuple[Mark, Mark]

UNQUOTED = "a hole {{ … }} without quotes"
QUOTE_IT = 'put quotes round it: "{{ … }}"'
_HINTS = {  # what people most often did, by a part of the parser's own words
    "mapping values are not allowed": 'text with ": " in it needs quotes; keys of a mapping share a column',
    "block sequence entries": "a list begins on a line of its own, or is written [a, b]",
    "expected key": "keys of a mapping share a column",
    "'-' indicator": "rows of a list share a column",
    "unknown escape": "inside \"…\" a backslash is written \\\\; inside '…' it stands for itself",
    "expected node content": "a value is missing here, or a bracket is not closed",
    "comment or line break": "text that begins with | or > needs quotes",
}
_CHARACTERS = {  # what people most often did, by the character that the parser stopped at
    "\t": "indent with spaces, not tabs",
    "@": "text that begins with @ needs quotes",
    "`": "text that begins with ` needs quotes",
    "%": "text that begins with % needs quotes",
    "]": "a bracket too many, or a value is missing before it",
    "}": "a bracket too many, or a value is missing before it",
    ",": "a value is missing before the comma",
}
_KEY_WITHOUT_SPACE = re.compile(r"\s*(?:- +)?([\w.-]+:(?![\s:/])\S)")
_BEFORE_TEXT = " \t[{,:"  # a quote behind one of these, or first in its row, opens a text


@dataclass(frozen=True, slots=True)
class Break:
    """Where and why a parser gave up."""

    problem: str
    context: str
    at: Mark
    begun: Mark | None  # where the thing begins that it was reading
    texts: Sequence[Range] = ()  # the texts that it read last
    quoted: bool = False  # whether the last of them is in quotes


@dataclass(frozen=True, slots=True)
class Cause:
    code: str
    at: Mark
    length: int
    message: str
    hint: str


def cause_of(broken: Break, rows: Sequence[str]) -> Cause:
    """What a person most probably did."""
    for reading in (_open_quote, _hole, _statement, _no_space, _no_colon, _text_behind_quotes):
        if cause := reading(broken, rows):
            return cause
    return _other(broken, rows)


def _said(what: str) -> str:
    return f"the YAML cannot be read: {what}"


def _open_quote(broken: Break, rows: Sequence[str]) -> Cause | None:
    if "unexpected end of stream" not in broken.problem or broken.begun is None:
        return None
    quote = _character(rows, broken.begun)
    if quote not in ("'", '"'):
        return None
    return Cause(
        "Y104", broken.begun, 1, _said("a quote is opened here and never closed"), f"close it with {quote}"
    )


def _hole(broken: Break, rows: Sequence[str]) -> Cause | None:
    """An unquoted hole in the row or the one before, which is what usually breaks a file of ours."""
    for line in (broken.at[0], broken.at[0] - 1):
        row = rows[line] if 0 <= line < len(rows) else ""
        for column in _bare_holes(row):
            if any(begin <= (line, column) < end for begin, end in broken.texts):
                continue
            before = row[:column].rstrip()
            if before.endswith(":") and before == row[:column]:
                hint = f"a space behind the colon, and {QUOTE_IT}"
                return Cause("Y109", (line, column), 2, UNQUOTED, hint)
            if line == broken.at[0] or before[-1:] in ("", ":", "-", "[", ","):
                return Cause("Y109", (line, column), 2, UNQUOTED, QUOTE_IT)
    return None


def _bare_holes(row: str) -> Iterator[int]:
    """Where holes begin in a row outside of quotes and comments."""
    quote = ""
    for at, char in enumerate(row):
        before = row[at - 1 : at]
        if quote:
            if char == quote and not (quote == '"' and before == "\\"):
                quote = ""
        elif char in "'\"" and (not before or before in _BEFORE_TEXT):
            quote = char
        elif char == "#" and (not before or before in " \t"):
            return
        elif row.startswith("{{", at) and before != "{":
            yield at


def _statement(broken: Break, rows: Sequence[str]) -> Cause | None:
    line, _ = broken.at
    for opening, what in (("{%", "statements {% %}"), ("{#", "comments {# #}")):
        column = rows[line].find(opening) if line < len(rows) else -1
        if column >= 0:
            hint = 'a rule chooses with when, first or "{{ a if b else c }}"'
            return Cause("Y104", (line, column), 2, _said(f"{what} are not used here"), hint)
    return None


def _no_space(broken: Break, rows: Sequence[str]) -> Cause | None:
    """`key:value` is one text, and breaks what stands around it."""
    if "mapping values" not in broken.problem and "expected ':'" not in broken.problem:
        return None
    for line in (broken.at[0], broken.at[0] - 1):
        if 0 <= line < len(rows) and (key := _KEY_WITHOUT_SPACE.match(rows[line])):
            hint = "a key needs a colon and a space behind it"
            return Cause("Y104", (line, key.start(1)), len(key[1]), _said("a key runs into its value"), hint)
    return None


def _no_colon(broken: Break, rows: Sequence[str]) -> Cause | None:
    if "expected ':'" not in broken.problem or broken.begun is None:
        return None
    length = len(rows[broken.begun[0]].strip()) if broken.begun[0] < len(rows) else 1
    hint = "a key needs a colon and a space behind it"
    return Cause("Y104", broken.begun, length, _said("neither a key nor a value stands here"), hint)


def _text_behind_quotes(broken: Break, rows: Sequence[str]) -> Cause | None:
    """Something stands behind a closing quote: a quote inside ended the text, or one was left out."""
    del rows
    if not broken.quoted or "mapping values" in broken.problem:
        return None
    begin, end = broken.texts[-1]
    if end[0] != broken.at[0]:
        return None
    if begin[0] != end[0]:
        message = f"the text in quotes that begins here ends in line {end[0] + 1}, and more stands behind it"
        return Cause("Y104", begin, 1, _said(message), "is this quote never closed?")
    hint = "a quote inside '…' is doubled: ''; inside \"…\" it is written \\\""
    return Cause("Y104", broken.at, 1, _said("the text in quotes ends before this"), hint)


def _other(broken: Break, rows: Sequence[str]) -> Cause:
    said = ": ".join(filter(None, (broken.context, broken.problem)))
    return Cause("Y104", broken.at, 1, _said(said), _hint(broken, rows))


def _hint(broken: Break, rows: Sequence[str]) -> str:
    line, column = broken.at
    row = rows[line] if line < len(rows) else ""
    if any("\xa0" in one for one in rows[max(0, line - 1) : line + 1]):
        return "a no-break space stands here, which looks like a space and is none"
    if row[max(0, column - 1) : column + 1] == "${":
        return 'put quotes round it: "${…}"'
    if "expected ',' or" in broken.problem and broken.begun is not None:
        return f"the bracket opened in line {broken.begun[0] + 1} is not closed, or a comma is missing"
    if (hint := _CHARACTERS.get(row[column : column + 1])) and "mapping values" not in broken.problem:
        return hint
    return next((hint for words, hint in _HINTS.items() if words in broken.problem), "")


def _character(rows: Sequence[str], mark: Mark) -> str:
    line, column = mark
    return rows[line][column : column + 1] if line < len(rows) else ""
