"""A small pack over files: customers become Xero contacts, and the contacts a directory in a file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program

PACK = Path(__file__).parent / "customers"
CONFIG = "customers.yaml"


@pytest.fixture
def sync(tmp_path: Path) -> Program:
    shutil.copytree(PACK, tmp_path / "work")
    return Program(tmp_path / "work")


def outcomes(sync: Program, verb: str = "run") -> dict[str, dict[str, int]]:
    ran = sync(verb, CONFIG, "--output", "json")
    assert ran.code == 0, ran.err
    flows: dict[str, dict[str, int]] = ran.json["flows"]
    return {name: {kind: count for kind, count in counts.items() if count} for name, counts in flows.items()}


def directory(sync: Program) -> list[dict[str, Any]]:
    text = (sync.folder / "data" / "directory.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_customers_reach_xero_once_and_come_back_as_a_directory(sync: Program) -> None:
    assert sync("check", CONFIG).out == "customers.yaml: no mistakes\n"
    assert outcomes(sync, "plan")["contacts"] == {"created": 3}
    assert not (sync.folder / "customers.db").exists()
    assert outcomes(sync)["contacts"] == {"created": 3}
    assert outcomes(sync) == {"contacts": {"unchanged": 3}, "directory": {"created": 3}}
    assert sorted(row["name"] for row in directory(sync)) == [
        "Ada Lovelace Ltd",
        "Bakery Jansen",
        "Müller & Söhne",
    ]
    written = (sync.folder / "data" / "directory.jsonl").stat().st_mtime_ns
    assert outcomes(sync) == {"contacts": {"unchanged": 3}, "directory": {"unchanged": 3}}
    assert (sync.folder / "data" / "directory.jsonl").stat().st_mtime_ns == written


def test_changed_line_is_an_update_and_line_that_cannot_be_read_is_held(sync: Program) -> None:
    outcomes(sync)
    customers = sync.folder / "data" / "customers.jsonl"
    text = customers.read_text(encoding="utf-8")
    customers.write_text(text.replace("info@jansen", "sales@jansen") + "{oops\n", encoding="utf-8")
    ran = sync("run", CONFIG, "--output", "json")
    assert ran.code == 1, ran.err
    (held,) = ran.json["held"]
    assert held["address"] == "files.customers/line-4"
    assert held["reason"].startswith("customers.jsonl:4: invalid JSON")
    customers.write_text(customers.read_text(encoding="utf-8").replace("{oops\n", ""), encoding="utf-8")
    assert outcomes(sync)["contacts"] == {"unchanged": 3}
    assert sync("held", CONFIG, "--output", "json").json["held"] == [], "what is gone is released"
    assert "sales@jansen.example" in [row.get("email") for row in directory(sync)]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("{id: text, name: text, email: text}", "{id: text, name: txt}", "text, int, decimal"),
        ("title: name\n        fields: {id", "title: nmae\n        fields: {id", '"nmae" is not in fields'),
        ("natural_key: [contact]", "natural_key: [kontact]", '"kontact" is not in fields'),
        ("fields: {id: text, name", "fields: {name", '"id" is not in fields'),
        ("      customers:\n", "      Customers List:\n", 'invalid name "Customers List"'),
    ],
)
def test_streams_that_a_config_declares_wrongly_are_refused(
    sync: Program, old: str, new: str, mistake: str
) -> None:
    config = sync.folder / CONFIG
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new, 1), encoding="utf-8")
    checked = sync("check", CONFIG)
    assert checked.code == 2
    assert mistake in checked.out + checked.err


def test_field_that_the_file_does_not_declare_is_a_mistake_of_the_mapping(sync: Program) -> None:
    mapping = sync.folder / "pack" / "contacts.yaml"
    mapping.write_text(mapping.read_text().replace("customer.email", "customer.mail"), encoding="utf-8")
    checked = sync("check", CONFIG)
    assert checked.code == 2
    assert 'files.customers has no field "mail"' in checked.out + checked.err
