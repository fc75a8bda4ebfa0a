"""`sync ledger`: damage is listed with table and record, and a sound ledger is copied."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shapes import fits
from tests.e2e.harness import Harness

VERIFIED = {"config": str, "ledger": str, "damage": [{"table": str, "record": str, "problem": str}]}


def change(harness: Harness, sql: str) -> None:
    with closing(sqlite3.connect(harness.config.with_name("live.db"), isolation_level=None)) as database:
        database.executescript(sql)


def test_a_sound_ledger_has_no_damage(again: Harness) -> None:
    verified = again.sync("ledger", "verify", again.config, "--output", "json")
    assert (verified.code, verified.err) == (0, "")
    assert fits(verified.json, VERIFIED)
    assert verified.json["damage"] == []
    assert "can be read" in again.sync("ledger", "verify", again.config).out


def test_damage_is_listed_with_table_and_record(again: Harness) -> None:
    change(again, "UPDATE links SET body = '{' WHERE mapping = 'invoices'; UPDATE runs SET started = 'x'")
    verified = again.sync("ledger", "verify", again.config, "--output", "json")
    assert verified.code == 2
    assert fits(verified.json, VERIFIED)
    links = [row for row in verified.json["damage"] if row["table"] == "links"]
    assert len(links) == 5
    assert all(row["record"].startswith("invoices psohub.invoices/") for row in links)
    assert {row["problem"] for row in links} == {"body is not JSON"}
    text = again.sync("ledger", "verify", again.config).out
    assert "  table links, invoices psohub.invoices/" in text
    assert "restore its last good backup" in text


def test_a_ledger_without_a_table_is_damaged(again: Harness) -> None:
    change(again, "DROP TABLE held")
    verified = again.sync("ledger", "verify", again.config)
    assert verified.code == 2
    assert "the table held is missing" in verified.err


def test_a_copy_is_a_ledger_of_its_owner(again: Harness, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copied = again.sync("ledger", "backup", again.config, copy, "--output", "json")
    assert (copied.code, copied.err) == (0, "")
    assert fits(copied.json, {"config": str, "ledger": str, "file": str})
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    copy.replace(again.config.with_name("live.db"))
    assert again.sync("status", again.config, "--output", "json").json["links"]["invoices"] == 5


@pytest.mark.parametrize("sql", ["UPDATE links SET seen = '[]'", "DELETE FROM ledger_version"])
def test_a_damaged_ledger_is_not_copied(again: Harness, tmp_path: Path, sql: str) -> None:
    change(again, sql)
    copied = again.sync("ledger", "backup", again.config, tmp_path / "copy.db")
    assert copied.code == 2
    assert "is damaged" in copied.err
    assert not (tmp_path / "copy.db").exists()


def test_a_file_that_exists_is_not_overwritten(again: Harness, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    copied = again.sync("ledger", "backup", again.config, tmp_path / "copy.db")
    assert copied.code == 2
    assert "exists" in copied.err
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_ledger_that_does_not_exist_is_not_copied(fresh: Harness, tmp_path: Path) -> None:
    copied = fresh.sync("ledger", "backup", fresh.config, tmp_path / "copy.db")
    assert (copied.code, (tmp_path / "copy.db").exists()) == (2, False)
    assert "the first run creates it" in copied.err
