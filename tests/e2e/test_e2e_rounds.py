"""A queue longer than PSOhub shows at once is worked off in rounds, and the limits hold over all of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.e2e.program import Program
from tests.e2e.systems import served

COMPANY = {"invoices": 24, "customers": 6}


def test_queue_longer_than_an_answer_is_worked_off_by_one_run(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub=COMPANY, xero={}) as systems:
        ran = sync("run", systems.config(tmp_path, more="limit: 10"), "--output", "json")
        assert ran.code == 0
        assert ran.json["flows"]["invoices"]["created"] == len(systems.pushed()) == 24
        assert ran.json["flows"]["invoice-status"]["updated"] == 24
        mails = [one["invoice_id"] for one in systems.emails()]
        assert len(mails) == len(set(mails)) == ran.json["actions"]["email"]["done"]
        assert any("there may be more" in notice for notice in ran.json["notices"])


def test_limit_passed_in_a_later_round_stops_there_and_says_what_was_written(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    limits = {"first_run_since": "2026-01-01", "changes": 20}
    with served(tmp_path, psohub=COMPANY, xero={}) as systems:
        ran = sync("run", systems.config(tmp_path, more="limit: 10", limits=limits), "--output", "json")
        assert ran.code == ran.json["exit"] == 5
        written = sum(ran.json["flows"][name]["created"] for name in ("contacts", "invoices"))
        assert written == len(systems.pushed()) + len(systems.contacts()) <= 20
        assert f"Earlier rounds wrote {written} of these changes" in ran.json["error"]
        agreed = sync("run", systems.config(tmp_path, more="limit: 10", limits=limits), "--yes")
        assert agreed.code == 0
        assert len(systems.pushed()) == 24


def test_plan_of_a_longer_queue_says_so_and_shows_it_on_request(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub=COMPANY, xero={}) as systems:
        config = systems.config(tmp_path, more="limit: 10")
        planned = sync("plan", config, "--output", "json").json
        assert 0 < planned["flows"]["invoices"]["created"] < 24
        assert any(notice.endswith("use `sync plan --all`") for notice in planned["notices"])
        complete = sync("plan", config, "--all", "--output", "json").json
        assert complete["flows"]["invoices"]["created"] == 24
        assert not any("`sync plan --all`" in notice for notice in complete["notices"])
        ran = sync("run", config, "--output", "json").json
        assert ran["flows"]["invoices"] == complete["flows"]["invoices"]


def test_plan_of_everything_says_what_a_server_does_not_show(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 60, "customers": 6, "limit_cap": 50}, xero={}) as systems:
        planned = sync("plan", systems.config(tmp_path), "--all", "--output", "json").json
        assert 0 < planned["flows"]["invoices"]["created"] < 60
        assert any("this plan may lack some" in notice for notice in planned["notices"])


def test_queue_behind_a_cap_that_nobody_knows_is_worked_off_by_one_run(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={**COMPANY, "limit_cap": 7}, xero={}) as systems:
        ran = sync("run", systems.config(tmp_path), "--output", "json")
        assert ran.code == 0
        assert ran.json["flows"]["invoices"]["created"] == len(systems.pushed()) == 24


def test_requests_depend_on_the_records_and_not_on_the_rounds(tmp_path: Path) -> None:
    """160 invoices at once take three rounds, and as many requests to Xero as all of them at once."""
    counted = []
    for limit in (160, 1000):
        folder = tmp_path / str(limit)
        folder.mkdir()
        sync = Program(folder)
        with served(folder, psohub={"invoices": 400, "customers": 60}, xero={}) as systems:
            config = systems.config(folder, settings={"auto_send": False}, more=f"limit: {limit}")
            systems.reset()
            assert sync("run", config, "--output", "json").json["flows"]["invoices"]["created"] == 400
            counted.append(Counter(f"{row['method']} {row['path']}" for row in systems.log("xero")))
    in_rounds, at_once = counted
    assert at_once["PUT /api.xro/2.0/Invoices"] == 9  # the first alone, to prove the way back
    assert at_once["PUT /api.xro/2.0/Contacts"] == 2
    assert in_rounds - at_once <= Counter({"PUT /api.xro/2.0/Invoices": 1})
    reads = 11  # the sign-in, the organisation and its reference data, and one list of each stream
    assert sum(at_once.values()) <= 9 + 2 + reads
