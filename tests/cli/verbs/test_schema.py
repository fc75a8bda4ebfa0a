"""`sync schema`: what editors know of mappings, packs and configs; read by an independent validator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.schema_check import check_jsonschema
from tests.e2e.harness import copy_of_the_checkout
from tests.e2e.program import PACK, ROOT, Program

SCHEMAS = PACK / "schemas"
KINDS = ("mapping", "pack", "config")


def validated(kind: str, *files: Path, schemas: Path = SCHEMAS) -> Result:
    return check_jsonschema("--schemafile", schemas / f"{kind}.schema.json", *files)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    sync = copy_of_the_checkout(tmp_path_factory.mktemp("schemas"))
    return {kind: sync("schema", "configs/acme.yaml", "--kind", kind).out for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_one_that_is_made_now(kind: str, made: dict[str, str]) -> None:
    committed = (SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert made[kind] == committed, "run: sync schema configs/acme.yaml"


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_a_schema(kind: str) -> None:
    done = check_jsonschema("--check-metaschema", SCHEMAS / f"{kind}.schema.json")
    assert done.exit_code == 0, done.stdout


def test_every_shipped_file_is_valid_and_names_its_schema() -> None:
    mappings = [one for one in sorted(PACK.glob("*.yaml")) if one.name != "pack.yaml"]
    config = ROOT / "configs" / "acme.yaml"
    for kind, files in (("mapping", mappings), ("pack", [PACK / "pack.yaml"]), ("config", [config])):
        done = validated(kind, *files)
        assert done.exit_code == 0, done.stdout
        for file in files:
            first = file.read_text(encoding="utf-8").splitlines()[0]
            named = first.removeprefix("# yaml-language-server: $schema=")
            assert (file.parent / named).resolve() == SCHEMAS / f"{kind}.schema.json"


MAPPING = """\
mapping: invoices
source: {stream: psohub.invoices, as: invoice}
target: {stream: xero.invoices, on_change: hold}
fields:
  Type: ACCREC
  Contact: {ref: contacts, key: "{{ invoice.customer_id }}"}
  LineItems: {each: "{{ invoice.lines }}", use: lines}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("stream: psohub.invoices", "stream: psohub.invoises"),
        ("Type: ACCREC", "Type: accrec"),
        ("  Type:", "  Typ:"),
        ("use: lines", "use: line"),
        ("ref: contacts", "ref: contact"),
        ("on_change: hold", "on_change: keep"),
        ("{ref: contacts", "{reff: contacts"),
        ("fields:", "felds:"),
        ("Type: ACCREC", "SubTotal: 5"),
        ("Type: ACCREC", "Reference: {frist: [a]}"),
        ("Type: ACCREC", "Reference: {value: a, max: many}"),
        ("Type: ACCREC", "Reference: {value: a, lookup: {in: acounts, by: Code}}"),
        ("Type: ACCREC", "LineItems: {list: [{fields: {AccuontCode: x}}]}"),
        ("Type: ACCREC", "Reference: {value: a, join: [b]}"),
        ("Type: ACCREC", "Reference: {when: '{{ invoice.number is present }}'}"),
        ("Type: ACCREC", "Reference: {value: a, with: b}"),
        ("Type: ACCREC", "Reference: {value: a, optional: true}"),
        ("Type: ACCREC", "Reference: {value: a, max: 3, cut: 2}"),
        ("Type: ACCREC", "Date: tomorrow"),
        (', key: "{{ invoice.customer_id }}"', ""),
        ("use: lines", "use: lines, as: line"),
        ("use: lines", "fields: {Description: a}"),
        ('{each: "{{ invoice.lines }}", use: lines}', "{use: lines}"),
        ("as: invoice", "as: the-invoice"),
        ("  Type: ACCREC\n", ""),
        ("fields:", "totals: {on_difference: accpet}\nfields:"),
        ("fields:", "shape: {from: psohub.invoices, as: i, to: xero.invoices}\nfields:"),
    ],
)
def test_a_mistake_in_a_mapping_is_seen_by_the_editor(tmp_path: Path, old: str, new: str) -> None:
    file = tmp_path / "invoices.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    assert validated("mapping", file).exit_code == 0
    text = MAPPING.replace(old, new, 1)
    if new.startswith(("Reference", "Date")):
        text = text.replace("fields:", "fields:\n  Type: ACCREC", 1)  # only the slip is to be wrong
    file.write_text(text, encoding="utf-8")
    assert validated("mapping", file).exit_code == 1


@pytest.mark.parametrize(
    "rule",
    [
        "Reference: {join: [a, b], with: -, cut: 9}",
        "Reference: {value: a, lookup: {in: accounts, by: Code, give: Name}, optional: true}",
        "Date: 2026-01-31",
        'Date: "{{ invoice.date | plus_days(3) }}"',
        "Reference: {first: [{value: a, when: '{{ invoice.number is present }}'}], default: b}",
    ],
)
def test_a_correct_rule_has_no_mistake_in_the_editor(tmp_path: Path, rule: str) -> None:
    file = tmp_path / "invoices.yaml"
    file.write_text(MAPPING.replace("fields:", f"fields:\n  {rule}", 1), encoding="utf-8")
    done = validated("mapping", file)
    assert done.exit_code == 0, done.stdout


def test_overridden_shapes_have_no_mistake_in_the_editor(tmp_path: Path) -> None:
    file = tmp_path / "invoices.yaml"
    beside = 'use: lines, where: "{{ line.quantity > 0 }}", fields: {Quantity: 2}'
    inline = 'as: line, fields: {Description: "{{ line.name }}"}'
    for written in (beside, inline):
        file.write_text(MAPPING.replace("use: lines", written, 1), encoding="utf-8")
        done = validated("mapping", file)
        assert done.exit_code == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("revenue_account:", "revenue_acount:"),
        ("auto_send: true", "auto_send: perhaps"),
        ("due_days: 14", "due_days: soon"),
        ("Reference:", "Referense:"),
        ("changes: 200", "changes: -1"),
        ("sandbox: true}", "sandbox: maybe}"),
        ("business_unit:", "busines_unit:"),
        ("first_run_since: 2026-01-01", "first_run_since: January"),
        ("ledger: sqlite:", "ledger: mysql:"),
        ("connector: xero", "connector: zero"),
        ("psohub_mails: false", "psohub_mails: null"),
    ],
)
def test_a_mistake_in_a_config_is_seen_by_the_editor(tmp_path: Path, old: str, new: str) -> None:
    text = (ROOT / "configs" / "acme.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "acme.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert validated("config", file).exit_code == 1


def test_a_correct_config_has_no_mistake_in_the_editor(tmp_path: Path) -> None:
    text = (ROOT / "configs" / "acme.yaml").read_text(encoding="utf-8")
    file = tmp_path / "acme.yaml"
    text = text.replace("due_days: 14", "due_days: null").replace("name: acme", "name: 2026")
    file.write_text(text, encoding="utf-8")
    done = validated("config", file)
    assert done.exit_code == 0, done.stdout


def test_fields_and_settings_have_their_descriptions(made: dict[str, str]) -> None:
    mapping, config = json.loads(made["mapping"]), json.loads(made["config"])
    fields = mapping["definitions"]["fields of xero.invoices"]["properties"]
    assert fields["DueDate"]["description"] == "When it is due; required for approval. (date)"
    settings = config["properties"]["settings"]["properties"]
    assert settings["revenue_account"]["description"].startswith("Revenue account. Account for invoice lines")
    assert settings["numbering"]["enum"] == ["xero", "psohub"]
    systems = config["properties"]["systems"]["properties"]
    assert systems["xero"]["properties"]["page_size"]["description"] == "Records on a page of a list."


def test_the_schemas_are_written_next_to_the_pack_or_into_a_given_folder(tmp_path: Path) -> None:
    sync: Program = copy_of_the_checkout(tmp_path)
    done = sync("schema", "configs/acme.yaml", "--out", "editor")
    assert done.code == 0
    assert [line.removeprefix("wrote ") for line in done.out.splitlines()] == [
        f"editor/{kind}.schema.json" for kind in KINDS
    ]


def test_json_lists_the_files_that_were_written(tmp_path: Path) -> None:
    sync = copy_of_the_checkout(tmp_path)
    done = sync("schema", "configs/acme.yaml", "--out", "editors", "--output", "json")
    assert done.json == {"files": [f"editors/{kind}.schema.json" for kind in ("mapping", "pack", "config")]}
