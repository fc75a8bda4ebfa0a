"""The cases beside this file exercise every rule of the shipped pack, and every branch of first and when."""

from __future__ import annotations

from pathlib import Path

from engine.mapping.describe.coverage import Coverage
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
