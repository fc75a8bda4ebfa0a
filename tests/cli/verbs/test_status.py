"""`sync status`: what the ledger knows, without asking a system."""

from __future__ import annotations

import re

from tests.cli.shapes import HELD_ROW, fits
from tests.e2e.harness import Harness

RUN = {
    "run": str, "command": str, "started": str, "ended": (str, None), "exit": (int, None), "error": str,
}  # fmt: skip
STATUS = {
    "config": str,
    "ledger": str,
    "links": {str: int},
    "held": [HELD_ROW],
    "begun": int,
    "runs": [RUN],
    "unreadable_runs": int,
    "quotas": {str: {str: str}},
}


def test_status_shows_what_the_ledger_knows(harness: Harness) -> None:
    status = harness.sync("status", harness.config, "--output", "json")
    assert (status.code, status.err) == (0, "")
    assert fits(status.json, STATUS)
    assert status.json["links"] == {"contacts": 3, "invoices": 5, "invoice-status": 5}
    assert status.json["ledger"] == f"sqlite:///{harness.config.with_name('live.db')}"
    assert set(status.json["quotas"]["xero"]) == {"minute", "day", "app minute"}
    assert (status.json["runs"][-1]["command"], status.json["runs"][-1]["exit"]) == ("run", 1)


def test_status_asks_no_system(harness: Harness) -> None:
    harness.systems.reset()
    harness.sync("status", harness.config)
    harness.sync("held", harness.config)
    assert harness.systems.log("xero") == harness.systems.log("psohub") == []


def test_status_of_a_config_that_never_ran_creates_no_ledger(fresh: Harness) -> None:
    status = fresh.sync("status", fresh.config)
    assert (status.code, status.err) == (0, "")
    assert "no links yet" in status.out
    assert not fresh.config.with_name("live.db").exists()


def test_status_as_text_is_for_people(harness: Harness) -> None:
    told = harness.sync("status", harness.config).out
    assert re.search(r"\n    contacts              3\n    invoice-status        5\n", told)
    assert "\n  held: 1; `sync held " in told
    assert re.search(
        r"\n    \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  run          1  done, but records are held or", told
    )
    assert re.search(r"\n    xero: .*day \d+", told)
