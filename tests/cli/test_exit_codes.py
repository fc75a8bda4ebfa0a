"""Each exit code, reached as users reach it, with one plain sentence and nothing lost."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from engine.ledger import open_ledger
from tests.cli.outsider import brittle
from tests.cli.shapes import FAILURE, REPORT, fits
from tests.e2e.harness import Harness
from tests.e2e.program import Program, Result, checked
from tests.e2e.systems import served

FAILED = {**REPORT, **FAILURE}
CONFIG_VERBS = ["run", "push", "reconcile", "plan", "status", "held", "test"]


def one_sentence(answered: Result) -> str:
    """What is on standard error, which is one line and no traceback."""
    assert answered.err.startswith("sync: ")
    assert answered.err.count("\n") == 1
    return answered.err.removeprefix("sync: ").removesuffix("\n")


def nothing_was_written(harness: Harness) -> bool:
    return harness.systems.writes("xero") == harness.systems.writes("psohub") == []


# -- 0 and 1 -----------------------------------------------------------------------------------------------


def test_0_when_all_is_done_and_1_when_something_is_held(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 2, "customers": 2}, xero={}) as systems:
        config = systems.config(tmp_path)
        assert sync("run", config).code == 0
        first, _ = systems.offered()
        systems.edit_lines(first, AmountExVAT=1, Quantity=1, UnitPrice=1)
        held = sync("run", config, "--output", "json")
        assert (held.code, held.json["exit"]) == (1, 1)
        assert held.json["held"][0]["code"] == "changed"


# -- 2: a file is wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["run", "status", "held"])
def test_2_when_there_is_no_such_config(sync: Program, tmp_path: Path, verb: str) -> None:
    (tmp_path / "acme.yaml").write_text("name: acme\n")
    answered = sync(verb, "acne.yaml")
    assert (answered.code, answered.out) == (2, "")
    assert one_sentence(answered).startswith("config not found: acne.yaml;")
    assert "acme.yaml" in answered.err


@pytest.mark.parametrize("verb", CONFIG_VERBS)
def test_2_in_json_is_all_that_standard_output_gets(sync: Program, verb: str) -> None:
    answered = sync(verb, "acne.yaml", "--output", "json")
    assert answered.code == answered.json["exit"] == 2
    one_sentence(answered)
    reports = verb in ("run", "push", "reconcile", "plan")
    assert fits(answered.json, FAILED if reports else FAILURE)


def test_2_in_json_for_words_that_cannot_be_parsed(sync: Program) -> None:
    for arguments in (("run", "--output", "json"), ("rnu", "--output=json"), ("map", "--output", "json")):
        answered = sync(*arguments)
        assert answered.code == answered.json["exit"] == 2
        assert fits(answered.json, FAILURE)


@pytest.mark.parametrize("verb", ["run", "test"])
def test_2_when_secrets_are_not_set_and_all_of_them_are_named(fresh: Harness, verb: str) -> None:
    fresh.systems.reset()
    answered = fresh.sync(verb, fresh.config, PSOHUB_TOKEN="", XERO_SECRET="")
    assert (answered.code, answered.out) == (2, "")
    assert "the environment variable PSOHUB_TOKEN is not set; export PSOHUB_TOKEN=" in answered.err
    assert "the environment variable XERO_SECRET is not set; export XERO_SECRET=" in answered.err
    assert answered.err.endswith("2 mistakes\n")
    assert fresh.systems.log("xero") == fresh.systems.log("psohub") == []
    assert not fresh.config.with_name("live.db").exists()


def test_2_when_the_file_is_broken_with_every_mistake_at_its_place(fresh: Harness) -> None:
    fresh.config.write_text(fresh.config.read_text().replace("limits:", "limts:"))
    answered = fresh.sync("run", fresh.config, "--output", "json")
    assert answered.code == 2
    (found,) = answered.json["diagnostics"]
    assert found["hint"] == 'did you mean "limits"?'
    assert "error[" in answered.err


@pytest.mark.parametrize("verb", ["plan", "run", "reconcile"])
def test_2_when_the_ledger_belongs_to_another_organisation(again: Harness, verb: str) -> None:
    """(connectors/psohub/API.md, 8.8)"""
    ledger = open_ledger(f"sqlite:///{again.config.with_name('live.db')}")
    ledger.runs.remember("identity.xero", "another-tenant")
    ledger.close()
    again.systems.reset()
    answered = again.sync(verb, again.config)
    assert answered.code == 2
    assert "belongs to xero another-tenant, but the config connects to " in one_sentence(answered)
    assert nothing_was_written(again)


def test_2_when_a_system_refuses_what_the_config_makes_us_ask(fresh: Harness) -> None:
    text = fresh.config.read_text()
    wrong = re.sub(r'(connector: psohub.*?api_url: "[^"]*)"', r'\1/v9"', text, flags=re.DOTALL)
    assert wrong != text
    fresh.config.write_text(wrong)
    fresh.systems.reset()
    answered = fresh.sync("run", fresh.config)
    assert answered.code == 2
    assert re.fullmatch(r"PSOhub refused GET invoices at http://\S+/v9: Not Found", one_sentence(answered))
    assert nothing_was_written(fresh)


# -- 3: a bug in sync ---------------------------------------------------------------------------------------


def test_3_when_an_outsiders_connector_breaks_with_a_log_to_attach(fresh: Harness, tmp_path: Path) -> None:
    path = brittle(fresh, tmp_path, after=0)
    answered = fresh.sync.process("plan", fresh.config, PYTHONPATH=path)
    assert answered.code == 3
    assert "internal error, a bug in sync; please report it with " in answered.err
    assert "Traceback" not in answered.err
    (log,) = tmp_path.rglob("sync-bug-*.log")
    assert str(log) in answered.err
    assert "the outsider divided by nothing" in log.read_text()
    assert [path.stat().st_mode & 0o777 for path in (log, log.parent)] == [0o600, 0o700]


def test_3_in_json_is_a_report_of_what_was_done_by_then(fresh: Harness, tmp_path: Path) -> None:
    path = brittle(fresh, tmp_path, after=3)
    answered = fresh.sync.process("run", fresh.config, "--output", "json", PYTHONPATH=path)
    assert answered.code == answered.json["exit"] == 3
    assert fits(answered.json, {**FAILED, "log": str})
    assert answered.json["log"] in answered.json["error"]
    status = fresh.sync.process("status", fresh.config, "--output", "json", PYTHONPATH=path)
    assert [row["exit"] for row in status.json["runs"]] == [3]
    assert "internal error: a bug in sync" in fresh.sync.process("status", fresh.config, PYTHONPATH=path).out


# -- 4: sign in again --------------------------------------------------------------------------------------


def test_4_when_the_sign_in_is_refused(fresh: Harness) -> None:
    fresh.systems.reset()
    answered = fresh.sync("run", fresh.config, XERO_SECRET="a wrong secret")
    assert answered.code == 4
    assert "Xero rejects the sign-in (invalid_client): wrong client id or secret" in answered.err
    assert nothing_was_written(fresh)
    in_json = fresh.sync("run", fresh.config, "--output", "json", PSOHUB_TOKEN="a wrong token")
    assert in_json.code == in_json.json["exit"] == 4
    assert fits(in_json.json, FAILED)


def test_4_when_a_person_must_sign_in(fresh: Harness) -> None:
    fresh.config.write_text(fresh.config.read_text().replace("app: custom_connection", "app: web"))
    answered = fresh.sync("run", fresh.config)
    assert (answered.code, answered.out) == (4, "")
    assert "sync connect" in one_sentence(answered)


# -- 6: the other side is unavailable ----------------------------------------------------------------------


def test_6_when_a_system_does_not_answer(fresh: Harness, tmp_path: Path) -> None:
    config = fresh.systems.config(tmp_path, xero="http://127.0.0.1:9")
    answered = fresh.sync("run", config, "--output", "json")
    assert answered.code == answered.json["exit"] == 6
    assert fits(answered.json, FAILED)
    assert one_sentence(answered) == answered.json["error"]
    assert answered.json["error"] == (
        "Xero does not answer at http://127.0.0.1:9: connection refused; nothing was lost, run again"
    )


def test_6_when_the_days_quota_is_spent_and_it_says_until_when(fresh: Harness) -> None:
    fresh.systems.reset()
    day = {"X-Rate-Limit-Problem": "day", "Retry-After": "66975"}
    fresh.systems.fault("xero", "status", path="/Accounts", status=429, headers=day, body="")
    answered = fresh.sync("run", fresh.config)
    assert answered.code == 6
    assert "sync: Xero's day limit is used up until 20" in answered.err
    assert answered.err.endswith(" UTC; nothing was lost, run again then\n")
    assert nothing_was_written(fresh)
    told = fresh.sync("status", fresh.config).out
    assert "Xero's day limit is used up until" in told
    assert "parked until" in told


# -- 130: interrupted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("output", "by"), [("text", signal.SIGINT), ("json", signal.SIGTERM)])
def test_130_when_interrupted_while_running(fresh: Harness, output: str, by: signal.Signals) -> None:
    fresh.systems.reset()
    fresh.systems.fault("xero", "delay", path="/Accounts", delay=60)
    with fresh.sync.started("run", fresh.config, "--output", output) as process:
        while not any(one["path"].endswith("/Accounts") for one in fresh.systems.log("xero")):
            time.sleep(0.02)
        process.send_signal(by)
        answered = checked(process.wait(60), *process.communicate())
    assert answered.code == 130
    assert "sync: interrupted; the next run completes unfinished writes\n" in answered.err
    if output == "json":
        assert fits(answered.json, FAILED)
        assert answered.json["exit"] == 130
    status = fresh.sync("status", fresh.config, "--output", "json").json
    assert [row["exit"] for row in status["runs"]] == [130]
    assert fresh.sync("push", fresh.config).code == 1  # as it would have been: the lock was let go


def test_every_exit_code_is_explained_by_the_help(sync: Program) -> None:
    told = " ".join(sync("--help").out.split())
    assert all(f" {code} " in told for code in (0, 1, 2, 3, 4, 5, 6, 130))
