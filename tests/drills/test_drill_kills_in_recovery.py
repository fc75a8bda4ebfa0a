"""Killed while recovering from being killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.harness import FULL, Harness, assert_once, assert_quiet, drill, full_only, killed
from tests.drills.proxy import Effect, Fault

pytestmark = pytest.mark.drill

PAIRS: list[tuple[Effect, Effect]] = [("kill_after", "kill_before")]
if FULL:
    EFFECTS: tuple[Effect, ...] = ("kill_before", "kill_after", "kill_answered")
    PAIRS = [(one, other) for one in EFFECTS for other in EFFECTS]


def killed_at(harness: Harness, effect: Effect, method: str, path: str) -> None:
    harness.xero.faults[:] = [Fault(effect, method=method, path=path)]
    assert killed(harness.run())


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_killed_again_while_the_same_request_is_sent_again(
    tmp_path: Path, first: Effect, second: Effect
) -> None:
    with drill(tmp_path) as harness:
        killed_at(harness, first, "PUT", "/Invoices")
        harness.xero.faults[:] = [Fault(second, method="PUT", path="/Invoices")]
        again = harness.run()
        assert killed(again) or first == "kill_answered"  # by then it may have been settled
        assert_once(harness, harness.recover())
        assert_quiet(harness)


def test_killed_at_every_step_of_the_way(tmp_path: Path) -> None:
    with drill(tmp_path) as harness:
        killed_at(harness, "kill_after", "PUT", "/Contacts")
        killed_at(harness, "kill_before", "PUT", "/Invoices")
        killed_at(harness, "kill_after", "PUT", "/Invoices")
        harness.psohub.faults.append(Fault("kill_after", at=3))
        assert killed(harness.run())
        # In this order: e-mails are requested in parallel, so all others may have gone out by then.
        killed_at(harness, "kill_before", "POST", "/Invoices/*/Email")
        killed_at(harness, "kill_after", "POST", "/Invoices/*/Email")
        assert_once(harness, harness.recover())
        assert_quiet(harness)


@full_only
def test_xero_down_while_recovering_and_then_too_late_for_the_key(tmp_path: Path) -> None:
    with drill(tmp_path) as harness:
        killed_at(harness, "kill_after", "PUT", "/Invoices")
        harness.xero.down = True
        assert harness.run().code == 6
        harness.xero.down = False
        harness.age(900)
        harness.xero.faults[:] = [Fault("cut_before", method="GET", path="/Invoices", times=99)]
        assert harness.run().code == 6
        assert_once(harness, harness.recover())
        assert_quiet(harness)


@pytest.mark.parametrize("commit", range(3, 12) if FULL else [6])
def test_killed_between_the_settles_of_a_recovery(tmp_path: Path, commit: int) -> None:
    with drill(tmp_path) as harness:
        killed_at(harness, "kill_after", "PUT", "/Invoices")
        harness.xero.clear_faults()
        assert killed(harness.run_killed_at_commit(commit, "after"))
        assert_once(harness, harness.recover())
        assert_quiet(harness)


@full_only
def test_day_spent_while_recovering(tmp_path: Path) -> None:
    day = {"X-Rate-Limit-Problem": "day", "Retry-After": "73451"}
    with drill(tmp_path) as harness:
        killed_at(harness, "kill_after", "PUT", "/Invoices")
        harness.xero.faults[:] = [
            Fault("answer_before", method="PUT", path="/Invoices", status=429, headers=day)
        ]
        parked = harness.run()
        assert parked.code == 6
        assert "day limit is used up until" in parked.err
        harness.age(73451)
        assert_once(harness, harness.recover())
        assert_quiet(harness)
