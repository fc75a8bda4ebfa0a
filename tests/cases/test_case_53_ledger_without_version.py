"""A ledger without a usable version is damaged: nothing is written to it, and what to do is said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.harness import Case
from tests.cases.ledger_kit import after_a_run, change, content, ledger_of

FILES = ["below-zero.sql", "empty.sql", "no-version-but-tables.sql", "null.sql"]
OTHERS = {
    "a word": "UPDATE ledger_version SET version = 'five'",
    "two rows": "INSERT INTO ledger_version VALUES (3)",
    "an older one": "UPDATE ledger_version SET version = 3",
    "no such table": "DROP TABLE ledger_version",
    "a fraction": "UPDATE ledger_version SET version = 2.5",
}
VERBS = ["status", "held", "plan", "run", "reconcile"]


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Path, Path]]:
    folder = tmp_path_factory.mktemp("case53")
    with after_a_run("53-ledger-without-version", folder) as (case, damage):
        change(case, "")
        shutil.copy(ledger_of(case), folder / "good.db")
        yield case, damage, folder / "good.db"


def refused(case: Case, good: Path, sql: str) -> None:
    shutil.copy(good, ledger_of(case))
    change(case, sql)
    before = content(case)
    for verb in VERBS:
        result = case.text(verb)
        assert result.code == 2, (verb, result.err)
        assert f"the ledger {ledger_of(case)} is damaged (" in result.err
        assert "restore its last good backup" in result.err
        assert content(case) == before
    shutil.copy(good, ledger_of(case))
    assert case.run().code == 0


@pytest.mark.parametrize("file", FILES)
def test_a_ledger_without_version_is_damaged(damaged: tuple[Case, Path, Path], file: str) -> None:
    case, damage, good = damaged
    refused(case, good, (damage / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("sql", OTHERS.values(), ids=list(OTHERS))
def test_so_is_one_with_any_other_version(damaged: tuple[Case, Path, Path], sql: str) -> None:
    case, _, good = damaged
    refused(case, good, sql)
