"""What preflight suggests is something that Xero would accept."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import pytest

from connectors.xero.preflight import preflight
from connectors.xero.reading import Reader
from connectors.xero.resource import Resource
from connectors.xero.rules.taken import TakenValues
from connectors.xero.streams import INVOICES
from connectors.xero.taxes import Taxes
from engine.sdk import Address, Finding, Record


def account(code: str, name: str, **more: str) -> dict[str, Any]:
    kind = {"Type": "REVENUE", "Class": "REVENUE", "Status": "ACTIVE"}
    return {"AccountID": f"id-{code}", "Code": code, "Name": name, **kind, **more}


def rate(key: str, **more: Any) -> dict[str, Any]:
    sales = {"Status": "ACTIVE", "EffectiveRate": Decimal(20), "CanApplyToRevenue": True}
    return {"TaxType": key, "Name": f"{key} rate", **sales, **more}


def option(name: str, **more: str) -> dict[str, Any]:
    return {"Name": "Region", "Option": name, "Status": "ACTIVE", "OptionStatus": "ACTIVE", **more}


ROWS: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        account("4000", "Consulting", Status="ARCHIVED"),
        account("4001", "Consulting abroad", Type="BANK", Class="ASSET"),
        account("4002", "Consulting owed", SystemAccount="DEBTORS", Class="ASSET"),
        account("4900", "Other income"),
    ],
    "tax_rates": [
        rate("OUTPUT1", Status="DELETED"),
        rate("OUTPUT3", CanApplyToRevenue=False, CanApplyToExpenses=True),
        rate("OUTPUT22"),
    ],
    "tracking": [
        option("North", OptionStatus="ARCHIVED"),
        option("Norths", Status="ARCHIVED"),
        option("Northern half"),
    ],
    "currencies": [{"Code": "EUR"}],
    "organisation": [{}],
}


class Books:
    """A reader whose reference streams are the rows above."""

    def reference(self, resource: Resource) -> list[Record]:
        name = resource.stream.name
        return [Record(Address("xero", name, str(n)), row) for n, row in enumerate(ROWS[name])]


def finding(body: Mapping[str, Any]) -> Finding:
    reader = cast(Reader, Books())
    ((found,),) = preflight(reader, Taxes(reader), TakenValues(lambda *_: None), INVOICES, [body])
    return found


def line(**values: Any) -> dict[str, Any]:
    return {"LineItems": [{"Description": "Work", **values}]}


@pytest.mark.parametrize("wanted", ["400", "4003", "Consulting"])
def test_archived_bank_and_system_accounts_are_not_suggested(wanted: str) -> None:
    found = finding(line(AccountCode=wanted))
    assert (found.code, found.suggestion) == ("account_unknown", "4900 Other income")


@pytest.mark.parametrize(
    ("wanted", "code"), [("4000", "account_archived"), ("4001", "account_unfit"), ("4002", "account_unfit")]
)
def test_instead_of_an_unusable_account_a_usable_one_is_suggested(wanted: str, code: str) -> None:
    found = finding(line(AccountCode=wanted))
    assert (found.code, found.suggestion) == (code, "4900 Other income")


def test_tax_types_that_are_deleted_or_not_for_sales_are_not_suggested() -> None:
    for wanted, code in (("OUTPUT", "tax_unknown"), ("OUTPUT1", "tax_inactive"), ("OUTPUT3", "tax_unfit")):
        found = finding(line(TaxType=wanted))
        assert (found.code, found.suggestion) == (code, "OUTPUT22 OUTPUT22 rate")


def test_archived_tracking_options_are_not_suggested() -> None:
    for wanted, code in (("Nort", "tracking_unknown"), ("North", "tracking_archived")):
        found = finding(line(Tracking=[{"Name": "Region", "Option": wanted}]))
        assert (found.code, found.suggestion) == (code, "Region: Northern half")


def test_only_enabled_currencies_are_suggested() -> None:
    assert finding({"CurrencyCode": "EUX"}).suggestion == "EUR"
    assert finding({"CurrencyCode": "GBP"}).suggestion == ""
