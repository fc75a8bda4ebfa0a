"""The program killed with -9 at a write, then run again: everything once, nothing forgotten.

`SYNC_DRILLS=full` goes through every write and every commit of a run; without it a sample does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.drills.harness import FULL, Harness, assert_once, assert_quiet, drill, full_only, killed
from tests.drills.proxy import Effect, Fault

pytestmark = pytest.mark.drill

EFFECTS: tuple[Effect, ...] = ("kill_before", "kill_after", "kill_answered")
# Of a run's writes to Xero the first makes the contacts, the second the invoices, the others ask for e-mails.
SAMPLE: list[tuple[str, int, Effect]] = [
    ("xero", 1, "kill_after"),
    ("xero", 2, "kill_before"),
    ("xero", 2, "kill_after"),
    ("xero", 2, "kill_answered"),
    ("xero", 3, "kill_before"),
    ("xero", 5, "kill_after"),
    ("psohub", 1, "kill_before"),
    ("psohub", 4, "kill_after"),
]


@contextmanager
def at_that(*place: object) -> Iterator[None]:
    """Say with a failure where the program had been killed."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"killed at {place}")
        raise


def run_with_fault(harness: Harness, system: str, at: int, effect: Effect) -> bool:
    """Run, killed at that write; whether the run got so far."""
    proxy = harness.xero if system == "xero" else harness.psohub
    proxy.faults.append(Fault(effect, at=at))
    result = harness.run()
    assert killed(result) is (proxy.triggered > 0), result
    return proxy.triggered > 0


@pytest.mark.parametrize(("system", "at", "effect"), SAMPLE)
def test_killed_at_a_write_and_run_again_everything_is_there_once(
    tmp_path: Path, system: str, at: int, effect: Effect
) -> None:
    """(connectors/psohub/API.md, 8.2 and 8.23)"""
    with drill(tmp_path) as harness:
        assert run_with_fault(harness, system, at, effect)
        assert_once(harness, harness.recover())
        assert_quiet(harness)


@pytest.mark.parametrize(("commit", "when"), [(5, "after"), (7, "after"), (11, "before"), (18, "after")])
def test_killed_between_two_commits_and_run_again_everything_is_there_once(
    tmp_path: Path, commit: int, when: str
) -> None:
    """After contacts were begun, between their settles, between the invoices', after a mail was begun."""
    with drill(tmp_path) as harness:
        assert killed(harness.run_killed_at_commit(commit, when))
        assert_once(harness, harness.recover())
        assert_quiet(harness)


@full_only
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("system", ["xero", "psohub"])
def test_every_single_write_of_a_run(tmp_path: Path, system: str, effect: Effect) -> None:
    for at in count(1):
        with drill(fresh(tmp_path, at)) as harness, at_that(system, at, effect):
            if not run_with_fault(harness, system, at, effect):
                assert at > 5, "a run has more writes than that"
                return
            assert_once(harness, harness.recover())
            assert_quiet(harness)


@full_only
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("when", ["before", "after"])
def test_every_single_commit_of_a_run(tmp_path: Path, when: str) -> None:
    for commit in count(1):
        with drill(fresh(tmp_path, commit)) as harness, at_that("commit", commit, when):
            if not killed(harness.run_killed_at_commit(commit, when)):
                assert commit > 20, "a run has more commits than that"
                return
            assert_once(harness, harness.recover())


@pytest.mark.parametrize("at", range(1, 6) if FULL else [4])
@pytest.mark.parametrize("effect", EFFECTS if FULL else ["kill_after"])
def test_killed_while_several_requests_are_under_way(tmp_path: Path, at: int, effect: Effect) -> None:
    """Two requests with contacts and three with invoices, side by side."""
    large: dict[str, Any] = {"invoices": 130, "customers": 60, "auto_send": False}
    with drill(tmp_path, **large) as harness, at_that("xero", at, effect):
        assert run_with_fault(harness, "xero", at, effect)
        assert_once_without_mails(harness)


def assert_once_without_mails(harness: Harness) -> None:
    last = harness.recover()
    assert last.code == 0, last.err
    offered, pushed = harness.systems.offered(), harness.systems.pushed()
    assert sorted(one["Reference"] for one in pushed) == sorted(row["InvoiceNumber"] for row in offered)
    numbers = {one["InvoiceNumber"] for one in pushed}
    assert {row["ExternalID"] for row in offered} == numbers
    customers = sorted({str(row["CustomerID"]) for row in offered})
    assert sorted(one["ContactNumber"] for one in harness.systems.contacts()) == customers
    assert harness.systems.emails() == []


def fresh(folder: Path, at: int) -> Path:
    path = folder / str(at)
    path.mkdir()
    return path
