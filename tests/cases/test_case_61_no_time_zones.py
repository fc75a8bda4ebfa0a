"""Time zones are known on a machine without data on them: the program brings them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.cases.harness import case_folder
from tests.cases.test_case_49_table_outside_the_pack import CONFIG
from tests.e2e.program import PACK, ROOT, Program


def test_the_command_of_the_case_works(tmp_path: Path) -> None:
    lines = (case_folder("61-no-time-zones") / "environment.txt").read_text(encoding="utf-8").splitlines()
    environment = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    config = tmp_path / "own.yaml"
    config.write_text(CONFIG.replace("mappings/psohub-xero", str(PACK)))
    result = Program(tmp_path).process("run", config, **environment)
    assert result.code in (0, 1), result.err
    assert "reconciled" in result.out


def test_the_data_is_installed_with_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(name.startswith("tzdata") for name in project["dependencies"])
