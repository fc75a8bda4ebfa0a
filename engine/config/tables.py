"""Tables of a pack: a file with rows, or a reference stream that is read before mapping."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from engine.config import nodes
from engine.document import ListNode, MapNode, Node, Scalar, display_name, read_document, read_text
from engine.model.advice import near_words
from engine.model.diagnostic import NOWHERE, Span
from engine.model.diagnostics import Diagnostics

_ROW_END = re.compile(r"\r\n|\r|\n")
_WRONG_ROWS = 20  # as many are told one by one
_OTHER_FILES = (".xlsx", ".xls", ".ods", ".tsv", ".txt", ".json", ".numbers")
_OTHER_MARKS = {";": "semicolons", "\t": "tabs"}

Rows = tuple[dict[str, str], ...]
NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """`stream` for a reference stream such as xero.accounts; else a file's `columns` and `rows`, all text.

    With neither, nothing could be made of it, which is noted.
    """

    name: str
    at: Span = NOWHERE  # of its line in pack.yaml
    stream: str = ""
    columns: tuple[str, ...] = ()
    rows: Rows = ()


def read_table(name: str, node: Node, folder: Path, found: Diagnostics) -> Table:
    table = Table(name, node.span)
    if not isinstance(node, Scalar) or not node.text.strip() or nodes.is_nothing(node):
        message = f'the table "{name}" must name a file or a reference stream, found {nodes.said(node)}'
        found.error("C212", node.span, message)
        return table
    kind = PurePath(node.text).suffix.lower()
    if kind not in (".csv", ".yaml", ".yml"):
        if "/" in node.text or kind in _OTHER_FILES:
            hint = "save it as CSV" if kind in _OTHER_FILES else ""
            message = f'the table "{name}": a file ends in .csv or .yaml'
            found.error("C212", node.span, message, hint=hint)
            return table
        return replace(table, stream=node.text)
    path = folder / node.text
    if not os.path.isfile(path):  # noqa: PTH113  raises nothing, unlike Path's
        shown, folded = display_name(path), os.path.isdir(path)  # noqa: PTH112
        message = f"{shown} is a folder, not a file" if folded else f"there is no file {shown}"
        found.error("C212", node.span, message, hint="" if folded else _beside(path, folder))
        return table
    columns, rows = _csv(path, found) if kind == ".csv" else _yaml(path, found)
    return replace(table, columns=columns, rows=rows)


def _beside(path: Path, folder: Path) -> str:
    """What to try where a table's file is not there."""
    try:
        files = [one for kind in ("csv", "yaml", "yml") for one in path.parent.glob(f"*.{kind}")]
    except (OSError, ValueError):
        files = []
    names = [os.path.relpath(one, folder) for one in files if one.name != "pack.yaml"]
    near = near_words(os.path.relpath(path, folder), names)
    return f'did you mean "{near[0]}"?' if near else "paths start at pack.yaml"


def _csv(path: Path, found: Diagnostics) -> tuple[tuple[str, ...], Rows]:
    file = display_name(path)
    text = read_text(path, file, found)
    if text is None:
        return (), ()
    if "\0" in text:
        line = _ROW_END.split(text[: text.index("\0")])
        span = Span(file, len(line), len(line[-1]) + 1)
        found.error(
            "C212", span, "the character U+0000 cannot stand in a table", hint="save the file as text"
        )
        return (), ()
    # The csv module knows fewer line ends than `splitlines`; excerpts must show the line that it counts.
    lines = found.sources[file] = _ROW_END.split(text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin, rows = 1, []
    try:
        for row in reader:
            rows.append((begin, row))
            begin = reader.line_num + 1  # a quoted cell may go over several lines
    except csv.Error as error:
        _unreadable(error, _row(file, min(begin, max(1, reader.line_num)), lines), found)
        return (), ()
    columns = _columns(rows[0][1] if rows else [], _row(file, 1, lines), lines[0], found)
    return columns, _kept(columns, rows[1:], file, lines, found) if columns else ()


def _row(file: str, line: int, lines: list[str]) -> Span:
    return Span(file, line, 1, max(1, len(lines[line - 1]) if line <= len(lines) else 1))


def _unreadable(error: csv.Error, at: Span, found: Diagnostics) -> None:
    said = str(error)
    hint = 'a quote inside a cell is doubled: ""' if "expected after" in said else ""
    if "unexpected end" in said:
        said, hint = "a quote is opened and never closed", 'close it with "'
    found.error("C212", at, f"the row cannot be read: {said}", hint=hint)


def _kept(
    columns: tuple[str, ...], rows: list[NumberedRow], file: str, lines: list[str], found: Diagnostics
) -> Rows:
    """The rows that hold something, blank cells left out."""
    kept: list[dict[str, str]] = []
    wrong = []
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            wrong.append((line, len(row)))
            continue
        cells = ((column, cell.strip()) for column, cell in zip(columns, row, strict=True))
        kept.append({column: cell for column, cell in cells if cell})
    for line, width in wrong[:_WRONG_ROWS]:
        message = f"{len(columns)} columns expected, {width} found"
        hint = "quote cells that hold commas" if width > len(columns) else ""
        found.error("C212", _row(file, line, lines), message, hint=hint)
    if rest := wrong[_WRONG_ROWS:]:
        found.error("C212", _row(file, rest[0][0], lines), f"{len(rest)} further rows are as wrong")
    return tuple(kept)


def _columns(header: list[str], at: Span, line: str, found: Diagnostics) -> tuple[str, ...]:
    """The names of the columns; none, and the reason noted, where they do not serve."""
    columns = tuple(cell.strip() for cell in header)
    if not columns or not all(columns):
        found.error("C212", at, "the first line must name every column")
        return ()
    for mark, called in _OTHER_MARKS.items():
        if len(columns) == 1 and mark in columns[0]:
            hint = f"save it as CSV with commas; spreadsheets in some languages write {called}"
            found.error("C212", at, f"the columns are parted by {called}, not commas", hint=hint)
            return ()
    if len(set(columns)) < len(columns):
        twice = Counter(columns).most_common(1)[0][0]
        span = Span(at.file, 1, line.rfind(twice) + 1, len(twice))
        found.error("C212", span, f'the column "{twice}" stands twice in the first line')
        return ()
    return columns


def _yaml(path: Path, found: Diagnostics) -> tuple[tuple[str, ...], Rows]:
    document = read_document(path, found)
    if document is None:
        return (), ()
    if not isinstance(document.root, ListNode):
        found.error("C212", document.root.span, "a table is a list of rows", hint="- {column: cell, …}")
        return (), ()
    before = len(found.errors)
    rows = tuple(_cells(item, found) for item in document.root.items)
    named = (column for item in document.root.items if isinstance(item, MapNode) for column in item.entries)
    columns = tuple(dict.fromkeys(named))  # one whose cells are blank throughout is a column, too
    if not columns and len(found.errors) == before:
        found.error("C212", document.root.span, "a table holds at least one row")
    return columns, rows


def _cells(item: Node, found: Diagnostics) -> dict[str, str]:
    if not isinstance(item, MapNode):
        found.error("C212", item.span, f"a row is a mapping of columns, found {nodes.said(item)}")
        return {}
    row = {}
    for column, cell in item.entries.items():
        if not isinstance(cell, Scalar):
            message = f'the cell "{column}" must be a single value, found {nodes.said(cell)}'
            found.error("C212", cell.span, message)
        elif cell.kind != "null" and cell.text.strip():
            row[column] = cell.text
    return row
