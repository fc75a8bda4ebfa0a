"""Refuse a plan that would change more than the config allows, with the arithmetic.

It counts what it is given and says no; `passes/tally.py` finds out what a plan is worth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.model.amounts import amount
from engine.model.change import Change, Create, Update
from engine.model.errors import UnsafePlanError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may change without being asked for `--yes`. None: no limit."""

    first_run_since: date | None = None
    changes: int | None = None
    # Of new documents, and what updates add or take; taxes included, in each currency, nothing set off.
    amount: Decimal | None = None


@dataclass(slots=True)
class Tally:
    """What a plan would change, over all rounds of a run."""

    creates: int = 0
    updates: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)  # currency -> sum
    oldest: str = ""
    first_run: bool = False  # dated documents would be created where nothing was ever linked
    written: int = 0  # of these changes so many were carried out by earlier rounds

    def add(self, change: Change, amount: Decimal | None, currency: str, dated: str) -> None:
        """Count a change. `amount`: what a new document comes to, or by how much an update moves one."""
        if isinstance(change, Create):
            self.creates += 1
            self.oldest = min(filter(None, (self.oldest, dated)), default="")
        elif isinstance(change, Update):
            self.updates += 1
        if isinstance(change, Create | Update) and amount:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + abs(amount)


def passed(tally: Tally, limits: Limits) -> list[str]:
    """Every limit that is passed, with the sum that passes it."""
    return [*_first_run(tally, limits), *_changes(tally, limits), *_amounts(tally, limits)]


def guard(tally: Tally, limits: Limits) -> None:
    """Raises UnsafePlanError where a limit is passed."""
    if said := passed(tally, limits):
        earlier = f"{tally.written} of them were written by earlier rounds, nothing more was."
        kept = earlier if tally.written else "Nothing was written."
        raise UnsafePlanError("; ".join(said) + f". {kept} Look at it with `sync plan`, then run with --yes.")


def _first_run(tally: Tally, limits: Limits) -> Iterable[str]:
    if tally.first_run and limits.first_run_since is None and tally.creates:
        oldest = f", the oldest of {tally.oldest}" if tally.oldest else ""
        yield (
            f"this is the first run and limits.first_run_since is not set: {tally.creates} records "
            f"would be created{oldest}"
        )


def _changes(tally: Tally, limits: Limits) -> Iterable[str]:
    total = tally.creates + tally.updates
    if limits.changes is not None and total > limits.changes:
        sum_ = f"{tally.creates} to create + {tally.updates} to update = {total}"
        yield f"{sum_} changes, {total - limits.changes} more than limits.changes: {limits.changes}"


def _amounts(tally: Tally, limits: Limits) -> Iterable[str]:
    if limits.amount is None:
        return
    for currency, sum_ in sorted(tally.amounts.items()):
        if sum_ > limits.amount:
            over = amount(sum_ - limits.amount)
            yield (
                f"new and changed documents of {amount(sum_)} {currency}".rstrip()
                + f" in all, {over} more than limits.amount: {limits.amount:,f}"
            )
