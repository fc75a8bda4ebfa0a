"""Refuse a plan that would change more than the config allows, with the arithmetic.

Pure; `passes/plan/plan_totals.py` finds out what a plan is worth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.model.amounts import amount
from engine.model.change import Adopt, Change, Create, Update
from engine.model.errors import UnsafePlanError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may change without `--yes`. None: no limit."""

    first_run_since: date | None = None
    changes: int | None = None
    # Of new documents, and what updates add or take; taxes included, in each currency, nothing set off.
    amount: Decimal | None = None
    emails: int | None = None


@dataclass(slots=True)
class PlanTotals:
    """What a plan would change, over all rounds of a run."""

    creates: int = 0
    updates: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)  # currency -> sum
    emails: int = 0  # to be requested, those that earlier runs left included
    oldest: str = ""
    first_run: bool = False  # dated documents would be created by a mapping that has no links yet
    written: int = 0  # how many of these changes earlier rounds have written

    @property
    def is_empty(self) -> bool:
        """Whether no round has counted anything yet."""
        return not (self.creates or self.updates or self.emails)

    def add(self, change: Change, amount: Decimal | None, currency: str, dated: str) -> None:
        """Count a change. `amount`: what a new document comes to, or by how much an update moves one."""
        if isinstance(change, Create):
            self.creates += 1
            self.oldest = min(filter(None, (self.oldest, dated)), default="")
        elif isinstance(change, Update) or (isinstance(change, Adopt) and change.body):
            self.updates += 1
        if isinstance(change, Create | Update) and amount:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + abs(amount)


def exceeded(totals: PlanTotals, limits: Limits) -> list[str]:
    """Every limit that is exceeded, with the arithmetic."""
    return [
        *_first_run(totals, limits),
        *_changes(totals, limits),
        *_amounts(totals, limits),
        *_emails(totals, limits),
    ]


def guard(totals: PlanTotals, limits: Limits) -> None:
    """Raises UnsafePlanError if a limit is exceeded."""
    if reasons := exceeded(totals, limits):
        earlier = f"Earlier rounds wrote {totals.written} of these changes, nothing else was written."
        written = earlier if totals.written else "Nothing was written."
        raise UnsafePlanError(
            "; ".join(reasons) + f". {written} Review it with `sync plan`, then run with --yes."
        )


def _first_run(totals: PlanTotals, limits: Limits) -> Iterable[str]:
    if totals.first_run and limits.first_run_since is None and totals.creates:
        oldest = f", the oldest dated {totals.oldest}" if totals.oldest else ""
        yield (
            f"this is the first run and limits.first_run_since is not set: {totals.creates} records "
            f"would be created{oldest}"
        )


def _changes(totals: PlanTotals, limits: Limits) -> Iterable[str]:
    total = totals.creates + totals.updates
    if limits.changes is not None and total > limits.changes:
        sum_ = f"{totals.creates} to create + {totals.updates} to update = {total}"
        yield f"{sum_} changes, {total - limits.changes} more than limits.changes: {limits.changes}"


def _amounts(totals: PlanTotals, limits: Limits) -> Iterable[str]:
    if limits.amount is None:
        return
    for currency, sum_ in sorted(totals.amounts.items()):
        if sum_ > limits.amount:
            over = amount(sum_ - limits.amount)
            yield (
                f"new and changed documents total {amount(sum_)} {currency}".rstrip()
                + f", {over} more than limits.amount: {limits.amount:,f}"
            )


def _emails(totals: PlanTotals, limits: Limits) -> Iterable[str]:
    if limits.emails is not None and totals.emails > limits.emails:
        over = totals.emails - limits.emails
        noun = "e-mail" if totals.emails == 1 else "e-mails"
        yield f"{totals.emails} {noun} to send, {over} more than limits.emails: {limits.emails}"
