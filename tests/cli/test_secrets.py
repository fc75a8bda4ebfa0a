"""No secret is ever printed: `Program` looks for them in all that any test makes it say."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.outsider import brittle
from tests.e2e.harness import Harness
from tests.e2e.program import SECRETS


@pytest.mark.parametrize("verb", ["run", "test", "status", "check"])
def test_verbose_output_holds_no_secret(fresh: Harness, verb: str) -> None:
    told = fresh.sync("-v", verb, fresh.config)  # what is said is looked through there
    assert told.code in (0, 1)
    if verb in ("run", "test"):
        assert "/connect/token" in told.err


def test_verbose_log_does_not_touch_standard_output(fresh: Harness) -> None:
    planned = fresh.sync("-v", "plan", fresh.config, "--output", "json")
    assert planned.json["command"] == "plan"


def test_ledger_holds_no_secret(harness: Harness) -> None:
    for path in harness.config.parent.glob("live.db*"):
        raw = path.read_bytes()
        assert not any(secret.encode() in raw for secret in SECRETS.values())
    ledger = harness.config.with_name("live.db")
    assert ledger.stat().st_mode & 0o077 == 0
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as database:
        assert database.execute("SELECT count(*) FROM links").fetchall() == [(13,)]
    database.close()


def test_refused_secret_is_not_quoted(fresh: Harness) -> None:
    for secret in ({"XERO_SECRET": "wrong-secret-of-xero"}, {"PSOHUB_TOKEN": "wrong-token-of-psohub"}):
        told = fresh.sync("-v", "run", fresh.config, **secret)
        assert told.code == 4
        assert next(iter(secret.values())) not in told.out + told.err


def test_secret_in_the_file_is_not_shown_with_a_mistake(fresh: Harness) -> None:
    text = fresh.config.read_text().replace(
        '"${env:XERO_SECRET}"', "in-the-file-against-all-advice, scoops: [a]"
    )
    fresh.config.write_text(text)
    told = fresh.sync("check", fresh.config)
    assert told.code == 2
    assert 'no setting "scoops"' in told.out
    assert "against-all-advice" not in told.out + told.err


def test_secret_in_a_broken_answer_is_not_shown(fresh: Harness) -> None:
    """A system that echoes what it was sent must not make us print it."""
    fresh.systems.reset()
    body = json.dumps({"Detail": f"no such token: {SECRETS['PSOHUB_TOKEN']}"})
    fresh.systems.fault("psohub", "status", path="invoices", status=401, body=body)
    told = fresh.sync("run", fresh.config)
    assert told.code == 4
    assert "no such token: •••" in told.err


def test_log_of_a_bug_holds_no_secret(fresh: Harness, tmp_path: Path) -> None:
    path = brittle(fresh, tmp_path, after=0)
    assert fresh.sync.process("-v", "run", fresh.config, PYTHONPATH=path).code == 3
    (log,) = tmp_path.rglob("sync-bug-*.log")
    assert not any(secret in log.read_text() for secret in SECRETS.values())
