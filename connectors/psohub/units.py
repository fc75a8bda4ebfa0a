"""Whose invoice it is: the business unit of the invoice itself, or else its project's.

(connectors/psohub/API.md, 2.19 and 2.21.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.joining import RelatedRecords
from connectors.psohub.settings import ALL
from connectors.psohub.streams import PROJECTS
from engine.sdk import ConfigError

SHOWN = 10  # ids in a sentence
FIELD = "business_unit_id"
NOT_STATED = "business_unit"  # the code under which such invoices are held


class Units:
    """Distinguishes a config's own invoices from those of other business units, and remembers what it saw."""

    def __init__(self, wanted: str | None, related: RelatedRecords, cleaner: Cleaner) -> None:
        self.wanted = wanted.strip() if wanted else None
        self._related, self._cleaner = related, cleaner
        self._seen: set[str] = set()
        self._unstated = False  # an invoice was seen of which nothing says the unit

    @property
    def filters(self) -> bool:
        return self.wanted is not None and self.wanted.casefold() != ALL

    def needs_project(self, values: Mapping[str, Any]) -> bool:
        """Whether only its project can say whose the invoice is."""
        return self.filters and FIELD not in values and "project_id" in values

    def of(self, values: Mapping[str, Any]) -> str:
        """The unit of an invoice, whose project has been loaded if it is needed; empty if nothing says it."""
        unit = str(values.get(FIELD) or "") or self._of_project(values)
        if unit:
            self._seen.add(unit)
        self._unstated |= not unit
        return unit

    def _of_project(self, values: Mapping[str, Any]) -> str:
        project = self._related.get(PROJECTS.stream.name, values.get("project_id"))
        return str(project.values.get(FIELD) or "") if project is not None else ""

    def why_not_stated(self, values: Mapping[str, Any]) -> str:
        """What is missing for an invoice to be known as this config's or another's."""
        name, project = self._cleaner.spelled("invoices", FIELD), values.get("project_id")
        if project is None:
            also = f"and no project ({self._cleaner.spelled('invoices', 'project_id')}) either"
        elif self._related.get(PROJECTS.stream.name, project) is None:
            also = f"and PSOhub does not show its project {project}"
        else:
            also = f"and its project {project} does not state it either"
        return f"its business unit is not stated: it has no {name}, {also}"

    def check(self, *, cut_off: bool) -> None:
        """Stop if the config's unit cannot be distinguished from others. Raises ConfigError.

        `cut_off`: not everything was shown, so that an id which was not seen may exist.
        """
        if self.wanted is None:
            if len(self._seen) > 1:
                raise ConfigError(
                    f"PSOhub shows invoices of {len(self._seen)} business units ({self._shown()}): say whose "
                    "invoices this config pushes with systems.<psohub>.business_unit, an id or all"
                )
            return
        named = not self.wanted.isdecimal()  # by something that PSOhub's ids never are
        if not self.filters or not (self._seen or (named and self._unstated)):
            return
        if self.wanted in self._seen or self._in_projects() or (cut_off and not named):
            return
        if not self._seen:
            raise ConfigError(
                "neither invoices nor projects in PSOhub state a business unit, so business_unit "
                f'"{self.wanted}" cannot be found. Set it to an id, or to all if the account has one unit'
            )
        raise ConfigError(
            f'no invoice or project in PSOhub is of business unit "{self.wanted}"; it shows the ids '
            f"{self._shown()}. Set business_unit to one of these ids, or to all"
        )

    def _in_projects(self) -> bool:
        """Whether a project is of the config's unit: it may have no invoice yet."""
        units = {str(values.get(FIELD) or "") for values in self._related.all(PROJECTS.stream.name)}
        self._seen |= units - {""}
        return self.wanted in units

    def _shown(self) -> str:
        ids = sorted(self._seen)
        more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
        return ", ".join(ids[:SHOWN]) + more
