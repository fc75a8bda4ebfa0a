"""Cases for snapshot tests: one JSON record a file, mapped as `sync map` would. See `engine.cases`."""

from __future__ import annotations

from engine.cases import RUN, RUN_DATE, Case, cases_of, inputs, is_record, mapped, wire_text
from engine.mapping.describe.coverage import Coverage
from engine.workspace import Project

__all__ = ["RUN_DATE", "Case", "cases_of", "cover", "is_record", "mapped", "wire_text"]


def cover(case: Case, project: Project, coverage: Coverage) -> None:
    """Note which rules and branches the case exercises."""
    record, settings, tables = inputs(case, project)
    coverage.add(case.mapping, record, settings, tables, RUN)
