"""An e-mail that waits, for an address or for tomorrow's allowance, is a row of each plan and run, costs
nothing else, and is sent once it can be.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Systems, served
from tests.e2e.test_e2e_planned_mails import ANN, CUSTOMER, invoice

SPENT = "the 1 e-mails of a day (emails_a_day) are used up; later runs try again"
WITH_CONTACTS = 12  # requests of a run that reads whether what waits could be mailed, and to whom


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as opened:
        yield opened


def offer(systems: Systems, number: int, address: str = "") -> None:
    more = {"InvoiceContactEmail": address} if address else {}
    company = {"CompanyID": CUSTOMER, "CompanyName": "Client Ltd"}
    invoices = [invoice(one, **more) for one in range(1, number + 1)]
    systems.load({"companies": [company], "contacts": [], "projects": [], "invoices": invoices})


def rows(report: Any) -> list[tuple[str, str, str]]:
    return sorted((row["address"], row["outcome"], row["reason"]) for row in report["actions_not_done"])


def both(harness: Harness) -> Any:
    """The run's report, whose e-mails the plan has foreseen, sent and not sent."""
    planned = harness.sync("plan", harness.config, "--output", "json")
    ran = harness.sync("run", harness.config, "--output", "json")
    assert (planned.code, ran.code) == (0, 0), ran.out
    assert rows(planned.json) == rows(ran.json)
    assert planned.json["planned"]["emails"] == ran.json["actions"].get("email", {}).get("done", 0)
    return ran.json


def is_quiet(harness: Harness, waiting: int, *, requests: int = 10) -> None:
    """A run that changes nothing, and says what waits."""
    harness.systems.reset()
    report = both(harness)
    assert harness.systems.writes("xero") + harness.systems.writes("psohub") == []
    assert report["actions"].get("email", {}).get("done", 0) == 0
    assert [row[1] for row in rows(report)] == ["waiting"] * waiting
    flow = report["flows"]["invoices"]
    assert (flow["created"], flow["updated"], flow["held"]) == (0, 0, 0)
    assert report["held"] == []
    assert sum(report["requests"].values()) <= requests


@pytest.mark.parametrize("number", [1, 60])
def test_an_e_mail_without_an_address_is_sent_once_there_is_one(
    systems: Systems, tmp_path: Path, number: int
) -> None:
    harness = Harness(systems, systems.config(tmp_path), Program(tmp_path))
    offer(systems, number)
    assert len(rows(both(harness))) == number
    is_quiet(harness, number)
    systems.edit(invoice(1)["InvoiceID"], InvoiceContactEmail=ANN)
    report = both(harness)
    assert report["actions"]["email"]["done"] == 1
    assert [mail["to"] for mail in systems.emails()] == [[ANN]]
    is_quiet(harness, number - 1)
    assert len(systems.emails()) == 1


def test_what_waits_for_an_address_is_dropped_when_it_is_not_wanted_any_more(
    systems: Systems, tmp_path: Path
) -> None:
    harness = Harness(systems, systems.config(tmp_path), Program(tmp_path))
    offer(systems, 1)
    both(harness)
    systems.config(tmp_path, settings={"auto_send": False})
    assert [row[1] for row in rows(both(harness))] == ["skipped"]
    is_quiet(harness, 0)
    systems.edit(invoice(1)["InvoiceID"], InvoiceContactEmail=ANN)
    both(harness)
    assert systems.emails() == []


def test_what_the_day_does_not_allow_is_sent_on_the_next(systems: Systems, tmp_path: Path) -> None:
    config = systems.config(tmp_path)
    config.write_text(config.read_text().replace("connector: xero,", "connector: xero, emails_a_day: 1,"))
    harness = Harness(systems, config, Program(tmp_path))
    offer(systems, 3, ANN)
    assert [reason for *_, reason in rows(both(harness))] == [SPENT] * 2
    is_quiet(harness, 2, requests=WITH_CONTACTS)
    for left in (1, 0):
        a_day_passes(config)
        report = both(harness)
        assert report["actions"]["email"]["done"] == 1
        is_quiet(harness, left, requests=WITH_CONTACTS)
    assert len({mail["invoice_id"] for mail in systems.emails()}) == len(systems.emails()) == 3


@pytest.mark.parametrize(
    ("members", "sent"), [({"Class": "TRIAL"}, 20), ({"IsDemoCompany": True}, 0), ({"Edition": "PARTNER"}, 0)]
)
def test_what_the_organisation_does_not_allow_waits(
    systems: Systems, tmp_path: Path, members: dict[str, Any], sent: int
) -> None:
    systems.books("Organisation", "Sandbox Consulting B.V.", **members)
    harness = Harness(systems, systems.config(tmp_path), Program(tmp_path))
    offer(systems, 22, ANN)
    report = both(harness)
    assert len(systems.emails()) == report["actions"].get("email", {}).get("done", 0) == sent
    assert len(rows(report)) == 22 - sent
    is_quiet(harness, 22 - sent, requests=WITH_CONTACTS)


def a_day_passes(config: Path) -> None:
    """The ledger's e-mails were sent the day before."""
    with sqlite3.connect(config.with_suffix(".db")) as ledger:
        ledger.execute("UPDATE batches SET begun = replace(begun, substr(begun, 1, 10), '2020-01-01')")
    ledger.close()
