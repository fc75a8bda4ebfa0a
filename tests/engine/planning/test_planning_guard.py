"""The guard: each limit, and the arithmetic in its sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.change import Adopt, Create, Held, Skipped, Unchanged, Update
from engine.model.errors import UnsafePlanError
from engine.planning.guard import Limits, PlanTotals, guard
from tests.engine.planning.planning_kit import INVOICE, payload

CREATE, UPDATE = Create(payload()), Update(payload(), "b1")
QUIET = (
    Adopt(payload(), "b1"),
    Unchanged(payload(), "b1"),
    Held(INVOICE, "m", "c", "r"),
    Skipped(INVOICE, "m", "r"),
)


def told(totals: PlanTotals, limits: Limits) -> str:
    with pytest.raises(UnsafePlanError) as caught:
        guard(totals, limits)
    return str(caught.value)


def tallied(*amounts: str, currency: str = "EUR", dated: str = "2026-03-01") -> PlanTotals:
    totals = PlanTotals()
    for amount in amounts:
        totals.add(CREATE, Decimal(amount), currency, dated)
    return totals


def test_without_limits_everything_goes() -> None:
    guard(tallied("1000000000"), Limits())


def test_what_is_exactly_the_limit_goes() -> None:
    guard(tallied("60", "40"), Limits(changes=2, amount=Decimal(100)))


def test_changes_are_creates_and_updates_and_the_sentence_adds_them_up() -> None:
    totals = tallied("1", "2")
    totals.add(UPDATE, None, "EUR", "")
    assert told(totals, Limits(changes=1)) == (
        "2 to create + 1 to update = 3 changes, 2 more than limits.changes: 1. "
        "Nothing was written. Review it with `sync plan`, then run with --yes."
    )


def test_what_writes_nothing_counts_for_nothing() -> None:
    totals = PlanTotals()
    for change in QUIET:
        totals.add(change, Decimal(1000), "EUR", "2019-01-01")
    assert totals == PlanTotals()
    guard(totals, Limits(changes=0, amount=Decimal(0)))


def test_each_currency_is_summed_by_itself() -> None:
    totals = tallied("600", "500")
    totals.add(CREATE, Decimal(900), "USD", "")
    totals.add(CREATE, Decimal("1000.01"), "GBP", "")
    said = told(totals, Limits(amount=Decimal(1000)))
    assert "documents total 1,100.00 EUR, 100.00 more than limits.amount: 1,000" in said
    assert "documents total 1,000.01 GBP, 0.01 more than limits.amount: 1,000" in said
    assert "USD" not in said


def test_a_document_without_a_currency_is_summed_under_none() -> None:
    said = told(tallied("7", currency=""), Limits(amount=Decimal(5)))
    assert said.startswith("new and changed documents total 7.00, 2.00 more than limits.amount: 5. ")


def test_nothing_is_set_off_against_anything() -> None:
    assert tallied("60", "-60").amounts == {"EUR": Decimal(120)}


def test_an_update_counts_by_its_amount_as_well() -> None:
    totals = PlanTotals()
    totals.add(UPDATE, Decimal("-25.50"), "EUR", "")
    assert totals.amounts == {"EUR": Decimal("25.50")}
    assert (totals.creates, totals.updates, totals.oldest) == (0, 1, "")


def test_a_first_run_without_a_cut_off_date_stops_and_names_the_oldest() -> None:
    totals = tallied("1", dated="2026-03-01")
    totals.add(CREATE, None, "", "2019-05-04")
    totals.add(CREATE, None, "", "")
    totals.first_run = True
    assert told(totals, Limits()).startswith(
        "this is the first run and limits.first_run_since is not set: 3 records would be created, "
        "the oldest dated 2019-05-04. "
    )


def test_a_first_run_without_dates_is_told_without() -> None:
    totals = tallied("1", dated="")
    totals.first_run = True
    assert "1 records would be created. Nothing" in told(totals, Limits())


def test_a_first_run_with_a_cut_off_date_or_without_new_records_goes() -> None:
    totals = tallied("1")
    totals.first_run = True
    guard(totals, Limits(first_run_since=date(2026, 1, 1)))
    guard(PlanTotals(first_run=True), Limits())


def test_every_limit_that_is_passed_is_told_in_one_sentence() -> None:
    totals = tallied("60", "70")
    totals.first_run = True
    said = told(totals, Limits(changes=1, amount=Decimal(100)))
    assert [part.split()[0] for part in said.split("; ")] == ["this", "2", "new"]


def test_what_earlier_rounds_wrote_is_not_denied() -> None:
    totals = tallied("1", "2", "3")
    totals.written = 2
    assert "Earlier rounds wrote 2 of these changes, nothing else" in told(totals, Limits(changes=2))


CHANGES = st.lists(
    st.tuples(
        st.sampled_from([CREATE, UPDATE]),
        st.none() | st.decimals(-1000, 1000, places=2),
        st.sampled_from(["EUR", "USD", ""]),
    ),
    max_size=12,
)


@given(CHANGES, st.none() | st.integers(0, 12), st.none() | st.decimals(0, 3000, places=2))
def test_it_stops_exactly_where_a_limit_is_passed(
    changes: list[tuple[Create | Update, Decimal | None, str]], most: int | None, amount: Decimal | None
) -> None:
    totals = PlanTotals()
    for change, value, currency in changes:
        totals.add(change, value, currency, "2026-03-01")
    sums = {
        currency: sum(
            (abs(value or Decimal(0)) for _, value, other in changes if other == currency), Decimal(0)
        )
        for _, _, currency in changes
    }
    passed = (most is not None and len(changes) > most) or (
        amount is not None and any(one > amount for one in sums.values())
    )
    if passed:
        told(totals, Limits(changes=most, amount=amount))
    else:
        guard(totals, Limits(changes=most, amount=amount))
