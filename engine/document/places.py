"""Map the characters of a YAML scalar to their places in the file.

Pure: takes the text, its style, its start and the file's rows, and returns places. The cache only saves
walking along the same text again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from engine.model.diagnostic import Span

_ESCAPES = {"x": 4, "u": 6, "U": 10}  # digits in an escape for one character

Place = tuple[int, int, int]  # line, column and end column, from 0


def places(text: str, style: str, span: Span, rows: Sequence[str]) -> Iterator[Place]:
    """The place in the file of each character of a scalar."""
    if style in ("|", ">"):
        return _block_places(text, span, rows)
    return _flow_places(text, style, span, rows)


def within(text: str, style: str, span: Span, rows: Sequence[str], start: int, length: int) -> Span:
    """The span of `text[start:start + length]`, limited to its first line."""
    length = max(1, length)
    if 0 <= start < len(text) and _as_written(text, style, span, rows):
        column = span.column + (1 if style else 0) + start
        return Span(span.file, span.line, column, min(length, len(text) - start))
    if not text:
        return span
    start = min(start, len(text) - 1)  # past the end: the last character
    (line, column, end), *rest = _table(text, style, span, rows, start, length)
    for other_line, _, other_end in rest:
        end = other_end if other_line == line else end
    return Span(span.file, line + 1, column + 1, max(1, end - column))


_CACHED = 20_000  # characters of a text whose places are cached
_last: tuple[tuple[object, ...], list[Place]] = ((), [])


def _table(
    text: str, style: str, span: Span, rows: Sequence[str], start: int, length: int
) -> Sequence[Place]:
    """The places of a piece. Those of the last text are cached: its expressions are looked up one by one."""
    global _last
    if len(text) > _CACHED:
        return [*islice(places(text, style, span, rows), start, start + length)]
    (cached_key, cached), key = _last, (rows, span, text, style)
    if not cached_key or cached_key[0] is not rows or cached_key[1:] != key[1:]:
        cached = [*places(text, style, span, rows)]
        _last = key, cached
    return cached[start : start + length]


def _as_written(text: str, style: str, span: Span, rows: Sequence[str]) -> bool:
    """Whether the text is in one row just as it is, as most are: then there is nothing to walk along."""
    if style in ("|", ">") or (style and style in text) or span.line > len(rows):
        return False
    return rows[span.line - 1].startswith(text + style, span.column - 1 + (1 if style else 0))


def _flow_places(text: str, style: str, span: Span, rows: Sequence[str]) -> Iterator[Place]:
    """Plain and quoted text: escapes are longer in the file than in the text, folded lines shorter."""
    line, column, index = span.line - 1, span.column - 1 + (1 if style else 0), 0
    row, ends = _row(rows, line)
    while index < len(text):
        # An escaped line end yields no character.
        escaped = style == '"' and column == len(row) - 1 and row[column] == "\\"
        if line + 1 < len(rows) and (escaped or column >= ends):
            here = line, column, column + 1
            line, column, blank = _next_row(rows, line)
            row, ends = _row(rows, line)
            breaks = min(blank if escaped else max(1, blank), len(text) - index)
            yield from [here] * breaks
            index += breaks
        else:
            wide = _width(style, row[column : column + 2])
            yield line, column, column + wide
            column, index = column + wide, index + 1


def _row(rows: Sequence[str], line: int) -> tuple[str, int]:
    """A row, and the end of its content."""
    row = rows[line] if line < len(rows) else ""
    return row, len(row.rstrip(" \t"))


def _width(style: str, piece: str) -> int:
    if style == '"' and piece[:1] == "\\":
        return _ESCAPES.get(piece[1:], 2)
    return 2 if style == "'" and piece == "''" else 1


def _next_row(rows: Sequence[str], line: int) -> tuple[int, int, int]:
    """The next row with content: its line, the column it starts at, and how many blank rows were skipped."""
    after = line + 1
    while after + 1 < len(rows) and not rows[after].strip(" \t"):
        after += 1
    return after, len(rows[after]) - len(rows[after].lstrip(" \t")), after - line - 1


def _block_places(text: str, span: Span, rows: Sequence[str]) -> Iterator[Place]:
    """Literal and folded text: the rows one after the other, without their indentation."""
    line, index = span.line, 0  # the row below the | or >
    if not text.strip(" \n"):  # only blanks: no row shows how far it is indented
        yield from ((line - 1, span.column - 1, span.column) for _ in text)
        return
    indent = max(0, _spaces(rows[index] for index in range(line, len(rows))) - _spaces(text.split("\n")))
    while index < len(text):
        row = rows[line] if line < len(rows) else ""
        content = row[indent:]
        if content and text.startswith(content, index):
            yield from ((line, indent + index, indent + index + 1) for index in range(len(content)))
            index += len(content)
            breaks = (
                0 if text[index : index + 1] != " " else 1
            )  # a folded line end, or else line ends as they are
        else:
            breaks = 0
        while text[index + breaks : index + breaks + 1] == "\n":
            breaks += 1
        yield from ((line, len(row), len(row) + 1) for _ in range(breaks))
        index += breaks
        line += 1
        while line < len(rows) and len(rows[line]) <= indent and not rows[line].strip():
            line += 1
        if line >= len(rows) and index < len(text):  # no rows are left to walk along
            yield from ((line - 1, 0, 1) for _ in range(len(text) - index))
            return


def _spaces(rows: Iterable[str]) -> int:
    """The indentation of the first row that has content."""
    return next((len(row) - len(row.lstrip(" ")) for row in rows if row.strip(" ")), 0)
