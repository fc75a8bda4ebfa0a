"""A crash that is noticed only after Xero has forgotten its keys: looked up, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.house import House, also, assert_once, assert_quiet, drill, killed
from tests.drills.proxy import Deed, Strike

pytestmark = pytest.mark.drill

LATER = 900  # seconds: past the 6 minutes that Xero keeps a key


def killed_long_ago(house: House, deed: Deed, method: str, path: str) -> None:
    house.xero.strikes.append(Strike(deed, method=method, path=path))
    house.psohub.strikes.append(Strike(deed, method=method, path=path))
    assert killed(house.run())
    house.age(LATER)


@pytest.mark.parametrize(
    ("deed", "method", "path"),
    [
        ("kill_after", "PUT", "/Contacts"),
        ("kill_before", "PUT", "/Invoices"),
        ("kill_after", "PATCH", "/invoice"),
        also("kill_before", "PUT", "/Contacts"),
        also("kill_before", "PATCH", "/invoice"),
    ],
)
def test_what_was_begun_long_ago_is_looked_up(tmp_path: Path, deed: Deed, method: str, path: str) -> None:
    with drill(tmp_path) as house:
        killed_long_ago(house, deed, method, path)
        assert_once(house, house.recover())
        assert_quiet(house)


def test_invoices_that_stand_are_taken_over_without_a_write(tmp_path: Path) -> None:
    with drill(tmp_path) as house:
        killed_long_ago(house, "kill_after", "PUT", "/Invoices")
        assert_once(house, house.recover())
        assert house.xero.writes.count("PUT /Invoices") == 1


def test_mail_that_went_out_long_ago_is_not_asked_for_again(tmp_path: Path) -> None:
    with drill(tmp_path) as house:
        killed_long_ago(house, "kill_after", "POST", "/Invoices/*/Email")
        known = {one["invoice_id"]: one["invoice_number"] for one in house.systems.emails()}
        assert known
        last = house.recover()
        assert_once(house, last)
        # Of those that were under way beside it and did not arrive nobody knows: they wait.
        assert not {one["title"] for one in last.json["held"]} & set(known.values())


def test_mail_that_nobody_knows_of_waits_for_a_person_and_is_then_sent_once(tmp_path: Path) -> None:
    with drill(tmp_path) as house:
        killed_long_ago(house, "kill_before", "POST", "/Invoices/*/Email")
        last = house.recover()
        assert last.code == 1
        assert {(one["code"], one["mapping"]) for one in last.json["held"]} == {("in_doubt", "invoices")}
        assert_once(house, last)
        assert house.sync("held", "retry", house.config).code == 0
        assert house.recover().code == 1  # whoever lets all go has not asked the customers
        names = [one["address"] for one in last.json["held"]]
        assert house.sync("held", "retry", house.config, *names).code == 0
        last = house.recover()
        assert (last.code, last.json["held"]) == (0, [])
        assert_once(house, last)


def test_invoice_that_was_edited_meanwhile_is_shown_to_a_person(tmp_path: Path) -> None:
    """What stands there is alike and not the same: it is neither taken over nor made a second time."""
    with drill(tmp_path) as house:
        killed_long_ago(house, "kill_after", "PUT", "/Invoices")
        one = house.systems.pushed()[0]
        line = {"Description": "edited", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}
        house.systems.change(one["InvoiceID"], LineItems=[line])
        last = house.recover()
        assert last.code == 1
        (held,) = last.json["held"]
        assert held["title"] == one["Reference"]
        assert f"xero.invoices/{one['InvoiceID']}" in held["reason"]
        assert len(house.systems.pushed()) == 6
