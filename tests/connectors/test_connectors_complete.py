"""Each connector in this repository has an entry point, a contract suite and a config that runs it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from engine.registry import connector_names, find_connector
from engine.workspace import check_project

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONNECTORS = sorted(path.parent.name for path in ROOT.glob("connectors/*/__init__.py"))
PACKS = sorted(path.parents[1].name for path in ROOT.glob("tests/packs/*/pack/pack.yaml"))


def test_each_connector_has_an_entry_point_of_its_name() -> None:
    declared = PROJECT["project"]["entry-points"]["sync.connectors"]
    expected = {name: f"connectors.{name}:connector" for name in CONNECTORS}
    assert declared == expected, "list each connector in pyproject.toml, under sync.connectors"


@pytest.mark.parametrize("name", CONNECTORS)
def test_each_connector_is_installed(name: str) -> None:
    assert name in connector_names(), "entry points are read on installation: run `make .venv/.dev`"
    assert find_connector(name).name == name, f"connectors/{name}/__init__.py gives another name"


@pytest.mark.parametrize("name", CONNECTORS)
def test_each_connector_inherits_a_contract_suite(name: str) -> None:
    tests = (ROOT / "tests" / "connectors" / name).rglob("test_*.py")
    suite = re.compile(r"^class \w+\((Source|Target)Contract\)", re.MULTILINE)
    assert any(suite.search(path.read_text("utf-8")) for path in tests), (
        f"inherit SourceContract or TargetContract in tests/connectors/{name}/test_{name}.py"
    )


@pytest.mark.parametrize("name", CONNECTORS)
def test_each_connector_is_run_by_a_config(name: str) -> None:
    configs = [*ROOT.glob("configs/*.yaml"), *ROOT.glob("tests/packs/*/*.yaml")]
    assert any(f"connector: {name}" in path.read_text("utf-8") for path in configs), (
        "add a small pack with a system of this connector to tests/packs/, and a test that runs it"
    )


@pytest.mark.parametrize("pack", PACKS)
def test_each_pack_is_complete_and_has_a_file_of_tests(pack: str) -> None:
    (config,) = (ROOT / "tests" / "packs" / pack).glob("*.yaml")
    project, diagnostics = check_project(config)
    assert diagnostics.reported == []
    assert project is not None
    config_names = {project.config.name, project.config.pack.name, Path(project.config.ledger).stem}
    assert config_names == {pack}, "name the config, the pack and its ledger like their folder"
    tests = f"tests/packs/test_pack_{pack}.py"
    assert (ROOT / tests).exists(), f"add {tests}"
