"""`sync check`: files only, every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shapes import DIAGNOSTIC, fits
from tests.e2e.program import PACK, Program

WRONG = f"""
name: wrong
pack: {PACK}
systems:
  psohub: {{connector: psohub, sandbox: true}}
  xero: {{connector: xero, sandbox: true}}
settings: {{revenue_acount: "200", native_integration: none}}
ledger: sqlite:///wrong.db
"""
LIVE = f"""
name: live
pack: {PACK}
systems:
  psohub: {{connector: psohub, access_token: "${{env:PSOHUB_TOKEN}}"}}
  xero: {{connector: xero, app: custom_connection, client_id: x, client_secret: "${{env:XERO_SECRET}}"}}
settings: {{revenue_account: "200", psohub_mails: false, native_integration: none}}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_good_config_has_no_mistakes(sync: Program, tmp_path: Path) -> None:
    config = write(tmp_path, LIVE)
    checked = sync("check", config)
    assert (checked.code, checked.out, checked.err) == (0, f"{config}: no mistakes\n", "")
    assert sync("check", config, "--output", "json").json == {"diagnostics": []}


def test_check_leaves_nothing_behind(sync: Program, tmp_path: Path) -> None:
    sync("check", write(tmp_path, LIVE))
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_all_mistakes_are_shown_at_once_with_place_excerpt_and_hint(sync: Program, tmp_path: Path) -> None:
    write(tmp_path, WRONG)
    checked = sync("check", "config.yaml")
    assert checked.code == 2
    assert 'config.yaml:7:12: error[C207] unknown setting "revenue_acount"' in checked.out
    assert "^^^^^^^^^^^^^^" in checked.out
    assert 'hint: did you mean "revenue_account"?' in checked.out
    assert checked.out.endswith("config.yaml: 2 mistakes\n")


def test_one_mistake_is_counted_in_the_singular(sync: Program, tmp_path: Path) -> None:
    write(tmp_path, LIVE + "limits: {change: 5}\n")
    assert sync("check", "config.yaml").out.endswith("config.yaml: 1 mistake\n")


def test_diagnostics_are_the_same_in_json(sync: Program, tmp_path: Path) -> None:
    write(tmp_path, WRONG)
    checked = sync("check", "config.yaml", "--output", "json")
    assert (checked.code, checked.err) == (2, "")
    assert fits(checked.json, {"diagnostics": [DIAGNOSTIC]})
    found = {(one["code"], one["line"]) for one in checked.json["diagnostics"]}
    assert found == {("C207", 7), ("C208", 7)}
    assert {one["severity"] for one in checked.json["diagnostics"]} == {"error"}


def test_secret_that_is_not_set_is_a_warning_here(sync: Program, tmp_path: Path) -> None:
    config = write(tmp_path, LIVE)
    checked = sync("check", config, "--output", "json", PSOHUB_TOKEN="", XERO_SECRET="")
    assert checked.code == 0
    warned = [(one["severity"], one["code"]) for one in checked.json["diagnostics"]]
    assert warned == [("warning", "C211"), ("warning", "C211")]
    assert sync("check", config, PSOHUB_TOKEN="").out.endswith(f"{config}: 1 warning\n")


def test_config_that_does_not_exist_is_a_diagnostic_for_programs(sync: Program, tmp_path: Path) -> None:
    write(tmp_path, LIVE)
    checked = sync("check", "confg.yaml", "--output", "json")
    assert checked.code == 2
    (found,) = checked.json["diagnostics"]
    assert (found["file"], found["severity"]) == ("confg.yaml", "error")
    assert "config not found: confg.yaml" in found["message"]
    assert "config.yaml" in found["message"]


def test_config_that_cannot_be_read_is_a_mistake_like_any_other(sync: Program, tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").mkdir()
    checked = sync("check", "acme.yaml", "--output", "json")
    assert checked.code == 2
    assert [(one["file"], one["code"]) for one in checked.json["diagnostics"]] == [("acme.yaml", "Y101")]


@pytest.mark.parametrize(("name", "what"), [("invoices.yaml", "a mapping"), ("pack.yaml", "a pack")])
def test_mapping_or_pack_given_as_a_config_is_one_mistake(sync: Program, name: str, what: str) -> None:
    checked = sync("check", PACK / name)
    assert checked.code == 2
    assert checked.out.count("error[") == 1
    assert f"this is {what}, not a config" in checked.out
