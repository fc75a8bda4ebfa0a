"""`sync record`: a live record becomes a case, personal data masked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.harness import Harness


def recorded(harness: Harness, *more: str) -> dict[str, object]:
    number = harness.systems.offered()[1]["InvoiceID"]
    done = harness.sync("record", harness.config, f"psohub.invoices/{number}", "--output", "json", *more)
    assert (done.code, done.err) == (0, "")
    found: dict[str, object] = done.json
    return found


def test_a_live_record_becomes_a_case_that_maps(fresh: Harness) -> None:
    told = recorded(fresh, "--name", "Live one")
    assert told["files"] == [
        "tests/mappings/records/psohub.invoices/live-one.json", "tests/mappings/tables/accounts.json"
    ]  # fmt: skip
    case = fresh.sync.folder / "tests/mappings/records/psohub.invoices/live-one.json"
    done = fresh.sync("map", fresh.config, "invoices", "--record", case, "--tables", "tests/mappings/tables")
    assert done.code == 0
    assert done.json["Type"] == "ACCREC"


def test_personal_data_is_masked_and_what_mappings_decide_by_is_not(fresh: Harness) -> None:
    told = recorded(fresh, "--name", "one")
    path = fresh.sync.folder / "tests/mappings/records/psohub.invoices/one.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    live = fresh.sync("explain", fresh.config, told["address"], "--output", "json").json  # type: ignore[arg-type]
    assert "customer_name" in told["masked"]  # type: ignore[operator]
    assert set(values["customer_name"].lower()) <= set("x0 .,&'-()")
    assert values["number"] == live["title"]
    assert values["lines"][0]["amount_ex_vat"]


def test_text_says_what_was_masked_and_what_to_review(fresh: Harness) -> None:
    address = f"psohub.invoices/{fresh.systems.offered()[1]['InvoiceID']}"
    told = fresh.sync("record", fresh.config, address, "--name", "told").out.splitlines()
    assert told[0] == "wrote tests/mappings/records/psohub.invoices/told.json"
    assert [line.partition(" ")[0] for line in told[2:]] == ["masked:", "free", "next:"]


def test_a_field_can_be_kept(fresh: Harness) -> None:
    told = recorded(fresh, "--name", "kept", "--keep", "customer_name")
    assert "customer_name" not in told["masked"]  # type: ignore[operator]
    done = fresh.sync("record", fresh.config, told["address"], "--keep", "custmer_name")  # type: ignore[arg-type]
    assert done.code == 2
    assert 'the record has no masked field of that name; did you mean "customer_name"?' in done.err


def test_a_case_is_not_replaced_unless_asked_for(fresh: Harness) -> None:
    recorded(fresh, "--name", "once")
    address = f"psohub.invoices/{fresh.systems.offered()[1]['InvoiceID']}"
    done = fresh.sync("record", fresh.config, address, "--name", "once")
    assert done.code == 2
    assert "already exists; choose another --name, or overwrite it with --force" in done.err
    assert fresh.sync("record", fresh.config, address, "--name", "once", "--force").code == 0


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("psohub.invoices/1", "psohub.invoices/1 was not found in psohub, or this sign-in may not read it"),
        (
            "psohub.projects/1",
            "no mapping of psohub-xero reads psohub.projects; "
            "they read psohub.companies, psohub.invoices, xero.credit_notes, xero.invoices",
        ),
    ],
)
def test_what_cannot_be_recorded_is_one_sentence(fresh: Harness, address: str, sentence: str) -> None:
    done = fresh.sync("record", fresh.config, address)
    assert (done.code, done.err) == (2, f"sync: {sentence}\n")
    assert not Path(fresh.sync.folder / "tests").exists()
