"""The first address of several: a list has a first item, and every attempt leads to the way to take it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cases.harness import CASES, case_folder
from tests.e2e.program import Program

CASE = CASES / "19-first-of-a-list"
CONFIG = """\
name: contacts
pack: pack
systems:
  psohub:
    connector: jsonlines
    folder: data
    streams:
      companies: {fields: {id: text, name: text, email: text}, title: name}
  xero: {connector: xero, sandbox: true}
limits: {first_run_since: 2026-01-01}
ledger: sqlite:///ledger.db
"""
PACK = "pack: contacts\nsystems: {psohub: jsonlines, xero: xero}\n"
MAPPING = """\
mapping: contacts
source: {stream: psohub.companies, as: company}
target: {stream: xero.contacts}
fields:
  Name: "{{ company.name }}"
  ContactNumber: "{{ company.id }}"
"""


@pytest.fixture
def sync(tmp_path: Path) -> Program:
    case_folder(CASE.name)
    (tmp_path / "data").mkdir()
    (tmp_path / "pack").mkdir()
    (tmp_path / "data/companies.jsonl").touch()
    (tmp_path / "acme.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "pack/pack.yaml").write_text(PACK, encoding="utf-8")
    return Program(tmp_path)


def hint_of(sync: Program, rule: str) -> str:
    """The hint of the one mistake of a rule for the address; empty if there is none."""
    (sync.folder / "pack/contacts.yaml").write_text(f"{MAPPING}  {rule}\n", encoding="utf-8")
    found = sync("check", "acme.yaml", "--output", "json").json["diagnostics"]
    assert len(found) < 2, found
    return str(found[0]["hint"]) if found else ""


def followed(rule: str, hint: str) -> str:
    """The rule with what the hint tells to write."""
    if whole := re.search(r"write (\{\{ .* \}\})", hint):
        return f'EmailAddress: "{whole[1]}"'
    if "write first: [ … ]" in hint:
        return re.sub(r'first: (".*")', r"first: [\1]", rule)
    assert "{{ … | first }}" in hint
    return rule.replace(" }}", " | first }}")


@pytest.mark.parametrize("number", range(4))
def test_each_attempt_is_right_or_leads_to_what_is(sync: Program, number: int) -> None:
    lines = (CASE / "tried.yaml").read_text(encoding="utf-8").splitlines()
    rule = [line.removeprefix("- ") for line in lines if line.startswith("- ")][number]
    for _ in range(3):  # a hint may lead to another mistake before it leads to what is right
        hint = hint_of(sync, rule)
        if not hint:
            break
        rule = followed(rule, hint)
    assert not hint, rule
    mapped = sync("map", "acme.yaml", "contacts", "--record", str(CASE / "record.json"))
    assert mapped.json == json.loads((CASE / "expected.json").read_text(encoding="utf-8"))
