"""A ledger that lacks a table, a column or an index is refused, and left as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.ledger import open_ledger
from engine.ledger.schema import expected
from engine.model.errors import ConfigError
from tests.engine.ledger.ledger_kit import opened

TABLES, INDEXES = expected()
NAMED = sorted(name for name in INDEXES if not name.startswith("sqlite_"))


def refused(url: str, path: Path, sql: str) -> str:
    with opened(url):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(sql)
        before = "\n".join(database.iterdump())
    for looking in (True, False):
        with pytest.raises(ConfigError) as caught:
            open_ledger(url, read_only=looking)
    with closing(sqlite3.connect(path)) as database:
        assert "\n".join(database.iterdump()) == before
    return str(caught.value)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_missing_table_is_named(url: str, tmp_path: Path, table: str) -> None:
    message = refused(url, tmp_path / ".sync/acme.db", f"PRAGMA foreign_keys = OFF; DROP TABLE {table}")
    assert f"is damaged (the table {table} is missing)" in message


@pytest.mark.parametrize("index", NAMED)
def test_a_missing_index_is_named(url: str, tmp_path: Path, index: str) -> None:
    message = refused(url, tmp_path / ".sync/acme.db", f"DROP INDEX {index}")
    assert f"is damaged (the index {index} is missing)" in message


def test_a_missing_column_is_named(url: str, tmp_path: Path) -> None:
    message = refused(url, tmp_path / ".sync/acme.db", "ALTER TABLE held DROP COLUMN source")
    assert "is damaged (the column held.source is missing)" in message


def test_a_column_of_another_kind_is_named(url: str, tmp_path: Path) -> None:
    sql = "DROP TABLE facts; CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB)"
    message = refused(url, tmp_path / ".sync/acme.db", sql)
    assert "is damaged (the column facts.value is of another kind)" in message


def test_tables_that_are_not_of_the_version_are_damage(url: str, tmp_path: Path) -> None:
    message = refused(url, tmp_path / ".sync/acme.db", "UPDATE ledger_version SET version = 1")
    assert "is damaged (" in message


def test_another_programs_mark_is_respected(url: str, tmp_path: Path) -> None:
    message = refused(url, tmp_path / ".sync/acme.db", "PRAGMA application_id = 252006673")
    assert "is another program's database" in message
