"""The state file: transactions, versions, snapshots, and what is imported when."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engine.sdk.sandbox import StateFile, read_meta, write_meta

FIRST = "CREATE TABLE notes (id INTEGER PRIMARY KEY); CREATE INDEX notes_id ON notes (id)"
SECOND = "ALTER TABLE notes ADD COLUMN body TEXT"


def test_a_transaction_that_cannot_be_committed_leaves_the_file_ready_for_the_next(tmp_path: Path) -> None:
    with closing(StateFile(tmp_path / "notes.db", (FIRST,))) as state:
        with state.reading() as tx:
            tx.execute("PRAGMA foreign_keys = ON")
            tx.execute("CREATE TABLE other (id INTEGER REFERENCES notes DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(sqlite3.IntegrityError), state.writing() as tx:
            tx.execute("INSERT INTO other VALUES (7)")
        with state.writing() as tx:
            assert tx.execute("SELECT count(*) FROM other").fetchone()[0] == 0


def test_an_error_undoes_what_was_written(tmp_path: Path) -> None:
    with closing(StateFile(tmp_path / "notes.db", (FIRST,))) as state:
        with state.writing() as tx:
            write_meta(tx, "seed", "1")
        with pytest.raises(ZeroDivisionError), state.writing() as tx:
            _write_and_fail(tx)
        with state.reading() as tx:
            assert (read_meta(tx, "seed"), read_meta(tx, "unknown")) == ("1", None)


def _write_and_fail(tx: sqlite3.Connection) -> None:
    write_meta(tx, "seed", "2")
    raise ZeroDivisionError


def test_an_earlier_version_is_brought_up_to_date_and_a_newer_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "notes.db"
    with closing(StateFile(path, (FIRST,))) as state, state.writing() as tx:
        tx.execute("INSERT INTO notes VALUES (7)")
    with closing(StateFile(path, (FIRST, SECOND))) as state, state.reading() as tx:
        assert [tuple(row) for row in tx.execute("SELECT id, body FROM notes")] == [(7, None)]
    older = StateFile(path, (FIRST,))
    with pytest.raises(ValueError, match=r"notes\.db was written by a newer version of this sandbox"):
        older.writing().__enter__()
    assert [file.name for file in path.parent.iterdir()] == ["notes.db"]  # closed: an open one has a -wal


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    with pytest.raises(sqlite3.OperationalError):
        StateFile(path, (FIRST, "CREATE TABLE notes (id)")).reading().__enter__()
    with closing(StateFile(path, (FIRST,))) as state, state.reading() as tx:
        assert tx.execute("PRAGMA user_version").fetchone()[0] == 1


def test_a_snapshot_reads_one_moment_while_others_write(tmp_path: Path) -> None:
    with closing(StateFile(tmp_path / "notes.db", (FIRST,))) as state:
        with state.writing() as tx:
            tx.executemany("INSERT INTO notes VALUES (?)", [(number,) for number in range(5)])
        with state.snapshot() as db:
            rows = db.execute("SELECT id FROM notes ORDER BY id")
            first = rows.fetchone()[0]
            with state.writing() as tx:
                tx.execute("DELETE FROM notes")
            assert [first, *(row["id"] for row in rows)] == [0, 1, 2, 3, 4]


def test_a_closed_file_is_opened_again_when_it_is_used(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "notes.db", (FIRST,))
    with state.writing() as tx:
        tx.execute("INSERT INTO notes VALUES (7)")
    state.close()
    state.close()
    with closing(state), state.reading() as tx:
        assert tx.execute("SELECT count(*) FROM notes").fetchone()[0] == 1


def test_declaring_a_sandbox_imports_no_server() -> None:
    program = (
        "import sys; from connectors import psohub, xero; "
        "psohub.connector.sandbox.options, xero.connector.sandbox.options; "
        "print(sorted({'starlette', 'uvicorn', 'sqlite3'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
