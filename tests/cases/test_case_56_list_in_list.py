"""What the rules make of one record has a bound; beyond it that record alone is refused, at the rule."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.mapping.run.kit import MAX_ITEMS, MAX_JOINED
from tests.cases.harness import case_folder
from tests.cases.test_case_49_table_outside_the_pack import CONFIG
from tests.e2e.program import PACK, Program, Result

JOINED = """\
overrides:
  invoices:
    fields:
      LineItems:
        each: "{{ invoice.lines }}"
        as: one
        fields:
          Description: {join: ["{{ one.name }}", "{{ invoice.note }}", "{{ one.number }}"], cut: 4000}
"""


def write(folder: Path, overrides: str) -> Path:
    config = folder / "own.yaml"
    config.write_text(CONFIG.replace("mappings/psohub-xero", str(PACK)) + overrides, encoding="utf-8")
    return config


def mapped(folder: Path, config: Path, record: Any) -> Result:
    (folder / "record.json").write_text(json.dumps(record))
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    (tables / "accounts.json").write_text(json.dumps([{"Code": "200", "Name": "Sales", "Type": "REVENUE"}]))
    return Program(folder)("map", config, "invoices", "--record", folder / "record.json", "--tables", tables)


@pytest.fixture
def record(tmp_path: Path) -> Any:
    script = case_folder("56-list-in-list") / "make-record.py"
    subprocess.run([sys.executable, str(script)], cwd=tmp_path, check=True)
    return json.loads((tmp_path / "record.json").read_text())


def test_the_record_of_the_case_is_refused_at_the_rule_and_the_others_go_on(
    tmp_path: Path, record: Any
) -> None:
    text = (case_folder("56-list-in-list") / "overrides.yaml").read_text(encoding="utf-8")
    rows = "".join(f"  {line}\n" for line in text.splitlines() if not line.startswith("#"))
    config = write(tmp_path, "overrides:\n" + rows)
    small = {**record, "id": "2", "lines": record["lines"][:3]}
    result = mapped(tmp_path, config, [record, small])
    assert result.code == 1, result.err
    refused, made = result.json
    assert refused is None
    assert [len(line["Tracking"]) for line in made["LineItems"]] == [3, 3, 3]
    assert f"more than {MAX_ITEMS:,} items" in result.err
    assert "own.yaml:" in result.err


def test_a_large_invoice_is_not_refused(tmp_path: Path, record: Any) -> None:
    large = {**record, "lines": record["lines"][:1] * 10_000}
    result = mapped(tmp_path, write(tmp_path, ""), large)
    assert "items" not in result.err


def test_joined_texts_count(tmp_path: Path, record: Any) -> None:
    note = "n" * 5_000
    config = write(tmp_path, JOINED)
    result = mapped(tmp_path, config, {**record, "note": note})
    assert result.code == 1, result.err
    assert f"more than {MAX_JOINED:,} characters" in result.err
    assert "own.yaml:" in result.err
    assert mapped(tmp_path, config, {**record, "note": note, "lines": record["lines"][:10]}).code == 0
