"""Reading every row of a ledger, to find what is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.ledger.document_body import read_body
from engine.ledger.schema import differences, expected
from engine.ledger.values import UnreadableValue, number, text, to_moment, to_object, to_texts

Reader = Callable[[Any], object]

# How the stores read the columns that hold more than plain text or a number.
READERS: Mapping[str, Mapping[str, Reader]] = {
    "links": {"at": to_moment, "body": to_object, "seen": to_object, "kept": to_object},
    "batches": {"begun": to_moment, "settled": to_moment},
    "parts": {"body": to_object, "wanted": to_texts},
    "held": {"since": to_moment},
    "actions": {"at": to_moment},
    "runs": {"started": to_moment, "ended": to_moment, "report": to_object},
    "cursors": {"at": to_moment},
    "agreed": {"at": to_moment},
    "documents": {"body": read_body},
    "drifted": {"kinds": to_texts},
    "accepted": {"at": to_moment},
    "unlinked": {"at": to_moment},
    "outdated": {"at": to_moment, "fields": to_texts},
    "dismissed": {"since": to_moment, "at": to_moment},
    "lock_holder": {"since": to_moment},
}
_MOST = 100  # problems that SQLite's own check lists
_SOURCE = ("mapping", "source_connector", "source_stream", "source_key")


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong with a file. `table` and `record` are empty where they are unknown."""

    table: str
    record: str
    problem: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.table and f"table {self.table},", self.record) if part)
        return f"{place}: {self.problem}" if place else self.problem


def find_damage(database: sqlite3.Connection) -> Iterator[Damage]:
    """The damage of a ledger that is open: the file, its tables, its rows, and what they refer to."""
    try:
        yield from _of_file(database)
        lacking = [Damage("", "", problem) for problem in differences(database)]
        yield from lacking
        if not lacking:
            for table in expected()[0]:
                yield from _of_rows(database, table)
            yield from _of_references(database)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # so damaged that SQLite cannot go on
        yield Damage("", "", str(error))


def _of_file(database: sqlite3.Connection) -> Iterator[Damage]:
    for (problem,) in database.execute(f"PRAGMA integrity_check({_MOST})").fetchall():
        if problem != "ok":
            yield Damage("", "", " ".join(problem.split()))


def _of_rows(database: sqlite3.Connection, table: str) -> Iterator[Damage]:
    columns = expected()[0][table]
    readers = {name: _reader(table, name, kind, required) for name, (_, kind, required) in columns.items()}
    numbers = [number for (number,) in database.execute(f"SELECT rowid FROM {table}").fetchall()]
    for rowid in numbers:
        row = _row(database, table, list(columns), rowid)
        for name, reader in readers.items():
            try:
                reader(row[name])
            except UnreadableValue as error:
                yield Damage(table, _record(row, rowid), f"{name} is {error}")


def _reader(table: str, name: str, kind: str, required: int) -> Reader:
    reader: Reader = READERS.get(table, {}).get(name, number if kind == "INTEGER" else text)
    if required or (kind == "INTEGER" and name in ("id", "number", "one")):
        return reader
    return lambda cell: cell is None or reader(cell)


def _row(database: sqlite3.Connection, table: str, columns: list[str], rowid: int) -> dict[str, Any]:
    def read(names: list[str]) -> Any:
        sql = f"SELECT {', '.join(names)} FROM {table} WHERE rowid = ?"
        return database.execute(sql, (rowid,)).fetchone() or (None,) * len(names)

    try:
        return dict(zip(columns, read(columns), strict=True))
    except sqlite3.OperationalError:
        pass  # text that is not UTF-8 fails the query that reads it: each cell by itself
    row: dict[str, Any] = {}
    for name in columns:
        try:
            (row[name],) = read([name])
        except sqlite3.OperationalError:
            row[name] = b""
    return row


def _record(row: Mapping[str, Any], rowid: int) -> str:
    """What the row is about, as far as it can be read."""
    if "source_key" in row and "source_title" not in row:
        mapping, system, stream, key = (_shown(row[name]) for name in _SOURCE)
        return f"{mapping} {system}.{stream}/{key}"
    if {"connector", "stream", "key"} <= row.keys():
        return f"{_shown(row['connector'])}.{_shown(row['stream'])}/{_shown(row['key'])}"
    named = next((row[name] for name in ("id", "name") if name in row), None)
    return f"{_shown(named)}" if named is not None else f"row {rowid}"


def _shown(cell: Any) -> str:
    shown = str(cell) if isinstance(cell, str | int) else "?"
    return shown if len(shown) <= 80 and shown.isprintable() else "?"


def _of_references(database: sqlite3.Connection) -> Iterator[Damage]:
    for table, rowid, parent, _ in database.execute("PRAGMA foreign_key_check").fetchall():
        yield Damage(table, f"row {rowid}", f"it belongs to a row of {parent} that is missing")
    lone = "SELECT id FROM batches WHERE NOT EXISTS (SELECT 1 FROM parts WHERE batch = batches.id)"
    for (batch,) in database.execute(lone).fetchall():
        yield Damage("batches", f"{batch}", "it has no parts")
    gaps = """SELECT batch FROM parts GROUP BY batch
        HAVING min(position) <> 0 OR max(position) <> count(*) - 1"""
    for (batch,) in database.execute(gaps).fetchall():
        yield Damage("batches", f"{batch}", "some of its parts are missing")
