from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.ledger.migrate import MIGRATIONS, migrate
from engine.model.errors import ConfigError


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("-- one; two\nCREATE TABLE a (x TEXT DEFAULT ';');\n")
    return tmp_path


def run(database: sqlite3.Connection, folder: Path) -> int:
    migrate(database, Path("/acme.db"), folder)
    version: int = database.execute("SELECT version FROM ledger_version").fetchone()[0]
    return version


def test_migrations_run_in_order_and_only_once(database: sqlite3.Connection, folder: Path) -> None:
    assert run(database, folder) == 1
    database.execute("INSERT INTO a VALUES ('kept')")
    (folder / "0003_third.sql").write_text("UPDATE b SET y = 'third'")
    (folder / "0002_second.sql").write_text("CREATE TABLE b (y TEXT); INSERT INTO b VALUES ('second');")
    assert run(database, folder) == 3
    assert run(database, folder) == 3
    assert database.execute("SELECT * FROM a, b").fetchall() == [("kept", "third")]


def test_migration_that_fails_leaves_the_ledger_as_it_was(database: sqlite3.Connection, folder: Path) -> None:
    run(database, folder)
    second = folder / "0002_second.sql"
    second.write_text("CREATE TABLE b (y TEXT);\nDROP TABLE a;\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(sqlite3.OperationalError):
        run(database, folder)
    second.unlink()
    assert run(database, folder) == 1
    assert {name for (name,) in database.execute("SELECT name FROM sqlite_master")} == {"a", "ledger_version"}


def test_ledger_from_a_newer_program_is_refused_untouched(database: sqlite3.Connection, folder: Path) -> None:
    run(database, folder)
    database.execute("UPDATE ledger_version SET version = 7")
    with pytest.raises(
        ConfigError, match=r"newer version of sync \(schema 7; this one knows up to 1\): upgrade"
    ):
        run(database, folder)
    assert database.execute("SELECT version FROM ledger_version").fetchall() == [(7,)]


def test_shipped_migrations_are_numbered_without_a_gap() -> None:
    numbers = [int(file.name[:4]) for file in sorted(MIGRATIONS.glob("*.sql"))]
    assert numbers == list(range(1, len(numbers) + 1))
