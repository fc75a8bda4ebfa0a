"""Tables of a pack: a file with rows, or a reference stream that is read before mapping."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path, PurePath

from engine.document import ListNode, MapNode, Node, Scalar, display_name, read_document, read_text
from engine.model.diagnostics import Diagnostics, Span


@dataclass(frozen=True, slots=True)
class Table:
    """`stream` for a reference stream such as xero.accounts; else a file's `columns` and `rows`, all text."""

    name: str
    stream: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[dict[str, str], ...] = ()


def read_table(name: str, node: Node, folder: Path, found: Diagnostics) -> Table:
    if not isinstance(node, Scalar) or not node.text or node.kind == "null":
        found.error("C212", node.span, f'the table "{name}" must name a file or a reference stream')
        return Table(name)
    kind = PurePath(node.text).suffix.lower()
    if kind not in (".csv", ".yaml", ".yml"):
        if "/" in node.text:
            found.error("C212", node.span, f'the table "{name}": a file ends in .csv or .yaml')
        return Table(name, stream="" if "/" in node.text else node.text)
    path = folder / node.text
    if not os.path.isfile(path):  # noqa: PTH113  raises nothing, unlike Path's
        found.error(
            "C212", node.span, f"there is no file {display_name(path)}", hint="paths start at pack.yaml"
        )
        return Table(name)
    return _csv(name, path, found) if kind == ".csv" else _yaml(name, path, found)


def _csv(name: str, path: Path, found: Diagnostics) -> Table:
    file = display_name(path)
    text = read_text(path, file, found)
    if text is None:
        return Table(name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin, rows = 1, []
    try:
        for row in reader:
            rows.append((begin, row))
            begin = reader.line_num + 1  # a quoted cell may go over several lines
    except csv.Error as error:
        found.error(
            "C212", Span(file, min(begin, max(1, reader.line_num))), f"the row cannot be read: {error}"
        )
        return Table(name)
    columns = _columns(rows[0][1] if rows else [], Span(file), found)
    if not columns:
        return Table(name)
    kept = []
    for line, row in rows[1:]:
        if len(row) not in (0, len(columns)):
            message = f"{len(columns)} columns expected, {len(row)} found"
            found.error("C212", Span(file, line), message, hint="quote cells that hold commas")
            continue
        cells = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if cell.strip()}
        if cells:
            kept.append(cells)
    return Table(name, columns=columns, rows=tuple(kept))


def _columns(header: list[str], at: Span, found: Diagnostics) -> tuple[str, ...]:
    """The names of the columns; none, and the reason noted, where they do not serve."""
    columns = tuple(cell.strip() for cell in header)
    if not columns or not all(columns):
        found.error("C212", at, "the first line must name every column")
        return ()
    if len(columns) == 1 and ";" in columns[0]:
        hint = "save it as CSV with commas; spreadsheets in some languages write semicolons"
        found.error("C212", at, "the columns are parted by semicolons, not commas", hint=hint)
        return ()
    twice = next((one for place, one in enumerate(columns) if one in columns[:place]), None)
    if twice is not None:
        found.error("C212", at, f'the column "{twice}" stands twice in the first line')
        return ()
    return columns


def _yaml(name: str, path: Path, found: Diagnostics) -> Table:
    document = read_document(path, found)
    if document is None:
        return Table(name)
    if not isinstance(document.root, ListNode):
        found.error("C212", document.root.span, "a table is a list of rows")
        return Table(name)
    rows: list[dict[str, str]] = []
    for item in document.root.items:
        if not isinstance(item, MapNode):
            found.error("C212", item.span, "a row is a mapping of columns")
            continue
        row = {}
        for column, cell in item.entries.items():
            if not isinstance(cell, Scalar):
                found.error("C212", cell.span, f'the cell "{column}" must be a single value')
            elif cell.kind != "null" and cell.text.strip():
                row[column] = cell.text
        rows.append(row)
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    return Table(name, columns=columns, rows=tuple(rows))
