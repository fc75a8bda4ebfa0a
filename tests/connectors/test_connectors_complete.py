"""A connector in this repository has all that belongs to one: an entry point and a contract suite."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONNECTORS = sorted(path.parent.name for path in ROOT.glob("connectors/*/__init__.py"))


def test_each_connector_has_an_entry_point_of_its_name() -> None:
    declared = PROJECT["project"]["entry-points"]["sync.connectors"]
    assert declared == {name: f"connectors.{name}:connector" for name in CONNECTORS}


@pytest.mark.parametrize("name", CONNECTORS)
def test_each_connector_inherits_a_contract_suite(name: str) -> None:
    tests = (ROOT / "tests" / "connectors" / name).rglob("test_*.py")
    assert any("from engine.testing.contracts import" in path.read_text("utf-8") for path in tests), (
        f"inherit SourceContract or TargetContract in tests/connectors/{name}/test_{name}.py"
    )
