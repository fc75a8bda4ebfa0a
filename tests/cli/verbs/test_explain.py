"""`sync explain`: for people and for programs, of a file and live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Harness, copy_of_the_checkout
from tests.e2e.program import Program

INVOICE: dict[str, Any] = {
    "id": "41939771881672249",
    "number": "INV-2026-0001",
    "status": "sent",
    "date": "2026-03-02",
    "currency": "EUR",
    "customer_id": "7",
    "reference": "PO 7",
    "total_ex_vat": 1200.00,
    "total_inc_vat": 1452.00,
    "lines": [{"name": "Advice", "amount_ex_vat": 1200.00, "tax_category": "21% btw"}],
}


@pytest.fixture
def checkout(tmp_path: Path) -> Program:
    sync = copy_of_the_checkout(tmp_path)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "accounts.json").write_text(json.dumps([{"Code": "200", "Name": "Sales"}]))
    return sync


def explained(sync: Program, record: Any, *more: str) -> Any:
    (sync.folder / "record.json").write_text(json.dumps(record))
    given = ("--mapping", "invoices", "--record", "record.json", "--tables", "tables", *more)
    return sync("explain", "configs/acme.yaml", *given)


def fields(sync: Program, record: Any, *more: str) -> dict[str, Any]:
    told = explained(sync, record, "--output", "json", *more).json
    return {one["path"]: one for one in told["fields"]}


def test_each_field_has_value_rule_branch_reads_row_and_layer(checkout: Program) -> None:
    told = explained(checkout, INVOICE, "--output", "json")
    assert told.code == 0
    keys = {"config", "address", "title", "mapping", "outcome", "where", "refused", "fields", "actions"}
    assert keys == {*told.json}
    assert [action["do"] for action in told.json["actions"]] == ["email", "email_contact"]
    assert (told.json["address"], told.json["outcome"]) == ("psohub.invoices/41939771881672249", "mapped")
    found = {one["path"]: one for one in told.json["fields"]}
    account = found["LineItems[0].AccountCode"]
    assert account["value"] == "200"
    assert account["rule"]["file"] == "mappings/psohub-xero/lines.yaml"
    assert (account["branch"]["number"], account["branch"]["text"]) == (2, "settings.revenue_account")
    assert account["passed"][0]["why"] == "line.gl_account is absent"
    assert [one["source"] for one in account["reads"]] == [
        "psohub.invoices.lines.gl_account", "settings.revenue_account"
    ]  # fmt: skip
    assert account["lookup"] == {
        "table": "accounts", "column": "Code", "key": "200", "row": {"Code": "200", "Name": "Sales"}
    }  # fmt: skip
    assert found["Contact"]["value"] == {"$ref": "psohub.companies/7"}


def test_the_table_row_that_the_winning_branch_used_is_shown(checkout: Program) -> None:
    config = checkout.folder / "configs" / "acme.yaml"
    rule = """\
  lines:
    fields:
      TaxType:
        first:
          - {value: "{{ line.name }}", lookup: {in: tax_types, by: category}, optional: true}
          - {value: "{{ line.tax_category }}", lookup: {in: tax_types, by: category}, optional: true}
      Description: {value: "{{ line.name }}", cut: 3}
limits:"""
    config.write_text(config.read_text(encoding="utf-8").replace("limits:", rule, 1), encoding="utf-8")
    found = fields(checkout, INVOICE)
    tax = found["LineItems[0].TaxType"]
    assert [one["why"] for one in tax["passed"]] == ['tax_types has no row for "Advice"']
    assert tax["lookup"]["row"] == {"category": "21% btw", "TaxType": "OUTPUT2"}
    text = found["LineItems[0].Description"]
    assert (text["value"], text["rule"]["text"]) == ("Adv", "line.name, cut to 3 characters")


def test_layers_distinguish_pack_config_and_override(checkout: Program) -> None:
    found = fields(checkout, INVOICE)
    assert found["Type"]["layer"] == "pack"
    assert found["LineItems[0].AccountCode"]["layer"] == "config"  # acme.yaml says "200"
    assert found["Status"]["layer"] == "pack"  # the setting's default
    assert found["Reference"]["layer"] == "override"
    assert found["Reference"]["rule"]["file"] == "configs/acme.yaml"


def test_a_path_narrows_it_to_a_field_and_what_is_in_it(checkout: Program) -> None:
    assert {*fields(checkout, INVOICE, "LineItems[0].AccountCode")} == {"LineItems[0].AccountCode"}
    assert {*fields(checkout, INVOICE, "LineItems[].TaxType")} == {"LineItems[0].TaxType"}
    assert "LineItems[0].Description" in fields(checkout, INVOICE, "LineItems")
    assert {*fields(checkout, INVOICE, "LineItems[*].TaxType")} == {"LineItems[0].TaxType"}
    assert {*fields(checkout, INVOICE, "LineItems.TaxType")} == {"LineItems[0].TaxType"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("Referense", 'invoices has no rule for Referense; did you mean "Reference"?'),
        ("Contact.ContactID", 'invoices has no rule for Contact.ContactID; did you mean "Contact"?'),
        ("LineItems[7]", "invoices has no LineItems[7] for this record: it has 1 LineItems, counted from 0"),
    ],
)
def test_an_unknown_path_is_answered_with_the_nearest(checkout: Program, path: str, said: str) -> None:
    told = explained(checkout, INVOICE, path)
    assert (told.code, told.out, told.err) == (2, "", f"sync: {said}\n")


def test_text_names_value_rule_layer_and_why_a_field_is_left_out(checkout: Program) -> None:
    told = explained(checkout, INVOICE).out
    assert told.startswith("psohub.invoices/41939771881672249  INV-2026-0001\n")
    assert '  Reference  "PO 7"\n    configs/acme.yaml:' in told
    assert "  InvoiceNumber  left out\n" in told
    assert "because when is not true: settings.numbering == 'psohub' (settings.numbering is \"xero\")" in told


def test_a_skipped_or_refused_record_says_so(checkout: Program) -> None:
    told = explained(checkout, {**INVOICE, "status": "draft"})
    assert told.code == 0
    assert 'skipped: its `where` is not true (invoice.status is "draft"' in told.out
    assert 'settings.push_statuses is ["sent"]' in told.out
    told = explained(checkout, {**INVOICE, "customer_id": None})
    assert told.code == 1
    assert "refused: Contact: required, but no rule gives it a value" in told.out


def test_a_live_record_is_explained_by_its_address(harness: Harness) -> None:
    address = f"psohub.invoices/{harness.systems.offered()[1]['InvoiceID']}"
    told = harness.sync("explain", harness.config, address, "DueDate", "--output", "json")
    assert told.code == 0
    assert [one["path"] for one in told.json["fields"]] == ["DueDate"]
    assert told.json["address"] == address
    key = address.partition("/")[2]
    named = harness.sync(
        "explain", harness.config, key, "DueDate", "--mapping", "invoices", "--output", "json"
    )
    assert named.json == told.json


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nonsense",), 'invalid address "nonsense"'),
        (("psohub.invoises/1",), "no mapping reads psohub.invoises"),
        (("psohub.invoices/1", "--mapping", "invoces"), 'no mapping "invoces"; did you mean "invoices"?'),
        (("psohub.invoices/1", "--mapping", "lines"), "lines is a shape"),
        (
            ("psohub.companies/1", "--mapping", "invoices"),
            "the mapping invoices reads psohub.invoices, not psohub.companies/1",
        ),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(
    checkout: Program, arguments: tuple[str, ...], sentence: str
) -> None:
    told = checkout("explain", "configs/acme.yaml", *arguments)
    assert told.code == 2
    assert sentence in told.err
    assert told.err.count("\n") == 1
