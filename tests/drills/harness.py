"""What a drill runs in: systems that survive, proxies that inject faults, and what must hold afterwards."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.ledger.values import to_moment, to_text
from tests.drills.proxy import Proxy, killer, proxies
from tests.e2e.program import TIMEOUT, Program, Result, checked
from tests.e2e.systems import Systems, served

FULL = os.environ.get("SYNC_DRILLS") == "full"
full_only = pytest.mark.skipif(not FULL, reason="only with SYNC_DRILLS=full (make drills)")
INVOICES, CUSTOMERS = 6, 3


@dataclass(slots=True)
class Harness:
    """Both systems, a proxy to each, a config that uses the proxies, and the program."""

    systems: Systems
    xero: Proxy
    psohub: Proxy
    config: Path
    sync: Program

    def run(self, *more: str) -> Result:
        """Run with the faults that are set, however it ends."""
        with self.sync.started("run", self.config, *more) as process:
            self.xero.kill = self.psohub.kill = killer(process.pid)
            out, err = process.communicate(timeout=TIMEOUT)
        return checked(process.returncode, out, err)

    def run_killed_at_commit(self, commit: int, when: str) -> Result:
        """Run until that commit of the ledger, and be killed just before it or just after."""
        with self.sync.started(
            "run", self.config, module="tests.drills.killed_at_commit", DRILL_COMMIT=f"{commit} {when}"
        ) as process:
            out, err = process.communicate(timeout=TIMEOUT)
        return checked(process.returncode, out, err)

    def recover(self) -> Result:
        """Run once more without faults: whatever happened before, this must repair it."""
        self.xero.clear_faults()
        self.psohub.clear_faults()
        return self.run("--output", "json")

    def ledger(self, sql: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.config.with_name("live.db"))) as database, database:
            return database.execute(sql, values).fetchall()

    def age(self, seconds: int) -> None:
        """Let time pass for open batches, and in Xero, which forgets its idempotency keys."""
        for key, begun in self.ledger("SELECT id, begun FROM batches WHERE settled IS NULL"):
            self.ledger("UPDATE batches SET begun = ? WHERE id = ?", earlier(begun, seconds), key)
        self.systems.advance(seconds)


def earlier(moment: str, seconds: int) -> str:
    """A moment that many seconds earlier, in the ledger's spelling."""
    return to_text(to_moment(moment) - timedelta(seconds=seconds))


@contextmanager
def drill(
    folder: Path,
    *,
    invoices: int = INVOICES,
    customers: int = CUSTOMERS,
    timeout: float = 10,
    **settings: Any,
) -> Iterator[Harness]:
    """Serve both systems afresh, with a proxy to each."""
    with (
        served(folder, psohub={"invoices": invoices, "customers": customers}, xero={}) as systems,
        proxies(xero=systems.xero, psohub=systems.psohub) as by_name,
    ):
        xero, psohub = by_name["xero"], by_name["psohub"]
        config = systems.config(
            folder, xero=xero.origin, psohub=psohub.origin, settings=settings, timeout=timeout
        )
        yield Harness(systems, xero, psohub, config, Program(folder))


def also(*values: Any) -> Any:
    """A case that only `make drills` runs."""
    return pytest.param(*values, marks=full_only)


def killed(result: Result) -> bool:
    return result.code == -signal.SIGKILL


def assert_once(harness: Harness, last: Result) -> None:
    """What is promised: each invoice and contact exactly once, each e-mail at most once, all written back."""
    offered, pushed = harness.systems.offered(), harness.systems.pushed()
    assert last.code in (0, 1), last.err
    held = {one["address"]: one for one in last.json["held"]}

    references = Counter(one["Reference"] for one in pushed)
    assert references == Counter(row["InvoiceNumber"] for row in offered)
    contacts = Counter(one["ContactNumber"] for one in harness.systems.contacts())
    assert contacts == Counter({str(row["CustomerID"]) for row in offered})

    by_reference = {one["Reference"]: one for one in pushed}
    for row in offered:
        one = by_reference[row["InvoiceNumber"]]
        assert row["ExternalID"] == one["InvoiceNumber"], "the number was not written back"
        assert one["Total"] == row["TotalAmountIncVAT"]

    mails = Counter(one["invoice_id"] for one in harness.systems.emails())
    assert all(count == 1 for count in mails.values()), "an e-mail went out twice"
    for row in offered:
        wanted = row.get("InvoiceContactEmail", "-").strip() not in ("", "-")
        mailed = by_reference[row["InvoiceNumber"]]["InvoiceID"] in mails
        asked = f"psohub.invoices/{row['InvoiceID']}" in held
        assert mailed is wanted or (wanted and asked), "an e-mail was forgotten"

    assert harness.ledger("SELECT count(*) FROM batches WHERE settled IS NULL") == [(0,)]
    assert last.json["reconcile"]["documents"] == len(offered)


def assert_quiet(harness: Harness) -> None:
    """Another run has nothing to do."""
    before = len(harness.xero.writes), len(harness.psohub.writes)
    again = harness.run("--output", "json")
    assert again.code in (0, 1)
    assert (len(harness.xero.writes), len(harness.psohub.writes)) == before
