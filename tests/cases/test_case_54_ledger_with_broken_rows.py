"""Damage in the ledger's rows is told with table and record; what is only shown is left out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.harness import Case
from tests.cases.ledger_kit import after_a_run, change, ledger_of

STOPPING = {"cursor.sql": "cursors", "link-body.sql": "links", "link-of-another-kind.sql": "links"}
ONLY_SHOWN = ["moment.sql", "run-quotas.sql", "run-report.sql"]


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Path, Path]]:
    folder = tmp_path_factory.mktemp("case54")
    with after_a_run("54-ledger-with-broken-rows", folder) as (case, damage):
        change(case, "")
        shutil.copy(ledger_of(case), folder / "good.db")
        yield case, damage, folder / "good.db"


@pytest.mark.parametrize("file", STOPPING)
def test_damage_is_told_with_table_and_record(damaged: tuple[Case, Path, Path], file: str) -> None:
    case, damage, good = damaged
    shutil.copy(good, ledger_of(case))
    change(case, (damage / file).read_text(encoding="utf-8"))
    result = case.text("run")
    assert result.code == 2, result.err
    assert f"the ledger {ledger_of(case)} is damaged (table {STOPPING[file]}, " in result.err
    assert "restore its last good backup" in result.err
    assert "Traceback" not in result.err
    shutil.copy(good, ledger_of(case))
    assert case.run().code == 0
    assert len(case.systems.pushed()) == 1


@pytest.mark.parametrize("file", ONLY_SHOWN)
def test_what_is_only_shown_stops_no_verb(damaged: tuple[Case, Path, Path], file: str) -> None:
    case, damage, good = damaged
    shutil.copy(good, ledger_of(case))
    change(case, (damage / file).read_text(encoding="utf-8"))
    status = case.text("status")
    assert status.code == 0, status.err
    assert "left out, as the ledger is damaged there: " in status.out
    assert case.command("status").json["unreadable_runs"] > 0
    assert case.run().code == 0
    assert case.text("reconcile").code == 0
