"""Killed with -9 in the middle of its work, the ledger has lost nothing that it said it had."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.engine.ledger.ledger_kit import opened, program

PUSH = """
import sys
from decimal import Decimal
from engine.ledger import open_ledger
from engine.model.address import Address
from engine.model.change import Part, Receipt
url, round = sys.argv[1:]
ledger = open_ledger(url)
with ledger.hold_lock("push"):
    for at in range(100_000):
        keys = [f"{round}-{at}-{n}" for n in range(3)]
        body = {"Total": Decimal("12.50")}
        parts = [Part(Address("psohub", "invoices", key), {**body, "of": key}) for key in keys]
        begun = ledger.batches.begin("invoices", "xero", "invoices", "create", parts, keys)
        print("begun", begun.batch.id, begun.batch.key, flush=True)
        for position, key in enumerate(keys):
            ledger.batches.settle(begun, position, Receipt("done", "x-" + key))
            print("done", begun.batch.id, key, flush=True)
"""


def killed_run(url: str, name: str, lines: int) -> list[list[str]]:
    """What a run acknowledged before it was killed after so many lines, not cut off."""
    with program(PUSH, url, name) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.read().splitlines(keepends=True)
    return [line.split() for line in said if line.endswith("\n")]


def test_killed_run_loses_no_acknowledged_row_and_what_was_begun_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/acme.db"
    promised: set[str] = set()
    for number in range(8):
        said = killed_run(url, str(number), 20 + 7 * number)
        begun = {batch: key for word, batch, key in said if word == "begun"}
        promised |= {key for word, _, key in said if word == "done"}
        with opened(url) as ledger, ledger.hold_lock("next run"):
            links = ledger.links.fingerprints("invoices")
            assert promised <= links.keys()
            found = ledger.batches.unfinished()
            assert len(found) <= 1
            for one in found:
                assert begun.get(str(one.batch.id), one.batch.key) == one.batch.key
                keys = [part.address.key for part in one.batch.parts]
                assert [part.body["of"] for part in one.batch.parts] == keys
                assert str(one.batch.parts[0].body["Total"]) == "12.50"
                assert [position for position, key in enumerate(keys) if key not in links] == list(one.open)
                for position in one.open:
                    ledger.batches.forget(one, position)
            # The last batch that was said to be begun is open, or settled whole: then it has all its links.
            at = len(begun) - 1
            settled = {f"{number}-{at}-{n}" for n in range(3)} <= links.keys()
            assert settled or max(begun, key=int) in [str(one.batch.id) for one in found]
    assert len(promised) > 200
