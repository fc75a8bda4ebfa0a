"""The currency of an invoice that does not state one (connectors/psohub/API.md, 4.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.joining import RelatedRecords
from connectors.psohub.streams import PROJECTS

FIELD = "currency"
PAIRS = (("total_inc_vat", "total_inc_vat_base"), ("total_ex_vat", "total_ex_vat_base"))


class Currencies:
    """Takes the currency from where PSOhub says it: the project, or the base currency if totals prove it."""

    def __init__(self, base: str | None, related: RelatedRecords, cleaner: Cleaner) -> None:
        self._related, self._cleaner = related, cleaner
        self._configured = base
        self._shown: set[str] = set()  # base currencies that invoices have shown

    @property
    def base(self) -> str:
        """The account's base currency; empty if it is not known."""
        if self._configured:
            return self._configured
        return next(iter(self._shown)) if len(self._shown) == 1 else ""

    def learn(self, values: Mapping[str, Any]) -> None:
        """An invoice that states its currency and whose totals are those in the base currency shows which
        that is.
        """
        if FIELD in values and in_base_currency(values):
            self._shown.add(str(values[FIELD]))

    def fill(self, values: dict[str, Any]) -> tuple[str, ...]:
        """Add the currency to an invoice that lacks it, if something says it; returns what to remark."""
        if FIELD in values:
            return ()
        project = self._related.get(PROJECTS.stream.name, values.get("project_id"))
        stated = project.values.get(FIELD) if project is not None else None
        unstated = f"its currency ({self._cleaner.spelled('invoices', FIELD)}) is not stated"
        if stated:
            values[FIELD] = stated
            return (f"{unstated}; {stated} was taken from its project",)
        if not in_base_currency(values):
            return (unstated,)
        if self.base:
            values[FIELD] = self.base
            return (f"{unstated}; {self.base} was taken, as its totals are those in the base currency",)
        return (f"{unstated}; its totals are those in the base currency",)


def in_base_currency(values: Mapping[str, Any]) -> bool:
    """Whether totals prove it: both are the same in the base currency, and not nothing."""
    pairs = [(values.get(own), values.get(base)) for own, base in PAIRS]
    return all(own == base for own, base in pairs) and bool(pairs[0][0])
