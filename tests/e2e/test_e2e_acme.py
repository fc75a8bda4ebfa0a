"""The shipped config, run twice: the first run creates all that the sandbox offers, the second nothing."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx2 as httpx
import pytest

from tests.e2e.harness import copy_of_the_checkout
from tests.e2e.program import Program
from tests.e2e.xero_library import xero_python

CONFIG = "configs/acme.yaml"
UNIT = 2  # the business unit of that config
ELSEWHERE = 4  # sent invoices of the other one


@dataclass(frozen=True, slots=True)
class Ran:
    """Two runs of the shipped config, and what stands in both systems afterwards."""

    plan: Any
    first: Any
    second: Any
    offered: list[dict[str, Any]]  # PSOhub's invoices in status Sent
    pushed: list[Any]  # Xero's, as its own library reads them
    contacts: list[Any]
    emails: list[dict[str, Any]]
    accounts: set[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    sync = copy_of_the_checkout(tmp_path_factory.mktemp("acme"))
    plan, first, second = (sync(verb, CONFIG, "--output", "json") for verb in ("plan", "run", "run"))
    assert (plan.code, first.code, second.code) == (0, 0, 0), first.err + second.err
    reports = (one.json for one in (plan, first, second))
    return Ran(*reports, *looked_at(sync))


def looked_at(sync: Program) -> Iterator[Any]:
    """The state of both systems: served again, read by an independent library."""
    with sync.started("sandbox", CONFIG, "--output", "json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())["systems"]
        yield psohub(told["psohub"])
        with xero_python(told["xero"]["api_url"], "sandbox") as (api, tenant):
            yield api.get_invoices(tenant, page=1, page_size=1000, unitdp=4).invoices
            yield api.get_contacts(tenant, page=1, page_size=1000).contacts
            yield httpx.get(f"{told['xero']['api_url']}/_sandbox/emails", trust_env=False).json()
            yield {account.code for account in api.get_accounts(tenant).accounts}


def psohub(told: dict[str, str]) -> list[dict[str, Any]]:
    """The sent invoices of the config's business unit."""

    def listed(path: str, **query: str) -> list[dict[str, Any]]:
        answer = httpx.get(
            f"{told['api_url']}/{path}",
            params={**query, "limit": "1000"},
            headers={"Authorization": f"Bearer {told['access_token']}"},
            trust_env=False,
        )
        found: list[dict[str, Any]] = json.loads(answer.content, parse_float=Decimal)
        return found

    units = {str(row["ProjectID"]): row["BusinessUnitID"] for row in listed("projects")}
    return [row for row in listed("invoices", invoicestatus="sent") if units[row["ProjectID"]] == UNIT]


def cents(value: int | Decimal) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def by_external_id(ran: Ran) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each PSOhub invoice with the one in Xero whose number was written back to it."""
    numbered = {one.invoice_number: one for one in ran.pushed}
    for row in ran.offered:
        yield row, numbered[row["ExternalID"]]


def test_first_run_creates_everything_that_the_sandbox_offers(ran: Ran) -> None:
    offered = len(ran.offered)
    assert offered == 64
    customers = {row["CustomerID"] for row in ran.offered}
    assert ran.first["flows"]["invoices"]["created"] == len(ran.pushed) == offered
    assert ran.first["flows"]["contacts"]["created"] == len(ran.contacts) == len(customers)
    assert ran.first["flows"]["invoice-status"]["updated"] == offered
    assert ran.first["flows"]["invoices"]["skipped"] == ELSEWHERE
    assert ran.first["held"] == []


def test_texts_are_cleaned_and_that_is_reported(ran: Ran) -> None:
    names = "".join(contact.name for contact in ran.contacts)
    texts = "".join(line.description for one in ran.pushed for line in one.line_items)
    assert all(char.isprintable() for char in names)
    assert not {"\x0b", "\u202e"} & set(texts)
    assert unicodedata.is_normalized("NFC", names)
    for hidden in ("ZERO WIDTH SPACE", "ZERO WIDTH NO-BREAK SPACE", "RIGHT-TO-LEFT OVERRIDE", "U+000B"):
        assert any(hidden in notice for notice in ran.first["notices"]), hidden


def test_plan_before_it_had_foreseen_just_that(ran: Ran) -> None:
    assert ran.plan["flows"] == {
        name: ran.first["flows"][name] for name in ("contacts", "credit-notes", "invoices")
    }


def test_first_run_asks_no_more_than_its_sandbox_takes_in_a_minute(ran: Ran) -> None:
    """Newcomers see it first, and need not wait: one request for each e-mail, and few beside."""
    emails = ran.first["actions"]["email"]["done"]
    assert ran.first["requests"]["xero"] <= emails + 28
    assert not [notice for notice in ran.first["notices"] if "waiting" in notice]


def test_second_run_writes_nothing_and_asks_little(ran: Ran) -> None:
    assert ran.second["requests"]["xero"] <= 8
    # The invoices without an address stay to be seen until they have one.
    (counted,) = ran.second["actions"].values()
    assert counted["waiting"] == sum(counted.values()) == ran.first["actions"]["email"]["waiting"] > 0
    for name, counts in ran.second["flows"].items():
        left_out = ELSEWHERE if name == "invoices" else 0
        assert counts["unchanged"] == sum(counts.values()) - left_out, name
    assert ran.second["reconcile"]["rows"] == []


def test_totals_read_by_xeros_own_library_equal_psohubs_to_the_cent(ran: Ran) -> None:
    pairs = list(by_external_id(ran))
    assert len({pushed.invoice_id for _, pushed in pairs}) == len(ran.offered)
    for row, pushed in pairs:
        assert pushed.total == cents(row["TotalAmountIncVAT"])
        assert pushed.sub_total == cents(row["TotalAmountExVAT"])
        assert pushed.currency_code.value == row["InvoiceCurrencyCode"]
        assert pushed.status == "AUTHORISED"


def test_three_currencies_are_pushed_and_balance_each_by_itself(ran: Ran) -> None:
    """(connectors/psohub/API.md, 8.10)"""
    totals = {one["currency"]: one for one in ran.first["reconcile"]["totals"]}
    assert set(totals) == {"EUR", "GBP", "USD"}
    for currency, book in totals.items():
        in_xero = [one.total for one in ran.pushed if one.currency_code.value == currency]
        in_psohub = [
            one["TotalAmountIncVAT"] for one in ran.offered if one["InvoiceCurrencyCode"] == currency
        ]
        assert sum(in_xero) == sum(in_psohub) == book["source"] == book["target"]
        assert book["documents"] == len(in_xero) > 0
        assert book["difference"] == 0


def test_ids_beyond_2_to_the_53rd_reach_xero_and_come_back_whole(ran: Ran) -> None:
    """(connectors/psohub/API.md, 8.11)"""
    assert all(row["InvoiceID"] > 2**53 and row["CustomerID"] > 2**53 for row in ran.offered)
    assert any(float(row["CustomerID"]) != row["CustomerID"] for row in ran.offered)
    customers = {str(row["CustomerID"]) for row in ran.offered}
    assert {contact.contact_number for contact in ran.contacts} == customers
    # Written back by that id: it found its invoice, each its own, or the external ids would not all be there.
    assert len({row["ExternalID"] for row in ran.offered}) == len(ran.offered)


def test_each_invoice_goes_to_the_contact_of_its_customer(ran: Ran) -> None:
    names = {contact.contact_id: contact.contact_number for contact in ran.contacts}
    for row, pushed in by_external_id(ran):
        assert names[pushed.contact.contact_id] == str(row["CustomerID"])


def test_discounts_are_lines_with_a_negative_price(ran: Ran) -> None:
    """(connectors/psohub/API.md, 8.16)"""
    discounts = 0
    for row, pushed in by_external_id(ran):
        assert len(pushed.line_items) == len(row["InvoiceLines"])
        for line, item in zip(row["InvoiceLines"], pushed.line_items, strict=True):
            assert item.quantity > 0
            assert item.line_amount == cents(line["AmountExVAT"])
            discounts += item.unit_amount < 0
    assert discounts > 0


def test_line_carries_its_own_account_or_the_default(ran: Ran) -> None:
    own = default = 0
    for row, pushed in by_external_id(ran):
        for line, item in zip(row["InvoiceLines"], pushed.line_items, strict=True):
            account = line.get("GLAccount", "").strip()
            if account in ("", "-"):
                assert item.account_code == "200"
                default += 1
            elif account in ran.accounts:
                assert item.account_code == account
                own += 1
            else:
                assert item.account_code in ran.accounts  # named by its name
    assert own > 0
    assert default > 0


def test_each_email_was_asked_for_once(ran: Ran) -> None:
    mailed = [one["invoice_id"] for one in ran.emails]
    assert len(mailed) == len(set(mailed)) == ran.first["actions"]["email"]["done"]
    wanted = {
        pushed.invoice_id
        for row, pushed in by_external_id(ran)
        if row.get("InvoiceContactEmail", "-").strip() not in ("", "-")
    }
    assert set(mailed) == wanted
    assert all(one.sent_to_contact is (one.invoice_id in wanted) for one in ran.pushed)


def test_reports_of_the_shipped_config_name_it(ran: Ran) -> None:
    assert {ran.plan["config"], ran.first["config"], ran.second["config"]} == {"acme"}
    assert ran.first["run"] != ran.second["run"]
