"""`sync map`: the payload that a mapping makes of a record, out of a file or live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program

INVOICE: dict[str, Any] = {
    "id": "41939771881672249",
    "number": "INV-2026-0001",
    "status": "sent",
    "date": "2026-03-02",
    "currency": "EUR",
    "customer_id": "7",
    "total_ex_vat": 1200.00,
    "total_inc_vat": 1452.00,
    "lines": [
        {
            "number": "10.001",
            "name": "Advice",
            "quantity": 8,
            "unit_price": 150.00,
            "amount_ex_vat": 1200.00,
            "tax_category": "21% btw",
            "gl_account": "Sales",
        }
    ],
}
ACCOUNTS = [{"Code": "200", "Name": "Sales"}, {"Code": "210", "Name": "Consulting revenue"}]
PAYLOAD = """{
  "Type": "ACCREC",
  "Contact": {
    "$ref": "psohub.companies/7"
  },
  "Date": "2026-03-02",
  "DueDate": "2026-03-16",
  "LineAmountTypes": "Exclusive",
  "Reference": "INV-2026-0001",
  "CurrencyCode": "EUR",
  "Status": "AUTHORISED",
  "LineItems": [
    {
      "Description": "10.001 Advice",
      "Quantity": 8,
      "UnitAmount": 150.0,
      "AccountCode": "200",
      "TaxType": "OUTPUT2"
    }
  ]
}
"""


@pytest.fixture
def offline(fresh: Harness, tmp_path: Path) -> Harness:
    """A config whose systems do not answer, with accounts in a folder."""
    fresh.systems.config(tmp_path, psohub="http://127.0.0.1:9", xero="http://127.0.0.1:9")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "accounts.json").write_text(json.dumps(ACCOUNTS))
    return fresh


def put(folder: Path, record: Any) -> Path:
    path = folder / "record.json"
    path.write_text(record if isinstance(record, str) else json.dumps(record))
    return path


def mapped(harness: Harness, record: Any, *more: str) -> Any:
    path = put(harness.sync.folder, record)
    return harness.sync("map", harness.config, "invoices", "--record", path, "--tables", "tables", *more)


def test_record_of_a_file_gives_its_payload_as_it_would_go_on_the_wire(offline: Harness) -> None:
    done = mapped(offline, INVOICE)
    assert (done.code, done.out, done.err) == (0, PAYLOAD, "")
    assert mapped(offline, INVOICE, "--output", "json").out == PAYLOAD


def test_map_needs_no_secret_where_everything_is_in_files(offline: Harness) -> None:
    path = put(offline.sync.folder, INVOICE)
    arguments = ("map", offline.config, "invoices", "--record", path, "--tables", "tables")
    assert offline.sync(*arguments, PSOHUB_TOKEN="", XERO_SECRET="").out == PAYLOAD


def test_list_gives_a_list_with_null_for_skipped_records(offline: Harness) -> None:
    done = mapped(offline, [INVOICE, {**INVOICE, "status": "draft"}])
    assert done.code == 0
    assert done.json == [json.loads(PAYLOAD), None]
    assert mapped(offline, []).json == []


def test_skipped_record_gives_null(offline: Harness) -> None:
    done = mapped(offline, {**INVOICE, "status": "draft"})
    assert (done.code, done.out, done.err) == (0, "null\n", "")


def test_refused_record_gives_null_its_reasons_and_exit_1(offline: Harness) -> None:
    line = {**INVOICE["lines"][0], "gl_account": "Salse"}
    done = mapped(offline, [{**INVOICE, "lines": [line]}, INVOICE])
    assert done.code == 1
    assert done.json[0] is None
    assert done.json[1]["Type"] == "ACCREC"
    assert done.err.startswith(
        "psohub.invoices/41939771881672249: mapping.lookup: LineItems[0].AccountCode: "
    )
    assert "lines.yaml:" in done.err


def test_record_that_does_not_fit_its_stream_is_named(offline: Harness) -> None:
    done = mapped(offline, [INVOICE, {**INVOICE, "total_ex_vat": "much"}])
    assert (done.code, done.json[1]) == (1, None)
    assert "record.json, record 2: the record does not fit its stream: total_ex_vat" in done.err


def test_ids_beyond_the_reach_of_a_float_stay_as_they_are(offline: Harness) -> None:
    done = mapped(offline, {**INVOICE, "customer_id": "14073748838924969001"})
    assert done.json["Contact"] == {"$ref": "psohub.companies/14073748838924969001"}


def test_date_of_the_run_can_be_given(offline: Harness, tmp_path: Path) -> None:
    with offline.config.open("a") as config:
        config.write('overrides: {invoices: {fields: {Date: "{{ run.date }}"}}}\n')
    assert mapped(offline, INVOICE, "--date", "2026-07-31").json["Date"] == "2026-07-31"


def test_live_record_is_read_by_its_address(harness: Harness) -> None:
    invoice = harness.systems.offered()[1]
    done = harness.sync("map", harness.config, "invoices", f"psohub.invoices/{invoice['InvoiceID']}")
    assert done.code == 0
    assert done.json["Reference"] == invoice["InvoiceNumber"]
    assert done.json["Contact"] == {"$ref": f"psohub.companies/{invoice['CustomerID']}"}


def test_several_live_records_give_a_list_in_the_order_asked_for(harness: Harness) -> None:
    one, two = harness.systems.offered()[1:3]
    done = harness.sync("map", harness.config, "invoices", str(two["InvoiceID"]), str(one["InvoiceID"]))
    assert [row["Reference"] for row in done.json] == [two["InvoiceNumber"], one["InvoiceNumber"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("invoice", "1"), 'has no mapping "invoice"; did you mean "invoices"'),
        (("lines", "1"), "lines is a shape, used by other mappings"),
        (("invoices",), "--record"),
        (
            ("invoices", "psohub.companies/1"),
            "the mapping invoices reads psohub.invoices, not psohub.companies/1",
        ),
        (("invoices", "psohub.invoices/1"), "psohub.invoices/1 was not found in psohub"),
        (("invoices", "--record", "nope.json"), "cannot read nope.json: no such file"),
        (
            ("invoices", "psohub.invoices/1", "--record", "one.json"),
            "give either --record FILE or addresses, not both",
        ),
    ],
)
def test_wrong_call_is_answered_in_one_sentence(
    harness: Harness, arguments: tuple[str, ...], said: str
) -> None:
    done = harness.sync("map", harness.config, *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{", "is not valid JSON"),
        ("[1]", "record 1"),
        ('"x"', "does not fit"),
        ("[" * 100_000, "nested too deep"),
        ('{"id": "1", "id": "2"}', 'duplicate key "id" in an object'),
    ],
)
def test_file_without_a_record_is_answered_in_one_sentence(offline: Harness, record: str, said: str) -> None:
    done = mapped(offline, record)
    assert done.code in (1, 2)
    assert said in done.err
    assert done.err.count("\n") == 1


def test_member_that_the_stream_does_not_have_is_noted(offline: Harness) -> None:
    done = mapped(offline, {**INVOICE, "custmer_id": "7"})
    assert (done.code, done.json) == (0, mapped(offline, INVOICE).json)
    assert 'psohub.invoices has no field "custmer_id"; did you mean "customer_id"?' in done.err


def test_invalid_date_is_answered_in_plain_words(offline: Harness) -> None:
    done = offline.sync("map", offline.config, "invoices", "--record", "one.json", "--date", "31.1.2026")
    assert (done.code, done.out) == (2, "")
    assert 'invalid date "31.1.2026"; write it as 2026-01-31' in done.err


def test_missing_table_is_named(offline: Harness) -> None:
    (offline.sync.folder / "tables" / "accounts.json").unlink()
    done = mapped(offline, INVOICE)
    assert (done.code, done.out) == (2, "")
    assert "accounts.json: no such file or directory" in done.err


def test_generated_function_of_a_mapping_can_be_printed(sync: Program, harness: Harness) -> None:
    done = harness.sync("map", harness.config, "lines", "--show-code")
    assert done.code == 0
    compile(done.out, "lines", "exec")
    told = harness.sync("map", harness.config, "lines", "--show-code", "--output", "json")
    assert told.json == {"mapping": "lines", "code": done.out.removesuffix("\n")}
