"""Tables of a pack: a file with rows, or a reference stream that is read before mapping."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from engine.document import (
    ListNode,
    MapNode,
    Node,
    Scalar,
    display_name,
    is_inside,
    is_null,
    mismatch,
    read_document,
    read_text,
)
from engine.model.advice import near_words
from engine.model.diagnostic import NOWHERE, Span
from engine.model.diagnostics import Diagnostics
from engine.model.steering import STEERING

_ROW_END = re.compile(r"\r\n|\r|\n")
_WRONG_ROWS = 20  # reported one by one; the rest are counted
_OTHER_FILES = (".xlsx", ".xls", ".ods", ".tsv", ".txt", ".json", ".numbers")
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}

Rows = tuple[dict[str, str], ...]
NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """`stream` for a reference stream such as xero.accounts; else a file's `columns` and `rows`, all text.

    With neither, it could not be read, which is reported.
    """

    name: str
    span: Span = NOWHERE  # of its value in pack.yaml
    stream: str = ""
    columns: tuple[str, ...] = ()
    rows: Rows = ()


def read_table(name: str, node: Node, folder: Path, diagnostics: Diagnostics) -> Table:
    table = Table(name, node.span)
    if not isinstance(node, Scalar) or not node.text.strip() or is_null(node):
        message = mismatch(f"tables.{name}", "a file or a reference stream", node)
        diagnostics.error("C212", node.span, message)
        return table
    kind = PurePath(node.text).suffix.lower()
    if kind not in (".csv", ".yaml", ".yml"):
        if "/" in node.text or kind in _OTHER_FILES:
            hint = "save it as CSV" if kind in _OTHER_FILES else ""
            message = f"tables.{name}: expected a .csv or .yaml file"
            diagnostics.error("C212", node.span, message, hint=hint)
            return table
        return replace(table, stream=node.text)
    path = folder / node.text
    if not is_inside(path, folder):
        message = f"tables.{name}: the file is outside the pack's folder, and was not read"
        diagnostics.error("C212", node.span, message, hint="copy it into the folder of pack.yaml")
        return table
    if not os.path.isfile(path):  # noqa: PTH113  raises nothing, unlike Path's
        shown, is_folder = display_name(path), os.path.isdir(path)  # noqa: PTH112
        message = f"{shown} is a folder, not a file" if is_folder else f"file not found: {shown}"
        diagnostics.error("C212", node.span, message, hint="" if is_folder else _near_files(path, folder))
        return table
    columns, rows = _csv(path, diagnostics) if kind == ".csv" else _yaml(path, diagnostics)
    return replace(table, columns=columns, rows=rows)


def _near_files(path: Path, folder: Path) -> str:
    """What to try if a table's file does not exist."""
    try:
        files = [file for kind in ("csv", "yaml", "yml") for file in path.parent.glob(f"*.{kind}")]
    except (OSError, ValueError):
        files = []
    names = [os.path.relpath(file, folder) for file in files if file.name != "pack.yaml"]
    near = near_words(os.path.relpath(path, folder), names)
    return f'did you mean "{near[0]}"?' if near else "paths are relative to pack.yaml"


def _csv(path: Path, diagnostics: Diagnostics) -> tuple[tuple[str, ...], Rows]:
    file = display_name(path)
    text = read_text(path, file, diagnostics)
    if text is None:
        return (), ()
    if bad := STEERING.search(text):
        before = _ROW_END.split(text[: bad.start()])
        span = Span(file, len(before), len(before[-1]) + 1)
        message = f"the character U+{ord(bad[0]):04X} is not allowed in a table"
        hint = "save the file as text" if bad[0] == "\0" else "remove it; many editors do not show it"
        diagnostics.error("C212", span, message, hint=hint)
        return (), ()
    # The csv module recognises fewer line ends than `splitlines`; excerpts must show the line that it counts.
    lines = diagnostics.sources[file] = _ROW_END.split(text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first_line, rows = 1, []
    try:
        for row in reader:
            rows.append((first_line, row))
            first_line = reader.line_num + 1  # a quoted cell may span several lines
    except csv.Error as error:
        _unreadable(error, _row(file, min(first_line, max(1, reader.line_num)), lines), diagnostics)
        return (), ()
    columns = _columns(rows[0][1] if rows else [], _row(file, 1, lines), lines[0], diagnostics)
    return columns, _complete_rows(columns, rows[1:], file, lines, diagnostics) if columns else ()


def _row(file: str, line: int, lines: list[str]) -> Span:
    return Span(file, line, 1, max(1, len(lines[line - 1]) if line <= len(lines) else 1))


def _unreadable(error: csv.Error, span: Span, diagnostics: Diagnostics) -> None:
    reason = str(error)
    hint = 'write a quote inside a cell twice: ""' if "expected after" in reason else ""
    if "unexpected end" in reason:
        reason, hint = "unclosed quote", 'close it with "'
    diagnostics.error("C212", span, f"cannot read the row: {reason}", hint=hint)


def _complete_rows(
    columns: tuple[str, ...], rows: list[NumberedRow], file: str, lines: list[str], diagnostics: Diagnostics
) -> Rows:
    """The rows that are not blank, without their blank cells."""
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
        message = f"expected {len(columns)} columns, found {width}"
        hint = "put cells that contain commas in quotes" if width > len(columns) else ""
        diagnostics.error("C212", _row(file, line, lines), message, hint=hint)
    if rest := wrong[_WRONG_ROWS:]:
        diagnostics.error(
            "C212", _row(file, rest[0][0], lines), f"{len(rest)} more rows have the wrong number of columns"
        )
    return tuple(kept)


def _columns(header: list[str], span: Span, line: str, diagnostics: Diagnostics) -> tuple[str, ...]:
    """The names of the columns; none, and reported, if they cannot be used."""
    columns = tuple(cell.strip() for cell in header)
    if not columns or not all(columns):
        diagnostics.error("C212", span, "the first line must name every column")
        return ()
    for separator, name in _OTHER_SEPARATORS.items():
        if len(columns) == 1 and separator in columns[0]:
            hint = f"save it as CSV with commas; spreadsheets write {name} in some languages"
            diagnostics.error("C212", span, f"the columns are separated by {name}, not commas", hint=hint)
            return ()
    if len(set(columns)) < len(columns):
        duplicate = Counter(columns).most_common(1)[0][0]
        second = Span(span.file, 1, line.rfind(duplicate) + 1, len(duplicate))
        diagnostics.error("C212", second, f'duplicate column "{duplicate}"')
        return ()
    return columns


def _yaml(path: Path, diagnostics: Diagnostics) -> tuple[tuple[str, ...], Rows]:
    document = read_document(path, diagnostics)
    if document is None:
        return (), ()
    if not isinstance(document.root, ListNode):
        message = mismatch("the table", "a list of rows", document.root)
        diagnostics.error("C212", document.root.span, message, hint="- {column: cell, …}")
        return (), ()
    before = len(diagnostics.errors)
    rows = tuple(_cells(item, diagnostics) for item in document.root.items)
    named = (column for item in document.root.items if isinstance(item, MapNode) for column in item.entries)
    columns = tuple(dict.fromkeys(named))  # also those whose cells are all blank
    if not columns and len(diagnostics.errors) == before:
        diagnostics.error("C212", document.root.span, "the table: expected at least one row")
    return columns, rows


def _cells(item: Node, diagnostics: Diagnostics) -> dict[str, str]:
    if not isinstance(item, MapNode):
        diagnostics.error("C212", item.span, mismatch("a row", "a mapping of columns", item))
        return {}
    row = {}
    for column, cell in item.entries.items():
        if not isinstance(cell, Scalar):
            diagnostics.error("C212", cell.span, mismatch(f'the cell "{column}"', "a single value", cell))
        elif cell.kind != "null" and cell.text.strip():
            row[column] = cell.text
    return row
