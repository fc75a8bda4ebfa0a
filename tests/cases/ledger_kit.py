"""What the cases about damaged ledgers share: a ledger after a run, and what a case does to it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.cases.harness import Case, case_folder, opened

ANY = "01-number-of-another-customer"
READING = ("status", "held", "plan")


@contextmanager
def after_a_run(case: str, folder: Path) -> Iterator[tuple[Case, Path]]:
    """A case with invoices that were pushed, and the folder of the case whose ledgers are damaged."""
    damage = case_folder(case)
    with opened(ANY, folder, load=False) as played:
        played.load_psohub()
        assert played.run().code == 0
        yield played, damage


def ledger_of(case: Case) -> Path:
    return case.config.with_name("live.db")


def change(case: Case, sql: str) -> None:
    with closing(sqlite3.connect(ledger_of(case), isolation_level=None)) as database:
        database.executescript(sql)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def content(case: Case) -> str:
    """A hash of everything in the ledger: what SQLite keeps beside it may change."""
    with closing(sqlite3.connect(ledger_of(case))) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()
