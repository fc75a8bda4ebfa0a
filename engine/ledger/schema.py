"""The tables of a ledger as its migrations make them, compared with those of a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from engine.ledger.migrate import migrate
from engine.ledger.sqlite_errors import damaged

Column = tuple[str, str, int]  # name, type, 1 if it is never empty
Columns = dict[str, Column]


def check_schema(database: sqlite3.Connection, path: Path) -> None:
    """Refuse a ledger that lacks a table, a column or an index. Raises ConfigError."""
    for problem in differences(database):
        raise damaged(path, problem)


def differences(database: sqlite3.Connection) -> Iterator[str]:
    """What a migrated file lacks."""
    tables, indexes = expected()
    found = dict(_tables(database))
    for table, columns in tables.items():
        if table not in found:
            yield f"the table {table} is missing"
            continue
        for column in columns.values():
            if column[0] not in found[table]:
                yield f"the column {table}.{column[0]} is missing"
            elif found[table][column[0]] != column:
                yield f"the column {table}.{column[0]} is of another kind"
    for index in sorted(indexes - _indexes(database)):
        yield f"the index {index} is missing"


@lru_cache(1)
def expected() -> tuple[dict[str, Columns], frozenset[str]]:
    """The tables and the names of the indexes that the migrations make."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        migrate(database, Path(":memory:"))
        return dict(_tables(database)), _indexes(database)


def _tables(database: sqlite3.Connection) -> Iterator[tuple[str, Columns]]:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        rows = database.execute('SELECT name, type, "notnull" FROM pragma_table_info(?)', (name,))
        yield name, {column: (column, kind, required) for column, kind, required in rows}


def _indexes(database: sqlite3.Connection) -> frozenset[str]:
    return frozenset(
        name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
    )
