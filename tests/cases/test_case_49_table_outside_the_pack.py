"""What a pack names is read only if it is in the pack's own folder, links followed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cases.harness import case_folder
from tests.e2e.program import PACK, Program, Result

CONFIG = """\
name: own
pack: mappings/psohub-xero
systems:
  psohub: {connector: psohub, sandbox: true, business_unit: all}
  xero: {connector: xero, sandbox: true}
settings: {revenue_account: "200", psohub_mails: false, native_integration: none}
limits: {first_run_since: 2026-01-01}
ledger: sqlite:///.sync/own.db
"""
TABLE = "tax_types: tables/tax_types.csv"
CANARY = "not-yours-1"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "own.yaml").write_text(CONFIG)
    folder = tmp_path / "mappings" / "psohub-xero"
    shutil.copytree(PACK, folder)
    (tmp_path / "outside.csv").write_text(f"name,token\nadmin,{CANARY}\n")
    return folder


def name_table(pack: Path, value: str) -> None:
    text = (pack / "pack.yaml").read_text(encoding="utf-8")
    assert TABLE in text
    (pack / "pack.yaml").write_text(text.replace(TABLE, f"tax_types: {value}"), encoding="utf-8")


def checked(tmp_path: Path, verb: str = "check") -> Result:
    result = Program(tmp_path)(verb, tmp_path / "own.yaml")
    assert CANARY not in result.out + result.err
    return result


def refused(tmp_path: Path) -> None:
    for verb in ("check", "docs", "plan"):
        result = checked(tmp_path, verb)
        assert result.code == 2
        assert "pack.yaml:" in result.err + result.out
        assert "tables.tax_types: the file is outside the pack's folder" in result.err + result.out


def test_the_table_of_the_case_is_not_read(tmp_path: Path, pack: Path) -> None:
    outside = case_folder("49-table-outside-the-pack") / "outside.csv"
    assert CANARY in outside.read_text(encoding="utf-8")
    shutil.copyfile(outside, tmp_path / "outside.csv")
    name_table(pack, "../../outside.csv")
    refused(tmp_path)


@pytest.mark.parametrize("value", ["/etc/passwd.csv", "tables/../../../outside.csv", "{folder}/outside.csv"])
def test_any_other_way_out_is_refused(tmp_path: Path, pack: Path, value: str) -> None:
    name_table(pack, value.format(folder=tmp_path))
    refused(tmp_path)


def test_a_link_that_leads_out_is_refused(tmp_path: Path, pack: Path) -> None:
    (pack / "tables" / "linked.csv").symlink_to(tmp_path / "outside.csv")
    name_table(pack, "tables/linked.csv")
    refused(tmp_path)


@pytest.mark.parametrize("name", ["pack.yaml", "extra.yaml"])
def test_so_is_a_mapping_that_is_such_a_link(tmp_path: Path, pack: Path, name: str) -> None:
    (tmp_path / "outside.yaml").write_text(f"token: {CANARY}\n")
    (pack / name).unlink(missing_ok=True)
    (pack / name).symlink_to(tmp_path / "outside.yaml")
    result = checked(tmp_path)
    assert result.code == 2
    assert "a link to a file outside the pack's folder" in result.err + result.out


def test_a_pack_that_is_mounted_as_links_works(tmp_path: Path, pack: Path) -> None:
    moved = tmp_path / "volumes" / "..2026_11_30"
    moved.parent.mkdir()
    pack.rename(moved)
    pack.mkdir()
    (moved.parent / "..data").symlink_to(moved.name)
    pack.rmdir()
    pack.symlink_to(moved.parent / "..data")
    assert checked(tmp_path).code == 0
