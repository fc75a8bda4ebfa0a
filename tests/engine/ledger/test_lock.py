from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from engine.ledger import Ledger, open_ledger
from engine.model.errors import BusyError, ConfigError
from tests.engine.ledger.ledger_kit import opened, program

HOLD = """
import sys
from engine.ledger import open_ledger
with open_ledger(sys.argv[1]).hold_lock(sys.argv[2]):
    print("holding", flush=True)
    sys.stdin.readline()
"""

RACE = """
import os, sys, time
from engine.ledger import open_ledger
from engine.model.errors import BusyError
url, folder, name = sys.argv[1:]
ledger, held = open_ledger(url), 0
print("ready", flush=True)
sys.stdin.readline()
for _ in range(60):
    try:
        with ledger.hold_lock(name):
            inside = os.path.join(folder, "inside")
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
            time.sleep(0.001)
            os.unlink(inside)
            held += 1
    except BusyError:
        pass
print("held", held)
"""


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == line + "\n"


def test_second_run_is_told_who_holds_the_lock_and_since_when(ledger: Ledger, url: str) -> None:
    with program(HOLD, url, "anna@box") as process:
        wait_for(process, "holding")
        with pytest.raises(BusyError) as caught, ledger.hold_lock("ben@box"):
            pass
        said = str(caught.value)
        assert f"anna@box (process {process.pid})" in said
        assert f"since {time.gmtime().tm_year}-" in said
        process.communicate("\n")
    with ledger.hold_lock("ben@box"):
        pass


def test_lock_of_a_killed_holder_is_free_at_once(ledger: Ledger, url: str) -> None:
    for _ in range(3):
        with program(HOLD, url, "anna@box") as process:
            wait_for(process, "holding")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            with ledger.hold_lock("ben@box"):
                pass


def test_lock_of_a_frozen_holder_stays_held(ledger: Ledger, url: str) -> None:
    with program(HOLD, url, "anna@box") as process:
        wait_for(process, "holding")
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(BusyError, match="anna@box"), ledger.hold_lock("ben@box"):
            pass


def test_holder_after_a_killed_one_is_named_himself(ledger: Ledger, url: str) -> None:
    with program(HOLD, url, "anna@box") as killed:
        wait_for(killed, "holding")
        killed.kill()
        killed.wait()
    with program(HOLD, url, "carl@box") as process:
        wait_for(process, "holding")
        with pytest.raises(BusyError, match="carl@box"), ledger.hold_lock("ben@box"):
            pass


def test_two_processes_are_never_inside_together(url: str, tmp_path: Path) -> None:
    with (
        opened(url),
        program(RACE, url, str(tmp_path), "a") as a,
        program(RACE, url, str(tmp_path), "b") as b,
    ):
        for process in (a, b):
            wait_for(process, "ready")
        said = [process.communicate("\n")[0] for process in (a, b)]
    # Each gives up only after the grace, far longer than the other's turn: both get in every time.
    assert said == ["held 60\n"] * 2


def test_lock_holds_within_one_process_too(ledger: Ledger, url: str) -> None:
    with opened(url) as other, ledger.hold_lock("anna"):
        with pytest.raises(BusyError, match="anna"), other.hold_lock("ben"):
            pass
        with pytest.raises(BusyError, match="anna"), ledger.hold_lock("anna"):
            pass


def test_ledger_can_be_read_and_written_while_another_holds_its_lock(ledger: Ledger, url: str) -> None:
    with opened(url) as other, ledger.hold_lock("anna"):
        assert other.links.counts() == {}
        other.runs.remember("a", "b")
        assert ledger.runs.recall("a") == "b"


def test_error_inside_passes_and_frees_the_lock(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.hold_lock("anna"):
        raise ZeroDivisionError
    with ledger.hold_lock("ben"):
        pass


def test_lock_is_the_same_through_a_symbolic_link(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "other.db").symlink_to(tmp_path / ".sync/acme.db")
    other = open_ledger(f"sqlite:///{tmp_path}/other.db")
    with ledger.hold_lock("anna"), pytest.raises(BusyError, match="anna"), other.hold_lock("ben"):
        pass
    other.close()


def test_lock_file_that_is_something_else_is_a_config_error(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / ".sync/acme.db.lock").write_text("what is this" * 100)
    with pytest.raises(ConfigError, match=r"acme\.db\.lock"), ledger.hold_lock("anna"):
        pass
