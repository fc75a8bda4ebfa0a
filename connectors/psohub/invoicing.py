"""Which invoices are this config's, and what an invoice must say to be pushed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.psohub.cleaning import Cleaned, Cleaner
from connectors.psohub.currencies import FIELD as CURRENCY
from connectors.psohub.currencies import Currencies
from connectors.psohub.joining import RelatedRecords
from connectors.psohub.settings import PsohubSettings
from connectors.psohub.streams import PROJECTS
from connectors.psohub.units import FIELD as UNIT
from connectors.psohub.units import NOT_STATED, Units
from engine.sdk import Address, Elsewhere, Unusable, same_branch

# Fields without which an invoice would be passed over or not be checked, if a mapping uses them: absent is
# not "draft", and not zero.
MUST_STATE = ("status", "total_ex_vat", "total_inc_vat")


class Invoices:
    """Judges invoices before anything is joined to them."""

    def __init__(self, settings: PsohubSettings, related: RelatedRecords, cleaner: Cleaner) -> None:
        self.units = Units(settings.business_unit, related, cleaner)
        self._currencies = Currencies(settings.base_currency, related, cleaner)
        self._related, self._cleaner = related, cleaner

    def prepare(self, invoices: Sequence[Mapping[str, Any]], paths: frozenset[str]) -> None:
        """Load the projects that must say what some of these invoices do not, and learn from the others."""
        currency = _used(CURRENCY, paths)
        joined = self.units.wanted is None and _used("project", paths)  # to see the units of all of them
        needing = [
            values
            for values in invoices
            if joined or self.units.needs_project(values) or (currency and CURRENCY not in values)
        ]
        self._related.load(PROJECTS.stream.name, (values.get("project_id") for values in needing))
        for values in invoices:
            self._currencies.learn(values)

    def judge(self, address: Address, cleaned: Cleaned, paths: frozenset[str]) -> Elsewhere | Unusable | None:
        """What stands for an invoice of another unit, or for one that does not say its unit; else None.

        Adds to its problems what it does not state.
        """
        values = cleaned.values
        for name in MUST_STATE:
            if _used(name, paths) and name not in values and name not in cleaned.problems:
                spelled = self._cleaner.spelled("invoices", name)
                cleaned.problems[name] = f"not stated: it has no {spelled}"
        unit = self.units.of(values)
        if not self.units.filters or unit == self.units.wanted:
            return None
        if unit:
            return Elsewhere(address, f"business unit {unit}", values, frozenset(cleaned.problems))
        reason = cleaned.problems.get(UNIT) or self.units.why_not_stated(values)
        reasons = "; ".join(
            [reason, *(why for path, why in cleaned.problems.items() if _used(path, paths) and path != UNIT)]
        )
        unknown = frozenset({UNIT, *cleaned.problems})
        return Unusable(address, reasons, str(values.get("number") or ""), NOT_STATED, values, unknown)

    def remarks(self, values: dict[str, Any], paths: frozenset[str]) -> tuple[str, ...]:
        """What people are to know about an invoice; its currency is filled in if something says it."""
        return self._currencies.fill(values) if _used(CURRENCY, paths) else ()


def _used(name: str, paths: frozenset[str]) -> bool:
    return any(same_branch(name, path) for path in paths)
