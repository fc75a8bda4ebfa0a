"""Two runs of one config at once: the second says who holds the lock, and touches nothing."""

from __future__ import annotations

import getpass
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.e2e.harness import Harness


@pytest.fixture
def running(again: Harness) -> Iterator[subprocess.Popen[str]]:
    """A run that waits for Xero's chart of accounts, with the lock in its hand."""
    again.systems.reset()
    again.systems.fault("xero", "delay", path="/Accounts", delay=60)
    with again.sync.started("run", again.config) as process:
        while not any(one["path"].endswith("/Accounts") for one in again.systems.log("xero")):
            time.sleep(0.02)
        yield process
    again.systems.reset()


@pytest.mark.parametrize("verb", [("run",), ("reconcile",), ("held", "retry")])
def test_second_run_says_who_holds_the_lock(
    again: Harness, running: subprocess.Popen[str], verb: tuple[str, ...]
) -> None:
    second = again.sync(*verb, again.config)
    assert (second.code, second.out) == (6, "")
    holder = f"{getpass.getuser()} on {socket.gethostname()} (process {running.pid})"
    ledger = again.config.with_name("live.db")
    assert second.err.startswith(f"sync: {holder} has been using the ledger {ledger} since 20")
    assert second.err.endswith("; wait for it to finish, then run again\n")


def test_second_run_in_json_is_a_failure_like_others(again: Harness, running: subprocess.Popen[str]) -> None:
    second = again.sync("run", again.config, "--output", "json")
    assert second.code == second.json["exit"] == 6
    assert f"(process {running.pid})" in second.json["error"]


def test_read_only_commands_need_no_lock(again: Harness, running: subprocess.Popen[str]) -> None:
    status = again.sync("status", again.config)
    assert status.code == 0
    assert "still running, or killed" in status.out
    assert again.sync("held", again.config).code == 1


def test_killed_run_leaves_no_lock_behind(again: Harness, running: subprocess.Popen[str]) -> None:
    running.kill()
    running.wait(30)
    again.systems.reset()
    assert again.sync("push", again.config).code == 1
