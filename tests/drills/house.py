"""A drill's house: systems that survive, lines on which accidents happen, and what must hold afterwards."""

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
from tests.drills.proxy import Line, killer, lines
from tests.e2e.program import TIMEOUT, Program, Said, said
from tests.e2e.systems import Systems, served

FULL = os.environ.get("SYNC_DRILLS") == "full"
full_only = pytest.mark.skipif(not FULL, reason="SYNC_DRILLS=full, or make drills, goes through all of them")
INVOICES, CUSTOMERS = 6, 3


@dataclass(slots=True)
class House:
    """Both systems, the lines to them, a config that uses those, and the program."""

    systems: Systems
    xero: Line
    psohub: Line
    config: Path
    sync: Program

    def run(self, *more: str) -> Said:
        """Run while accidents may happen; ends as it ends."""
        with self.sync.started("run", self.config, *more) as process:
            self.xero.kill = self.psohub.kill = killer(process.pid)
            out, err = process.communicate(timeout=TIMEOUT)
        return said(process.returncode, out, err)

    def deadly(self, commit: int, when: str) -> Said:
        """Run until the ledger's so-manieth commit, and die just before it or just after."""
        bomb = f"{commit} {when}"
        with self.sync.started(
            "run", self.config, module="tests.drills.deadly", DRILL_COMMIT=bomb
        ) as process:
            out, err = process.communicate(timeout=TIMEOUT)
        return said(process.returncode, out, err)

    def recover(self) -> Said:
        """Run once more without accidents: whatever happened before, this must put it right."""
        self.xero.calm()
        self.psohub.calm()
        return self.run("--output", "json")

    def ledger(self, sql: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.config.with_name("live.db"))) as database, database:
            return database.execute(sql, values).fetchall()

    def age(self, seconds: int) -> None:
        """Let time pass for what was begun and is not settled, and in Xero: its memory of keys goes."""
        for key, begun in self.ledger("SELECT id, begun FROM batches WHERE settled IS NULL"):
            self.ledger("UPDATE batches SET begun = ? WHERE id = ?", earlier(begun, seconds), key)
        self.systems.advance(seconds)


def earlier(moment: str, seconds: int) -> str:
    """The moment so many seconds before, spelled as the ledger spells it."""
    return to_text(to_moment(moment) - timedelta(seconds=seconds))


@contextmanager
def drill(
    folder: Path,
    *,
    invoices: int = INVOICES,
    customers: int = CUSTOMERS,
    timeout: float = 10,
    **settings: Any,
) -> Iterator[House]:
    """Serve a fresh house in a folder."""
    with (
        served(folder, psohub={"invoices": invoices, "customers": customers}, xero={}) as systems,
        lines(xero=systems.xero, psohub=systems.psohub) as found,
    ):
        xero, psohub = found["xero"], found["psohub"]
        config = systems.config(
            folder, xero=xero.origin, psohub=psohub.origin, settings=settings, timeout=timeout
        )
        yield House(systems, xero, psohub, config, Program(folder))


def also(*values: Any) -> Any:
    """A case that `make drills` goes through and the ordinary tests leave out."""
    return pytest.param(*values, marks=full_only)


def killed(ended: Said) -> bool:
    return ended.code == -signal.SIGKILL


def assert_once(house: House, last: Said) -> None:
    """What is promised: each invoice and contact exactly once, each e-mail at most once, all written back."""
    offered, pushed = house.systems.offered(), house.systems.pushed()
    assert last.code in (0, 1), last.err
    held = {one["address"]: one for one in last.json["held"]}

    references = Counter(one["Reference"] for one in pushed)
    assert references == Counter(row["InvoiceNumber"] for row in offered)
    contacts = Counter(one["ContactNumber"] for one in house.systems.contacts())
    assert contacts == Counter({str(row["CustomerID"]) for row in offered})

    by_reference = {one["Reference"]: one for one in pushed}
    for row in offered:
        one = by_reference[row["InvoiceNumber"]]
        assert row["ExternalID"] == one["InvoiceNumber"], "the number was not written back"
        assert one["Total"] == row["TotalAmountIncVAT"]

    mails = Counter(one["invoice_id"] for one in house.systems.emails())
    assert all(count == 1 for count in mails.values()), "an e-mail went out twice"
    for row in offered:
        wanted = row.get("InvoiceContactEmail", "-").strip() not in ("", "-")
        mailed = by_reference[row["InvoiceNumber"]]["InvoiceID"] in mails
        asked = f"psohub.invoices/{row['InvoiceID']}" in held
        assert mailed is wanted or (wanted and asked), "an e-mail was forgotten"

    assert house.ledger("SELECT count(*) FROM batches WHERE settled IS NULL") == [(0,)]
    assert last.json["reconcile"]["documents"] == len(offered)


def assert_quiet(house: House) -> None:
    """One run more has nothing to do."""
    before = len(house.xero.writes), len(house.psohub.writes)
    again = house.run("--output", "json")
    assert again.code in (0, 1)
    assert (len(house.xero.writes), len(house.psohub.writes)) == before
