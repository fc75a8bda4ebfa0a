"""Accidents while recovering from accidents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.house import FULL, House, assert_once, assert_quiet, drill, full_only, killed
from tests.drills.proxy import Deed, Strike

pytestmark = pytest.mark.drill

PAIRS: list[tuple[Deed, Deed]] = [("kill_after", "kill_before")]
if FULL:
    DEEDS: tuple[Deed, ...] = ("kill_before", "kill_after", "kill_answered")
    PAIRS = [(one, other) for one in DEEDS for other in DEEDS]


def killed_at(house: House, deed: Deed, method: str, path: str) -> None:
    house.xero.strikes[:] = [Strike(deed, method=method, path=path)]
    assert killed(house.run())


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_killed_again_while_the_same_request_is_sent_again(tmp_path: Path, first: Deed, second: Deed) -> None:
    with drill(tmp_path) as house:
        killed_at(house, first, "PUT", "/Invoices")
        house.xero.strikes[:] = [Strike(second, method="PUT", path="/Invoices")]
        again = house.run()
        assert killed(again) or first == "kill_answered"  # by then it may have been settled
        assert_once(house, house.recover())
        assert_quiet(house)


def test_killed_at_every_step_of_the_way(tmp_path: Path) -> None:
    with drill(tmp_path) as house:
        killed_at(house, "kill_after", "PUT", "/Contacts")
        killed_at(house, "kill_before", "PUT", "/Invoices")
        killed_at(house, "kill_after", "PUT", "/Invoices")
        killed_at(house, "kill_after", "POST", "/Invoices/*/Email")
        killed_at(house, "kill_before", "POST", "/Invoices/*/Email")
        house.psohub.strikes.append(Strike("kill_after", at=3))
        assert killed(house.run())
        assert_once(house, house.recover())
        assert_quiet(house)


@full_only
def test_xero_down_while_recovering_and_then_too_late_for_the_key(tmp_path: Path) -> None:
    with drill(tmp_path) as house:
        killed_at(house, "kill_after", "PUT", "/Invoices")
        house.xero.down = True
        assert house.run().code == 6
        house.xero.down = False
        house.age(900)
        house.xero.strikes[:] = [Strike("cut_before", method="GET", path="/Invoices", times=99)]
        assert house.run().code == 6
        assert_once(house, house.recover())
        assert_quiet(house)


@pytest.mark.parametrize("commit", range(3, 12) if FULL else [6])
def test_killed_between_the_settles_of_a_recovery(tmp_path: Path, commit: int) -> None:
    with drill(tmp_path) as house:
        killed_at(house, "kill_after", "PUT", "/Invoices")
        house.xero.calm()
        assert killed(house.deadly(commit, "after"))
        assert_once(house, house.recover())
        assert_quiet(house)


@full_only
def test_day_spent_while_recovering(tmp_path: Path) -> None:
    day = {"X-Rate-Limit-Problem": "day", "Retry-After": "73451"}
    with drill(tmp_path) as house:
        killed_at(house, "kill_after", "PUT", "/Invoices")
        house.xero.strikes[:] = [
            Strike("answer_before", method="PUT", path="/Invoices", status=429, headers=day)
        ]
        parked = house.run()
        assert parked.code == 6
        assert "day limit is spent until" in parked.err
        house.age(73451)
        assert_once(house, house.recover())
        assert_quiet(house)
