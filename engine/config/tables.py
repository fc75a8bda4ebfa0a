"""Tables of a pack: a file with rows, or a reference stream that is read before mapping."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from engine.document import ListNode, MapNode, Node, Scalar, display_name, read_document
from engine.model.diagnostics import Diagnostics, Span


@dataclass(frozen=True, slots=True)
class Table:
    """`stream` for a reference stream such as xero.accounts; else a file's `columns` and `rows`, all text."""

    name: str
    stream: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[dict[str, str], ...] = ()


def read_table(name: str, node: Node, folder: Path, found: Diagnostics) -> Table:
    if not isinstance(node, Scalar) or not node.text:
        found.error("C212", node.span, f'the table "{name}" must name a file or a reference stream')
        return Table(name)
    if not node.text.endswith((".csv", ".yaml", ".yml")):
        return Table(name, stream=node.text)
    path = folder / node.text
    if not path.is_file():
        found.error(
            "C212", node.span, f"there is no file {display_name(path)}", hint="paths start at pack.yaml"
        )
        return Table(name)
    return _csv(name, path, found) if path.suffix == ".csv" else _yaml(name, path, found)


def _csv(name: str, path: Path, found: Diagnostics) -> Table:
    at = Span(display_name(path))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        found.error("C212", at, f"the table cannot be read: {error}")
        return Table(name)
    if not rows or not all(cell.strip() for cell in rows[0]):
        found.error("C212", at, "the first line must name every column")
        return Table(name)
    columns = tuple(cell.strip() for cell in rows[0])
    if len(set(columns)) < len(columns):
        found.error("C212", at, "a column's name stands twice in the first line")
    kept = []
    for line, row in enumerate(rows[1:], 2):
        if len(row) not in (0, len(columns)):
            message = f"{len(columns)} columns expected, {len(row)} found"
            found.error("C212", Span(at.file, line), message, hint="quote cells that hold commas")
        elif row:
            kept.append(
                {column: cell.strip() for column, cell in zip(columns, row, strict=True) if cell.strip()}
            )
    return Table(name, columns=columns, rows=tuple(kept))


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
