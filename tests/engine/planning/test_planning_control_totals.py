"""Control totals: what the target computes against what the source says, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.currencies import in_money
from engine.model.payload import Payload
from engine.planning.control_totals import differences, explain, settled, within
from tests.engine.planning.planning_kit import payload


def stating(policy: str = "hold", **totals: str) -> Payload:
    said = {name: Decimal(value) for name, value in totals.items()}
    return replace(payload(), totals=said, on_difference=policy)


def computed(**totals: str) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in totals.items()}


def test_totals_that_agree_do_not_differ() -> None:
    assert (
        differences(stating(SubTotal="100", Total="121"), computed(SubTotal="100.00", Total="121.00")) == {}
    )


def test_a_thousandth_is_a_difference() -> None:
    found = differences(stating(Total="10.125"), computed(Total="10.13"))
    assert found == {"Total": (Decimal("10.125"), Decimal("10.13"))}
    assert explain(found, "psohub", "xero") == "Total 10.125 in psohub, 10.13 in xero (+0.005)"


def test_a_cent_is_a_difference() -> None:
    assert differences(stating(Total="121"), computed(Total="121.01")) == {
        "Total": (Decimal("121.00"), Decimal("121.01"))
    }


def test_a_total_that_only_one_side_has_is_no_difference() -> None:
    assert differences(stating(Total="121"), {}) == {}
    assert differences(stating(), computed(Total="121")) == {}


def test_the_sentence_holds_both_amounts_and_what_lies_between() -> None:
    found = differences(
        stating(SubTotal="100.00", Total="121.00"), computed(SubTotal="99.98", Total="121.01")
    )
    assert explain(found, "psohub", "xero") == (
        "SubTotal 100.00 in psohub, 99.98 in xero (-0.02); Total 121.00 in psohub, 121.01 in xero (+0.01)"
    )


@pytest.mark.parametrize(("theirs", "good"), [("121.05", True), ("120.95", True), ("121.06", False)])
def test_a_tolerance_holds_in_both_directions_and_includes_itself(theirs: str, good: bool) -> None:
    found = differences(stating(Total="121"), computed(Total=theirs))
    assert within(found, Decimal("0.05")) is good


def test_every_total_must_be_within_the_tolerance() -> None:
    found = differences(stating(SubTotal="100", Total="121"), computed(SubTotal="100.50", Total="121.01"))
    assert not within(found, Decimal("0.05"))


def test_nothing_is_within_any_tolerance() -> None:
    assert within({}, Decimal(0))


@pytest.mark.parametrize("policy", ["hold", "accept", "adjust_tax"])
def test_a_policy_has_put_it_right_when_all_totals_agree(policy: str) -> None:
    stated = stating(policy, SubTotal="100", Total="121")
    assert settled(stated, computed(SubTotal="100", Total="121"))
    assert not settled(stated, computed(SubTotal="100.01", Total="121"))


def test_a_rounding_line_may_move_the_subtotal_and_must_get_the_last_total_right() -> None:
    stated = stating("rounding_line", SubTotal="100", Total="121")
    assert settled(stated, computed(SubTotal="99.99", Total="121"))
    assert not settled(stated, computed(SubTotal="100", Total="121.01"))


def test_a_rounding_line_without_totals_has_nothing_to_put_right() -> None:
    assert settled(stating("rounding_line"), computed(Total="121"))


AMOUNTS = st.decimals(-(10**15), 10**15, places=8)


@given(AMOUNTS, AMOUNTS)
def test_a_difference_is_told_exactly_where_the_cents_differ(stated: Decimal, theirs: Decimal) -> None:
    theirs = Decimal(f"{theirs:.2f}")
    cents = Decimal(f"{int((abs(stated) * 100).to_integral_value(ROUND_HALF_UP))}").scaleb(-2)
    found = differences(stating(Total=str(in_money(stated))), {"Total": theirs})
    assert bool(found) == (cents.copy_sign(stated) != theirs)


@given(st.decimals(-(10**12), 10**12, places=2), st.integers(-9, 9))
def test_differences_and_tolerance_agree(stated: Decimal, cents: int) -> None:
    found = differences(stating(Total=str(stated)), {"Total": stated + Decimal(cents) / 100})
    assert within(found, Decimal(abs(cents)) / 100)
    assert not cents or not within(found, Decimal(abs(cents) - 1) / 100)
