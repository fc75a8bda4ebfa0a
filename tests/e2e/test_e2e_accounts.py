"""Accounts: a line's own, the default, and one that Xero does not have (connectors/psohub/API.md, 8.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """Five invoices, four of them with accounts as a test wants them, pushed once."""
    folder = tmp_path_factory.mktemp("accounts")
    with served(folder, psohub={"invoices": 5, "customers": 2}, xero={}) as systems:
        for row, account in zip(
            systems.offered(), ("0200", "-", "Consulting revenue ", "02O0"), strict=False
        ):
            systems.edit_lines(row, GLAccount=account)
        harness = Harness(systems, systems.config(folder), Program(folder))
        assert harness.sync("run", harness.config).code == 1
        yield harness


def accounts(harness: Harness, invoice: dict[str, Any]) -> set[str]:
    """The account codes that an invoice's lines carry in Xero."""
    pushed = {one["InvoiceNumber"]: one for one in harness.systems.pushed()}
    return {line["AccountCode"] for line in pushed[invoice["ExternalID"]]["LineItems"]}


def test_line_with_its_own_account_carries_that_account_in_xero(harness: Harness) -> None:
    assert accounts(harness, harness.systems.offered()[0]) == {"0200"}


def test_line_without_one_carries_the_default(harness: Harness) -> None:
    assert accounts(harness, harness.systems.offered()[1]) == {"200"}


def test_account_may_be_given_by_its_name_and_spaces_at_its_end_do_no_harm(harness: Harness) -> None:
    assert accounts(harness, harness.systems.offered()[2]) == {"210"}


def test_account_that_xero_does_not_have_holds_that_invoice_alone_with_the_nearest_named(
    harness: Harness,
) -> None:
    refused = harness.systems.offered()[3]
    (held,) = harness.sync("held", harness.config, "--output", "json").json["held"]
    assert held["address"] == f"psohub.invoices/{refused['InvoiceID']}"
    assert '"02O0"' in held["reason"]
    assert 'nearest: "0200"' in held["reason"]
    assert refused["ExternalID"] in ("-", " ", "")
    assert len(harness.systems.pushed()) == 4


def test_mended_account_is_pushed_by_the_next_run_without_being_released(harness: Harness) -> None:
    """Last in this file: it mends."""
    harness.systems.edit_lines(harness.systems.offered()[3], GLAccount="210")
    again = harness.sync("run", harness.config, "--output", "json")
    assert (again.code, again.json["held"]) == (0, [])
    assert again.json["flows"]["invoices"] | {"created": 1, "unchanged": 4} == again.json["flows"]["invoices"]
    assert accounts(harness, harness.systems.offered()[3]) == {"210"}
