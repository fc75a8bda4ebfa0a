"""Connections that are cut, limits, outages: nothing lost, nothing twice, and one plain sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.drills.harness import also, assert_once, assert_quiet, drill
from tests.drills.proxy import Fault

pytestmark = pytest.mark.drill

EXPIRED = json.dumps(
    {
        "Type": None,
        "Title": "Unauthorized",
        "Status": 401,
        "Detail": "TokenExpired: token expired at 11/26/2026 09:29:59",
        "Instance": "0",
        "Extensions": {},
    }
)
OUT = "An error occurred in Xero. Check the API Status page"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("cut_middle", method="PUT", path="/Invoices"),
        also(Fault("cut_after", method="PUT", path="/Contacts")),
        also(Fault("cut_before", method="POST", path="/Invoices/*/Email")),
        Fault("answer_after", method="PUT", path="/Invoices", status=500, body=OUT),
        Fault("answer_after", method="POST", path="/Invoices/*/Email", status=500, body=OUT),
        Fault("answer_before", method="PUT", path="/Invoices", status=503),
        also(Fault("cut_middle", method="GET", path="/Accounts")),
    ],
    ids=lambda one: f"{one.do} {one.path}",
)
def test_transient_fault_is_repaired_by_the_same_run(tmp_path: Path, fault: Fault) -> None:
    """The same bytes under the same key are answered from memory, or done once."""
    with drill(tmp_path) as harness:
        harness.xero.faults.append(fault)
        ran = harness.run("--output", "json")
        assert (ran.code, harness.xero.triggered) == (0, 1)
        assert_once(harness, ran)
        assert_quiet(harness)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("cut_after", method="PUT", path="/Invoices", times=99), "may or may not have been processed"),
        also(
            Fault("cut_before", method="PUT", path="/Contacts", times=99),
            "may or may not have been processed",
        ),
        also(Fault("answer_before", method="POST", path="/Invoices/*/Email", times=99), "503"),
        also(Fault("answer_before", method="GET", path="/Accounts", times=99), "Xero is not available (503"),
    ],
    ids=[
        "cut after invoices",
        "cut before contacts",
        "503 at mails",
        "503 at accounts",
    ],
)
def test_lasting_fault_ends_the_run_and_the_next_one_repairs_it(
    tmp_path: Path, fault: Fault, said: str
) -> None:
    with drill(tmp_path) as harness:
        harness.xero.faults.append(fault)
        ran = harness.run()
        assert ran.code == 6
        assert said in ran.err
        assert ran.err.count("\n") == 1
        assert_once(harness, harness.recover())
        assert_quiet(harness)


def test_lasting_500_for_what_was_written_is_looked_up_by_the_same_run(tmp_path: Path) -> None:
    """What exists in Xero is settled from there: every request is answered 500, and none is repeated."""
    with drill(tmp_path) as harness:
        fault = Fault("answer_after", method="PUT", path="/Invoices", times=99, status=500, body=OUT)
        harness.xero.faults.append(fault)
        ran = harness.run("--output", "json")
        assert ran.code == 0
        harness.xero.clear_faults()
        assert_once(harness, ran)
        assert_quiet(harness)


def test_spent_minute_is_waited_out_and_told(tmp_path: Path) -> None:
    minute = {"X-Rate-Limit-Problem": "minute", "Retry-After": "1", "X-MinLimit-Remaining": "0"}
    with drill(tmp_path) as harness:
        harness.xero.faults.append(
            Fault("answer_before", method="PUT", path="/Invoices", status=429, headers=minute)
        )
        ran = harness.run("--output", "json")
        assert ran.code == 0
        assert ran.err == "Xero's minute limit: waiting 1 s\n"
        assert_once(harness, ran)


@pytest.mark.parametrize("path", ["/Invoices", also("/Contacts")])
def test_spent_day_parks_the_run_and_says_until_when(tmp_path: Path, path: str) -> None:
    day = {"X-Rate-Limit-Problem": "day", "Retry-After": "73451", "X-DayLimit-Remaining": "0"}
    with drill(tmp_path) as harness:
        harness.xero.faults.append(Fault("answer_before", method="PUT", path=path, status=429, headers=day))
        ran = harness.run("--output", "json")
        assert ran.code == 6
        until = r"Xero's day limit is used up until 20\d\d-\d\d-\d\d \d\d:\d\d UTC; nothing was lost"
        assert re.match(until, ran.json["error"])
        assert len(harness.xero.writes) == (1 if path == "/Contacts" else 2)
        assert "parked until" in harness.sync("status", harness.config).out
        assert_once(harness, harness.recover())
        assert_quiet(harness)


def test_token_that_expires_in_the_middle_is_renewed(tmp_path: Path) -> None:
    with drill(tmp_path) as harness:
        # Xero's own clock moves past the life of every token that was given out.
        harness.xero.faults.append(
            Fault("meanwhile", method="PUT", path="/Invoices", first=lambda: harness.systems.advance(1801))
        )
        ran = harness.run("--output", "json")
        assert (ran.code, harness.xero.triggered) == (0, 1)
        refused = [one for one in harness.systems.log("xero") if one["status"] == 401]
        assert [one["method"] for one in refused] == ["PUT"]
        assert_once(harness, ran)


def test_token_refused_again_and_again_asks_a_person(tmp_path: Path) -> None:
    with drill(tmp_path) as harness:
        harness.xero.faults.append(
            Fault("answer_before", method="PUT", path="/Invoices", times=9, status=401, body=EXPIRED)
        )
        ran = harness.run()
        assert ran.code == 4
        assert "TokenExpired" in ran.err
        assert_once(harness, harness.recover())


@pytest.mark.parametrize(("system", "name"), [("xero", "Xero"), also("psohub", "PSOhub")])
def test_system_that_is_down_at_the_start_costs_nothing(tmp_path: Path, system: str, name: str) -> None:
    with drill(tmp_path) as harness:
        proxy = harness.xero if system == "xero" else harness.psohub
        proxy.down = True
        ran = harness.run()
        assert ran.code == 6
        assert f"{name} does not answer" in ran.err
        assert harness.systems.writes("xero") == harness.systems.writes("psohub") == []
        assert_once(harness, harness.recover())


@pytest.mark.parametrize(
    "fault",
    [
        also(Fault("cut_before", method="PATCH", at=2, times=1)),
        Fault("cut_after", method="PATCH", at=2, times=1),
        also(Fault("cut_after", method="PATCH", times=99)),
        also(Fault("cut_middle", method="GET", path="/invoices", times=99)),
        also(Fault("answer_before", method="GET", path="/invoices", times=99, status=502, body="<html>")),
    ],
    ids=lambda one: f"{one.do} {one.method} {one.times}",
)
def test_psohub_cut_off_is_repaired_by_the_next_run(tmp_path: Path, fault: Fault) -> None:
    with drill(tmp_path) as harness:
        harness.psohub.faults.append(fault)
        ran = harness.run()
        assert ran.code == 6
        assert "PSOhub" in ran.err
        assert_once(harness, harness.recover())
        assert_quiet(harness)


@pytest.mark.parametrize(
    ("system", "fault"),
    [
        ("psohub", Fault("answer_after", method="PATCH", at=3, status=500, body="{}")),
        ("xero", Fault("answer_after", method="PUT", path="/Invoices", status=500, body="An error occurred")),
        also("xero", Fault("answer_before", method="PUT", path="/Invoices", status=500, body="An error")),
        also("xero", Fault("answer_after", method="PUT", path="/Contacts", status=500, body="{}")),
    ],
)
def test_an_answered_error_is_looked_up_in_the_same_run(tmp_path: Path, system: str, fault: Fault) -> None:
    with drill(tmp_path) as harness:
        proxy = harness.xero if system == "xero" else harness.psohub
        proxy.faults.append(fault)
        ran = harness.run("--output", "json")
        assert (ran.code, proxy.triggered) == (0, 1)
        assert_once(harness, ran)
        assert_quiet(harness)
