"""The cases beside this file exercise every rule of the shipped pack, and every branch of first and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.mapping.describe.coverage import Coverage
from engine.mapping.describe.reference import field_reference
from engine.testing.cases import cases_of, cover
from engine.workspace import load_project

HERE = Path(__file__).parent


def test_no_rule_and_no_branch_of_the_shipped_pack_goes_unexercised() -> None:
    project = load_project(HERE / "config.yaml")
    coverage = Coverage(project.programs)
    assert len(coverage.missing) == len(coverage.points) > 70
    for record in sorted((HERE / "records").glob("*/*.json")):
        for case in cases_of(record, project):
            cover(case, project, coverage)
    assert [str(point) for point in coverage.missing] == []


def test_every_snapshot_is_of_a_case() -> None:
    project = load_project(HERE / "config.yaml")
    records = (HERE / "records").glob("*/*.json")
    cases = {f"{case}.json" for record in records for case in cases_of(record, project)}
    assert {path.name for path in (HERE / "snapshots").iterdir()} == cases


def test_every_field_of_the_shipped_pack_is_in_a_snapshot() -> None:
    programs = load_project(HERE / "config.yaml").programs
    missing = []
    for mapping in field_reference(programs.pack, programs.order):
        snapshots = (HERE / "snapshots").glob(f"{mapping.name}-*.json")
        shown = {path for snapshot in snapshots for path in _paths(json.loads(snapshot.read_text("utf-8")))}
        missing += [f"{mapping.name}: {row.path}" for row in mapping.rows if row.path not in shown]
    assert missing == [], "add a record to tests/mappings/records in which they have a value"


def _paths(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all fields, spelled as in the field reference: LineItems[].AccountCode."""
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _paths(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, f"{path}[]")
