"""Killed around an allocation: the credit note is allocated once, for as much as both allow."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.drills.harness import drill, killed
from tests.drills.proxy import Effect, Fault
from tests.e2e.credit_notes import add_crediting, allocated

pytestmark = pytest.mark.drill


@pytest.mark.parametrize("seconds", [0, 400], ids=["within the window", "after the window"])
@pytest.mark.parametrize("effect", ["kill_before", "kill_after", "kill_answered", "cut_after"])
def test_a_credit_note_is_allocated_once_whatever_is_killed(
    tmp_path: Path, effect: Effect, seconds: int
) -> None:
    with drill(tmp_path, invoices=1, customers=1) as harness:
        add_crediting(harness.systems, "-50")
        harness.xero.faults.append(Fault(effect, method="PUT", path="*/Allocations"))
        ended = harness.run()
        assert killed(ended) or ended.code != 0 or effect == "cut_after"
        harness.age(seconds)
        last = harness.recover()
        assert last.code == 0, last.out
        assert allocated(harness.systems) == [Decimal("60.5")]
        assert harness.ledger("SELECT state FROM actions WHERE verb = 'allocate'") == [("done",)]
        assert harness.run("--output", "json").code == 0
        assert allocated(harness.systems) == [Decimal("60.5")]
