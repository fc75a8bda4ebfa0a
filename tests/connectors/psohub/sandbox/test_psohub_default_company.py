"""The company without options: it has what real ones have, and what people type
(connectors/psohub/API.md, 2 and 3)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.psohub.sandbox import PsohubSandboxOptions
from connectors.psohub.sandbox.traps import LINKED
from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Caller, Row, Serve, served

CAP = 77


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with served(tmp_path_factory.mktemp("psohub") / "psohub.db", PsohubSandboxOptions()) as caller:
        yield caller


@pytest.fixture(scope="module")
def rows(default: Caller) -> list[Row]:
    return list(default.get("invoices", limit=1000))


def test_two_business_units_have_sent_invoices(default: Caller, rows: list[Row]) -> None:
    units = {row["ProjectID"]: row["BusinessUnitID"] for row in default.get("projects", limit=1000)}
    by_project = Counter(units[int(row["ProjectID"])] for row in rows if row["InvoiceStatus"] == "Sent")
    assert by_project == {2: 64, 1: 4}


def test_lists_are_cut_at_an_odd_cap(default: Caller, rows: list[Row]) -> None:
    assert len(default.get("contacts", limit=1000)) == CAP
    assert len(rows) < CAP
    assert len(default.get("contacts")) == 50


def test_every_customer_has_several_contacts(serve: Serve) -> None:
    contacts = serve(limit_cap=1000).get("contacts", limit=1000)
    assert len(contacts) > CAP
    assert set(Counter(row["CompanyID"] for row in contacts).values()) == {2, 3}


def test_texts_hold_what_people_type(default: Caller, rows: list[Row]) -> None:
    names = "".join(row["CompanyName"] for row in default.get("companies", limit=1000))
    assert {"\u200b", "\ufeff", "\u00a0"} <= set(names)
    assert not unicodedata.is_normalized("NFC", names)
    lines = "".join(line["LineName"] for row in rows for line in row["InvoiceLines"])
    assert {"\x0b", "\u202e", "\u00a0"} <= set(lines)
    assert any("; office@" in str(row.get("Email")) for row in default.get("contacts", limit=1000))


@pytest.mark.parametrize("options", [{"invoices": 64}, {"seed": 1}, {"odd_texts": False}])
def test_a_company_that_was_chosen_has_plain_texts(serve: Serve, options: dict[str, int]) -> None:
    names = "".join(row["CompanyName"] for row in serve(**options).get("companies", limit=1000))
    assert not {"\u200b", "\ufeff", "\u00a0"} & set(names)


def test_invoices_may_come_without_their_project_and_unit(serve: Serve) -> None:
    rows = serve(invoices=8, linked=False).get("invoices", limit=100)
    assert not any(set(LINKED) & row.keys() for row in rows)


def test_what_is_not_documented_comes_after_the_lines(rows: list[Row]) -> None:
    for row in rows:
        names = list(row)
        assert all(names.index(name) > names.index("InvoiceLines") for name in set(LINKED) & row.keys())


def test_a_draft_gets_its_number_when_it_is_approved(serve: Serve) -> None:
    caller = serve(invoices=64)
    rows = caller.get("invoices", limit=1000)
    at, draft = next((at, row) for at, row in enumerate(rows, 1) if row["InvoiceNumber"] == "Draft")
    path = f"/_sandbox/invoices/{draft['InvoiceID']}"
    assert caller.send("POST", path, {"InvoiceNote": "still one"})[1]["InvoiceNumber"] == "Draft"
    assert caller.send("POST", path, {"InvoiceStatus": "Approved"})[1]["InvoiceNumber"] == f"INV-2026-{at:04}"


def test_a_state_file_of_an_earlier_version_keeps_its_company(tmp_path: Path) -> None:
    """Its options say nothing of what came later, and neither do those of the default company."""
    assert PsohubSandboxOptions().company == {
        "invoices": 64,
        "customers": None,
        "seed": 1,
        "cents_differ": 0,
        "pdf": True,
    }
    assert PsohubSandboxOptions(other_unit=0).company["other_unit"] == 0
    assert "other_unit" not in PsohubSandboxOptions(invoices=5, other_unit=0).company
    assert PsohubSandboxOptions(linked=False).company["linked"] is False
