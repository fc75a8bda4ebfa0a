"""Refuse a plan that would change more than the config allows, with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.model.change import Change, Create, Update
from engine.model.errors import UnsafePlanError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may change without being asked for `--yes`. None: no limit."""

    first_run_since: date | None = None
    changes: int | None = None
    amount: Decimal | None = None  # of new documents, taxes included, in each currency, credits not set off


@dataclass(slots=True)
class Tally:
    """What a plan would change, over all rounds of a run."""

    creates: int = 0
    updates: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)  # currency -> sum of new documents
    oldest: str = ""
    first_run: bool = False  # dated documents would be created where nothing was ever linked

    def add(self, change: Change, amount: Decimal | None, currency: str, dated: str) -> None:
        if isinstance(change, Create):
            self.creates += 1
            if amount is not None:
                self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + abs(amount)
            self.oldest = min(filter(None, (self.oldest, dated)), default="")
        elif isinstance(change, Update):
            self.updates += 1


def guard(tally: Tally, limits: Limits) -> None:
    """Raises UnsafePlanError with every limit that is passed and the sums that pass it."""
    said = [*_first_run(tally, limits), *_changes(tally, limits), *_amounts(tally.amounts, limits)]
    if said:
        raise UnsafePlanError(
            "; ".join(said) + ". Nothing was written. Look at it with `sync plan`, then --yes."
        )


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


def _amounts(amounts: Mapping[str, Decimal], limits: Limits) -> Iterable[str]:
    if limits.amount is None:
        return
    for currency, amount in sorted(amounts.items()):
        if amount > limits.amount:
            over = amount - limits.amount
            yield (
                f"new documents of {amount:,f} {currency}".rstrip()
                + f" in all, {over:,f} more than limits.amount: {limits.amount:,f}"
            )
