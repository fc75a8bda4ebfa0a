"""Migrate a ledger: numbered .sql files and one version row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from engine.ledger.sqlite_errors import damaged
from engine.model.errors import ConfigError

MIGRATIONS = Path(__file__).with_name("migrations")
OURS = {"ledger_version", "links", "batches", "parts"}  # every ledger has them, from the first version on


def migrate(database: sqlite3.Connection, path: Path, folder: Path = MIGRATIONS) -> None:
    """Run the missing steps, all or none. Refuses a file that is not a ledger, and one of a newer version."""
    steps = {int(file.name[:4]): file for file in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))}
    newest = max(steps)
    if _version(database, path, newest) == newest:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        current = _version(database, path, newest)  # again: another process may just have done it
        database.execute("CREATE TABLE IF NOT EXISTS ledger_version (version INTEGER NOT NULL)")
        for number in range(current + 1, newest + 1):
            for statement in _statements(steps[number].read_text(encoding="utf-8")):
                database.execute(statement)
        database.execute("DELETE FROM ledger_version")
        database.execute("INSERT INTO ledger_version (version) VALUES (?)", (newest,))
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection, path: Path, newest: int) -> int:
    """The version of a file; 0 if it is new. Raises ConfigError for one that is not a usable ledger."""
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    (mark,) = database.execute("PRAGMA application_id").fetchone()
    if mark or (tables and not tables & OURS):
        raise ConfigError(
            f"{path} is another program's database, not a ledger; use another path under `ledger:`"
        )
    if not tables:
        return 0
    if "ledger_version" not in tables:
        raise damaged(path, "the table ledger_version is missing")
    versions = [version for (version,) in database.execute("SELECT version FROM ledger_version").fetchall()]
    if len(versions) != 1 or type(versions[0]) is not int or versions[0] < 1:
        raise damaged(path, "table ledger_version: it does not hold one version number")
    (version,) = versions
    if version > newest:
        raise ConfigError(
            f"the ledger {path} was written by a newer version of sync (schema {version}; this one "
            f"knows up to {newest}): upgrade sync, or use another path under `ledger:`"
        )
    return int(version)


def _statements(script: str) -> Iterator[str]:
    # One by one: executescript would commit the transaction that makes a migration all or nothing.
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):  # not so where the semicolon is in a comment or a text
            yield statement
            statement = ""
