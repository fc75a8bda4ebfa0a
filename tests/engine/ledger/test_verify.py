"""Whatever a cell holds that was never written there is found, with its table and its record."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.ledger import Ledger
from engine.ledger.schema import expected
from engine.ledger.verify import READERS
from engine.model.errors import ConfigError
from tests.engine.ledger.ledger_kit import begin, done, held, link, opened

CELLS = [
    "X'DEADBEEF'", "CAST(X'C328' AS TEXT)", "'{'", "'[1]'", "'5'", "'yesterday'",
    "'0001-01-01T00:00:00.000000+00:00'", "'9999-12-31T00:00:00.000000+00:00'",
    "'2026-02-31T00:00:00.000000+00:00'",
]  # fmt: skip


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.executescript(sql)


def filled(url: str, path: Path) -> None:
    with opened(url) as ledger:
        ledger.links.save([link()])
        ledger.held.save(held())
        begin(ledger, "7", "8")
        ledger.runs.move_cursor("invoice-status", link().written_at)  # type: ignore[arg-type]


def test_readers_are_of_columns_that_exist() -> None:
    tables, _ = expected()
    assert READERS.keys() <= tables.keys()
    assert {
        (table, name) for table, names in READERS.items() for name in names if name not in tables[table]
    } == set()


def test_a_ledger_as_it_is_written_is_sound(url: str, tmp_path: Path) -> None:
    filled(url, tmp_path)
    with opened(url) as ledger:
        assert ledger.damage() == []


@pytest.mark.parametrize("cell", CELLS)
def test_odd_cells_are_found_with_table_and_record(url: str, tmp_path: Path, cell: str) -> None:
    filled(url, tmp_path)
    change(tmp_path / ".sync/acme.db", f"UPDATE links SET body = {cell}; UPDATE cursors SET at = {cell}")
    with opened(url) as ledger:
        found = [(damage.table, damage.record) for damage in ledger.damage()]
    assert ("cursors", "invoice-status") in found
    assert ("links", "invoices psohub.invoices/1042") in found


def test_a_row_of_a_missing_batch_is_found(url: str, tmp_path: Path) -> None:
    filled(url, tmp_path)
    change(tmp_path / ".sync/acme.db", "DELETE FROM batches")
    with opened(url) as ledger:
        assert "parts" in {damage.table for damage in ledger.damage()}


def test_a_missing_part_is_found_and_its_batch_is_not_sent_again(url: str, tmp_path: Path) -> None:
    filled(url, tmp_path)
    change(tmp_path / ".sync/acme.db", "DELETE FROM parts WHERE position = 0")
    with opened(url) as ledger:
        assert [str(damage) for damage in ledger.damage()] == [
            "table batches, 1: some of its parts are missing"
        ]
        with pytest.raises(ConfigError, match="some of its parts are missing"):
            ledger.batches.unfinished()


def read_everything(ledger: Ledger) -> None:
    for mapping in ("invoices", "invoice-status"):
        list(ledger.links.all(mapping))
        ledger.links.fingerprints(mapping)
        ledger.links.sources(mapping)
    ledger.held.rows()
    ledger.batches.unfinished()
    ledger.runs.cursor("invoice-status")


NOT_READ_THERE = {
    "links": ("mapping",),
    "held": ("mapping", "source"),
    "batches": ("target", "settled"),
    "parts": ("mapping", "kind", "state", "answer", "reason"),
    "cursors": ("name",),
}


@pytest.mark.parametrize("table", NOT_READ_THERE)
def test_every_text_is_checked_where_it_is_read(url: str, tmp_path: Path, table: str) -> None:
    filled(url, tmp_path)
    path = tmp_path / ".sync/acme.db"
    sound = path.read_bytes()
    for name, (_, kind, _) in expected()[0][table].items():
        if kind != "TEXT" or name in NOT_READ_THERE[table]:
            continue
        for cell in CELLS[:2]:
            path.write_bytes(sound)
            change(path, f"UPDATE {table} SET {name} = {cell} WHERE rowid = 1")
            with pytest.raises(ConfigError, match=rf"is damaged \(table {table}, "), opened(url) as ledger:
                read_everything(ledger)


def test_settling_a_damaged_part_changes_nothing(url: str, tmp_path: Path) -> None:
    with opened(url) as ledger:
        begun = begin(ledger)
        change(tmp_path / ".sync/acme.db", "UPDATE parts SET wanted = '5'")
        with pytest.raises(
            ConfigError, match=r"table parts, invoices psohub\.invoices/1042: wanted is not a JSON list"
        ):
            ledger.batches.settle(begun, 0, done())
        assert ledger.links.counts() == {}
