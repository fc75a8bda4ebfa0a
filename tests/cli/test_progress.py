"""Progress is drawn for people only, fits their terminal, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.cli.progress import progress
from tests.cli.terminal import on_a_terminal
from tests.e2e.harness import Harness
from tests.e2e.program import TIMEOUT

BAR = "━"


def test_no_progress_is_drawn_without_a_terminal(harness: Harness) -> None:
    ran = harness.sync("run", harness.config)
    assert "\x1b" not in ran.out + ran.err
    assert "\r" not in ran.out + ran.err
    assert BAR not in ran.out + ran.err


def test_progress_is_drawn_on_a_terminal_and_removed_again(harness: Harness) -> None:
    screen = on_a_terminal(harness.sync, "run", harness.config)
    assert screen.code == 1
    assert any("reading psohub.invoices" in row and BAR in row for row in screen.drawn())
    left = [row for row in screen.left() if row]
    assert left[0].startswith("live: run ")
    assert not any(BAR in row or "reading " in row for row in left)


@pytest.mark.parametrize("columns", [20, 79])
def test_progress_fits_a_narrow_terminal_and_keeps_its_figures(harness: Harness, columns: int) -> None:
    """A drawn row that is longer than the terminal breaks in two, and taking it away leaves half of it."""
    screen = on_a_terminal(harness.sync, "run", harness.config, columns=columns)
    rows = screen.drawn()
    report = next(at for at, row in enumerate(rows) if row.startswith("live: run"))
    assert report > 3
    assert all(len(row) <= columns for row in rows[:report])
    assert any(row.startswith("0/5 deciding") for row in rows[:report])
    assert next(row for row in screen.left() if row).startswith("live: run ")


def test_report_is_the_same_on_a_terminal_as_in_a_file(harness: Harness) -> None:
    """Without the run's own id, which is new each time."""
    seen = [row.rstrip() for row in on_a_terminal(harness.sync, "push", harness.config).left()]
    file = harness.sync("push", harness.config).out.splitlines()
    start = next(at for at, row in enumerate(seen) if row.startswith("live: push"))
    assert [row for row in seen[start + 1 :] if row] == [row for row in file[1:] if row]


def test_dumb_terminal_gets_plain_text(harness: Harness) -> None:
    screen = on_a_terminal(harness.sync, "push", harness.config, TERM="dumb")
    assert screen.code == 1
    assert "\x1b" not in screen.raw


def test_json_is_complete_while_progress_is_drawn(harness: Harness) -> None:
    screen = on_a_terminal(harness.sync, "push", harness.config, "--output", "json")
    left = [row for row in screen.left() if row]
    assert (left[0], left[-1]) == ("{", "}")


@pytest.mark.parametrize("arguments", [("--help",), ("plan",), ("plan", "--output", "json"), ("held",)])
def test_output_piped_into_head_ends_quietly(fresh: Harness, arguments: tuple[str, ...]) -> None:
    verb, *options = arguments
    config = [] if verb == "--help" else [fresh.config]
    with fresh.sync.started(verb, *config, *options) as process:
        assert process.stdout is not None
        process.stdout.close()  # as head does when it has seen enough
        process.stdout = None
        _, err = process.communicate(timeout=TIMEOUT)
    assert err == ""
    assert process.returncode in (0, 1)


def test_terminal_that_cannot_show_a_name_does_not_stop_the_program(harness: Harness) -> None:
    told = harness.sync.process("held", harness.config, PYTHONIOENCODING="ascii")
    assert told.code == 1
    assert told.err == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_json_is_json_on_a_terminal_that_cannot_show_a_name(harness: Harness, encoding: str) -> None:
    told = harness.sync.process("plan", harness.config, "--output", "json", PYTHONIOENCODING=encoding)
    assert told.out.isascii()
    assert told.json["changes"] == harness.sync("plan", harness.config, "--output", "json").json["changes"]


@pytest.mark.parametrize("output", ["text", "json"])
def test_output_that_cannot_be_written_is_one_sentence(harness: Harness, output: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run_with(harness, "held", "--output", output, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == b"sync: cannot write to standard output: no space left on device\n"


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_streams_do_not_stop_the_program(harness: Harness, closed: str) -> None:
    command = f'exec "$0" -m engine held "$1" --output json {closed}'
    done = run_with(harness, shell=command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")
    assert (done.stdout == b"") == ("1>&-" in closed)


def test_working_folder_that_is_gone_is_one_sentence(harness: Harness) -> None:
    command = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" -m engine check nowhere.yaml'
    done = run_with(harness, shell=command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"sync: the working directory no longer exists; change to another one\n"


def run_with(
    harness: Harness, verb: str = "", *options: str, shell: str = "", **streams: Any
) -> subprocess.CompletedProcess[bytes]:
    """The program with streams of the test's own, or as a line of the shell."""
    own = [sys.executable, "-m", "engine", verb, str(harness.config), *options]
    line = ["sh", "-c", shell, sys.executable, str(harness.config)]
    arguments, env = line if shell else own, harness.sync.environment()
    return subprocess.run(
        arguments, cwd=harness.sync.folder, env=env, timeout=TIMEOUT, check=False, **streams
    )


def test_messages_of_systems_cannot_control_the_terminal() -> None:
    code = "from engine.cli.output import print_text; print_text('Acme \\x1b[2J\\x9b2J\\u202e Ltd\\nnext')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=TIMEOUT, check=True)
    assert done.stdout.decode() == "Acme \\x1b[2J\\x9b2J\\u202e Ltd\nnext\n"


def test_wait_message_without_standard_error_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told from the thread that is about to send a batch, begun already."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        monkeypatch.setattr(sys, "stderr", gone)
        with progress() as watch:
            watch.say("Xero's minute limit: waiting 12 s")
