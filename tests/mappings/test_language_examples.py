"""The examples of mappings/README.md, run: each block's field, over the records behind its arrows."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.mapping import Run
from engine.mapping.syntax.language import RULE
from engine.model.address import StreamRef
from engine.model.payload import Payload
from engine.model.record import Record, typed
from engine.sdk import Address
from engine.sdk.wire import dumps, loads
from engine.testing.cases import RUN_DATE
from engine.workspace import Project, file_tables, load_project

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "mappings" / "README.md"
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
ARROW = re.compile(r"^# (?P<record>\{.*\})  ->  (?P<result>.*)$", re.MULTILINE)
# Words of a rule without an example, and why.
NO_EXAMPLE = {"use": "it needs a second file", "doc": "it does not change the payload"}
BASE = {
    "Type": "ACCREC",
    "Contact": "{ref: contacts, key: '{{ invoice.customer_id }}'}",
    "LineItems": "{list: [{fields: {Description: Work}}]}",
}


def _examples() -> list[Any]:
    page = PAGE.read_text(encoding="utf-8")
    found = []
    for block in BLOCK.findall(page):
        rule = "\n".join(line for line in block.splitlines() if not line.startswith("# "))
        found += [
            pytest.param(rule, one["record"], one["result"], id=f"{rule.split(':')[0]}-{one['record'][:40]}")
            for one in ARROW.finditer(block)
        ]
    return found


@cache
def _project(rule: str, folder: Path) -> Project:
    pack = folder / "pack"
    pack.mkdir()
    shipped = ROOT / "mappings" / "psohub-xero"
    for name in ("pack.yaml", "contacts.yaml"):
        shutil.copy(shipped / name, pack / name)
    shutil.copytree(shipped / "tables", pack / "tables")
    fields = {name: text for name, text in BASE.items() if not rule.startswith(f"{name}:")}
    lines = [f"  {name}: {text}" for name, text in fields.items()]
    lines += [f"  {line}" for line in rule.splitlines()]
    (pack / "invoices.yaml").write_text(
        "mapping: invoices\nsource: {stream: psohub.invoices, as: invoice}\ntarget: {stream: xero.invoices}\n"
        "fields:\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    config = folder / "config.yaml"
    config.write_text(
        "name: examples\npack: pack\nsystems:\n"
        "  psohub: {connector: psohub, sandbox: true}\n  xero: {connector: xero, sandbox: true}\n"
        'settings: {revenue_account: "200", psohub_mails: false, native_integration: none, due_days: 14}\n',
        encoding="utf-8",
    )
    return load_project(config)


@pytest.mark.parametrize(("rule", "record", "result"), _examples())
def test_an_example_of_the_page_does_what_it_says(
    rule: str, record: str, result: str, tmp_path: Path
) -> None:
    project = _project(rule, tmp_path)
    accounts = loads((Path(__file__).parent / "tables" / "accounts.json").read_bytes())
    tables = {**file_tables(project.config), "accounts": accounts}
    program = project.programs.mappings["invoices"]
    mapper = program.link(
        project.config.settings, {name: tables[name] for name in program.tables}, Run(RUN_DATE, "e")
    )
    values = typed(
        {"id": "1", "customer_id": "7", **loads(record)}, project.streams[StreamRef("psohub", "invoices")]
    )
    made = mapper(Record(Address("psohub", "invoices", "1"), values))
    if result == "refused":
        assert isinstance(made, tuple)
        return
    assert isinstance(made, Payload), made
    name = rule.split(":")[0]
    if result == "left out":
        assert name not in made.body
    else:
        assert dumps(made.body[name]) == dumps(loads(result))


def test_the_page_has_an_example_of_every_word_of_a_rule() -> None:
    rules = " ".join(param.values[0] for param in _examples())
    missing = {word for word in RULE if f"{word}:" not in rules}
    assert missing == NO_EXAMPLE.keys(), "add an example to mappings/README.md"
