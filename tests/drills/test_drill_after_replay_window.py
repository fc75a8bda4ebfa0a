"""A run after the replay window, when Xero has forgotten its keys: records are looked up, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.harness import Harness, also, assert_once, assert_quiet, drill, killed
from tests.drills.proxy import Effect, Fault

pytestmark = pytest.mark.drill

LATER = 900  # seconds: past the 6 minutes that Xero keeps a key


def killed_long_ago(harness: Harness, effect: Effect, method: str, path: str) -> None:
    harness.xero.faults.append(Fault(effect, method=method, path=path))
    harness.psohub.faults.append(Fault(effect, method=method, path=path))
    assert killed(harness.run())
    harness.age(LATER)


@pytest.mark.parametrize(
    ("effect", "method", "path"),
    [
        ("kill_after", "PUT", "/Contacts"),
        ("kill_before", "PUT", "/Invoices"),
        ("kill_after", "PATCH", "/invoice"),
        also("kill_before", "PUT", "/Contacts"),
        also("kill_before", "PATCH", "/invoice"),
    ],
)
def test_what_was_begun_long_ago_is_looked_up(tmp_path: Path, effect: Effect, method: str, path: str) -> None:
    with drill(tmp_path) as harness:
        killed_long_ago(harness, effect, method, path)
        assert_once(harness, harness.recover())
        assert_quiet(harness)


def test_invoices_that_exist_are_adopted_without_a_write(tmp_path: Path) -> None:
    with drill(tmp_path) as harness:
        killed_long_ago(harness, "kill_after", "PUT", "/Invoices")
        assert_once(harness, harness.recover())
        # The first invoice, which was sent alone and is adopted now; then the others.
        assert harness.xero.writes.count("PUT /Invoices") == 2


def test_mail_that_went_out_long_ago_is_not_requested_again(tmp_path: Path) -> None:
    with drill(tmp_path) as harness:
        killed_long_ago(harness, "kill_after", "POST", "/Invoices/*/Email")
        known = {one["invoice_id"]: one["invoice_number"] for one in harness.systems.emails()}
        assert known
        last = harness.recover()
        assert_once(harness, last)
        # Those that were in flight with it and did not arrive are in doubt: they are held.
        assert not {one["title"] for one in last.json["held"]} & set(known.values())


def test_mail_in_doubt_is_held_for_a_person_and_then_sent_once(tmp_path: Path) -> None:
    with drill(tmp_path) as harness:
        killed_long_ago(harness, "kill_before", "POST", "/Invoices/*/Email")
        last = harness.recover()
        assert last.code == 1
        assert {(one["code"], one["mapping"]) for one in last.json["held"]} == {("in_doubt", "invoices")}
        assert_once(harness, last)
        assert harness.sync("held", "retry", harness.config).code == 0
        assert harness.recover().code == 1  # retrying everything does not mean that the customers were asked
        names = [one["address"] for one in last.json["held"]]
        assert harness.sync("held", "retry", harness.config, *names).code == 0
        last = harness.recover()
        assert (last.code, last.json["held"]) == (0, [])
        assert_once(harness, last)


def test_invoice_that_was_edited_meanwhile_is_shown_to_a_person(tmp_path: Path) -> None:
    """Similar but not the same: it is neither adopted nor created a second time."""
    with drill(tmp_path) as harness:
        killed_long_ago(harness, "kill_after", "PUT", "/Invoices")
        invoice = harness.systems.pushed()[0]
        line = {"Description": "edited", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}
        harness.systems.change(invoice["InvoiceID"], LineItems=[line])
        last = harness.recover()
        assert last.code == 1
        (held,) = last.json["held"]
        assert held["title"] == invoice["Reference"]
        assert f"xero.invoices/{invoice['InvoiceID']}" in held["reason"]
        assert len(harness.systems.pushed()) == 6
