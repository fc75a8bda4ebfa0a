"""Help, versions, and words that are no verbs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.verbs import VERBS
from tests.cli.small import SMALL
from tests.e2e.program import TIMEOUT, Program

HEAVY = ("pydantic", "httpx2", "jinja2", "rich", "yaml", "sqlite3", "starlette", "uvicorn", "authlib")
BARE = """
import os, sys
os.sync = lambda: print("the disks were flushed", file=sys.stderr)
sys.argv = ["sync"]
from engine.cli.main import main
main()
"""


def script(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = Path(sys.executable).with_name(name)
    return subprocess.run([path, *arguments], capture_output=True, text=True, timeout=TIMEOUT, check=False)


def test_bare_call_prints_the_help_and_exits_0(sync: Program) -> None:
    bare, helped = sync(), sync("--help")
    assert (bare.code, bare.err, helped.code) == (0, "", 0)
    assert bare.out == helped.out
    assert all(f"\n  {verb} " in bare.out for verb in VERBS)


def test_bare_call_flushes_the_disks_as_coreutils_sync_does(sync: Program) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BARE], capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert (done.returncode, done.stderr) == (0, "the disks were flushed\n")
    assert "Usage:" in done.stdout


HELP = [(), ("--help",), ("--version",), ("-h",), *((verb, "--help") for verb in VERBS)]


@pytest.mark.parametrize("arguments", HELP, ids=" ".join)
def test_help_loads_nothing_that_it_does_not_need(sync: Program, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "engine", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert sorted(loaded & {*HEAVY}) == [], "import what needs them in the function of the verb"


@pytest.mark.parametrize("name", ["sync", "psosync"])
def test_console_scripts_are_the_same_program(sync: Program, name: str) -> None:
    assert script(name, "--version").stdout == sync("--version").out == "sync, version 0.1.0\n"
    there, here = script(name, "check", "nope.yaml"), sync("check", "nope.yaml")
    assert (there.returncode, there.stdout) == (here.code, here.out) == (2, "")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(sync: Program, verb: str) -> None:
    helped = sync(verb, "--help")
    assert (helped.code, helped.err) == (0, "")
    assert helped.out.startswith("Usage: ")
    assert "..." not in helped.out.replace("[OPTIONS]", "").replace("]...", "")  # no sentence is cut off


def test_unknown_verb_is_answered_with_the_nearest(sync: Program) -> None:
    answered = sync("recncile", "acme.yaml")
    assert (answered.code, answered.out) == (2, "")
    assert 'unknown verb "recncile"; did you mean "reconcile"?' in answered.err


def test_unknown_option_is_answered_with_the_nearest(sync: Program) -> None:
    answered = sync("run", "acme.yaml", "--outptu", "json")
    assert (answered.code, answered.out) == (2, "")
    assert "--output" in answered.err


@pytest.mark.parametrize("arguments", [("run",), ("map", "acme.yaml"), ("held", "retry"), ("sandbox", "pay")])
def test_missing_argument_is_named(sync: Program, arguments: tuple[str, ...]) -> None:
    answered = sync(*arguments)
    assert (answered.code, answered.out) == (2, "")
    assert "Missing argument" in answered.err


@pytest.mark.parametrize("output", ["text", "json"])
def test_verb_without_a_near_match_gets_no_hint(sync: Program, output: str) -> None:
    answered = sync("retry", "acme.yaml", "--output", output)
    assert answered.code == 2
    assert answered.err.endswith('unknown verb "retry"\n')
    assert output == "text" or answered.json["error"] == 'unknown verb "retry"'


def test_verbose_logs_requests_and_not_the_server_of_the_sandboxes(sync: Program, tmp_path: Path) -> None:
    config = tmp_path / "small.yaml"
    config.write_text(SMALL, encoding="utf-8")
    planned = sync.process("-v", "plan", config)
    assert planned.code == 0
    assert " engine.sdk.http PSOhub GET /rest/psohubapi/v1/invoices: 200\n" in planned.err
    assert "uvicorn" not in planned.err
