"""Answers that are wrong in every way: no crash, no endless wait, and all is well after the next clean run.

`make drills` changes 20,000 answers, the gate a small part of them.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.drills.harness import FULL, Harness, drill
from tests.drills.mutations import mutated
from tests.drills.proxy import Fault, Proxy

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600 if FULL else 300)]

SEEDS = 40 if FULL else 2
ANSWERS = 500 if FULL else 60  # changed ones for each seed
SHARE = 0.25  # of the answers of a run
LONGEST = 3000  # characters of a message


class Changes:
    """Changes some of the answers that pass, at random."""

    def __init__(self, seed: int) -> None:
        self.random, self.count, self.last = Random(seed), 0, b""

    def __call__(self, body: bytes) -> bytes:
        if self.random.random() > SHARE:
            return body
        self.count += 1
        self.last = mutated(self.random, body)
        return self.last


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_is_answered_the_next_clean_run_puts_right(tmp_path: Path, seed: int) -> None:
    with drill(tmp_path, invoices=4, customers=2, auto_send=False) as harness:
        changes = Changes(seed)
        before = 0
        while changes.count < ANSWERS:
            for proxy in (harness.xero, harness.psohub):
                alter(proxy, changes)
            for verb in ("run", "run", "run", "plan", "run", "reconcile", "run", "test"):
                ran = harness.sync(verb, harness.config, "--output", "json")
                assert ran.code in (0, 1, 2, 4, 5, 6), (verb, ran.err, changes.last)
                assert "Traceback" not in ran.err
                assert len(ran.err) < LONGEST, ran.err
            assert_once(harness)
            assert changes.count > before, "no answer was changed"
            before = changes.count
            offered = harness.systems.offered()
            copy = dict(changes.random.choice(offered))
            number = f"INV-M-{changes.count}"
            harness.systems.add(
                **{
                    name: value
                    for name, value in copy.items()
                    if name not in ("InvoiceID", "ExternalID", "InvoicePDF")
                }
                | {"InvoiceNumber": number}
            )


def alter(proxy: Proxy, changes: Changes) -> None:
    proxy.faults.append(Fault("alter", times=10**9, change=changes))


def assert_once(harness: Harness) -> None:
    """After two clean runs: each invoice once, with its number in PSOhub, and no batch open."""
    harness.recover()
    last = harness.recover()
    assert last.code in (0, 1), last.err
    pushed = Counter(one["Reference"] for one in harness.systems.pushed() if one["Status"] != "VOIDED")
    offered = harness.systems.offered()
    held = {one["title"] for one in last.json["held"]}
    assert set(pushed.values()) <= {1}, [name for name, count in pushed.items() if count > 1]
    assert {row["InvoiceNumber"] for row in offered} - {*pushed} <= held
    assert harness.ledger("SELECT count(*) FROM batches WHERE settled IS NULL") == [(0,)]
