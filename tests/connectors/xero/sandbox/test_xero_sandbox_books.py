"""Accounts, tax rates, tracking, organisation and the rest of the books (connectors/xero/API.md, 11)."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.xero.sandbox import XeroSandboxOptions
from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, OpenXero, Xero


def accounts(xero: Xero, **query: Any) -> dict[str, Any]:
    return {account["Code"]: account for account in xero.get("/Accounts", **query).json()["Accounts"]}


def test_chart_of_accounts_is_believable(xero: Xero) -> None:
    chart = accounts(xero)
    assert chart["200"]["Name"] == "Sales"
    assert chart["0200"]["Name"] == "Sales, legacy ledger"
    assert (chart["299"]["Name"], chart["299"]["Status"]) == ("Old projects", "ARCHIVED")
    assert chart["260"]["Type"] == "OTHERINCOME"
    assert chart["090"]["Type"] == "BANK"
    system = {
        code: account.get("SystemAccount") for code, account in chart.items() if "SystemAccount" in account
    }
    assert system["610"] == "DEBTORS"
    assert system["820"] == "GST"
    assert system["860"] == "ROUNDING"
    revenue = [account for account in chart.values() if account["Type"] == "REVENUE"]
    assert {account["TaxType"] for account in revenue} == {"OUTPUT2"}


def test_accounts_are_filtered_and_read_one_by_one(xero: Xero) -> None:
    assert set(accounts(xero, where='Code=="0200"')) == {"0200"}
    assert set(accounts(xero, where='Class=="EQUITY" OR SystemAccount=="ROUNDING"')) == {"860", "960"}
    assert next(iter(accounts(xero, order="Name DESC"))) == "820"
    one = accounts(xero)["200"]
    assert xero.get(f"/Accounts/{one['AccountID']}").json()["Accounts"] == [one]
    assert xero.get("/Accounts", where="Nope==1").json()["ErrorNumber"] == 16


def test_accounts_are_not_paged(xero: Xero) -> None:
    body = xero.get("/Accounts", page=1, pageSize=1).json()
    assert "pagination" not in body
    assert len(body["Accounts"]) > 20


def test_tax_rates_say_where_they_apply(xero: Xero) -> None:
    rates = {rate["TaxType"]: rate for rate in xero.get("/TaxRates").json()["TaxRates"]}
    assert {name: rate["EffectiveRate"] for name, rate in rates.items()} == {
        "OUTPUT2": 21, "RROUTPUT": 9, "ZERORATEDOUTPUT": 0, "ECOUTPUTSERVICES": 0, "EXEMPTOUTPUT": 0,
        "INPUT2": 21, "NONE": 0,
    }  # fmt: skip
    assert rates["INPUT2"]["CanApplyToRevenue"] is False
    assert rates["OUTPUT2"]["CanApplyToRevenue"] is True
    assert xero.get("/TaxRates/OUTPUT2").json()["TaxRates"] == [rates["OUTPUT2"]]


def test_archived_tracking_options_are_shown_on_request(xero: Xero) -> None:
    def options(**query: Any) -> dict[str, list[str]]:
        categories = xero.get("/TrackingCategories", **query).json()["TrackingCategories"]
        return {
            category["Name"]: [option["Name"] for option in category["Options"]] for category in categories
        }

    assert options() == {
        "Region": ["North", "South", "Benelux"],
        "Department": ["Consulting", "Support", "Delivery"],
    }
    assert options(includeArchived="true")["Region"] == ["North", "South", "Benelux", "Overseas"]


def test_organisation_keeps_its_books_in_euros(open_xero: OpenXero) -> None:
    xero = open_xero(period_lock_date="2026-06-30", organisation_name="Acme")
    (organisation,) = xero.get("/Organisation").json()["Organisations"]
    assert organisation["Name"] == "Acme"
    assert organisation["BaseCurrency"] == "EUR"
    assert organisation["ShortCode"].startswith("!")
    assert organisation["PeriodLockDate"] == "/Date(1782777600000+0000)/"
    assert "EndOfYearLockDate" not in organisation
    assert xero.get("/Organisation/Actions").json()["Actions"][0]["Status"] == "ALLOWED"


def test_currencies_and_themes_are_listed(xero: Xero) -> None:
    currencies = xero.get("/Currencies").json()["Currencies"]
    assert [currency["Code"] for currency in currencies] == ["EUR", "GBP", "USD"]
    themes = xero.get("/BrandingThemes").json()["BrandingThemes"]
    assert xero.invoice()["BrandingThemeID"] == themes[0]["BrandingThemeID"]
    assert (
        xero.invoice(BrandingThemeID=themes[1]["BrandingThemeID"])["BrandingThemeID"]
        == themes[1]["BrandingThemeID"]
    )


def test_bookkeeper_may_change_the_books_meanwhile(xero: Xero, said: Messages, line: MakeLine) -> None:
    for change in (
        {"kind": "Accounts", "key": "210", "set": {"Status": "ARCHIVED"}},
        {"kind": "Organisation", "key": "Sandbox Consulting B.V.", "set": {"PeriodLockDate": "2026-06-30"}},
    ):
        assert xero.client.post("/_sandbox/books", json=change).status_code == 200
    answer = xero.put("/Invoices", xero.approved(Date="2026-06-30", LineItems=[line(AccountCode="210")]))
    archived, locked = said(answer)
    assert archived.startswith("Account code '210' has been archived")
    assert locked.endswith("currently set at 30-Jun-2026")
    assert accounts(xero)["210"]["Status"] == "ARCHIVED"


def test_control_requests_say_what_they_need(xero: Xero) -> None:
    for path, missing in (("books", "kind, key, set"), ("contacts/merge", "from, into")):
        for body in (b"[", b"5"):
            answer = xero.client.post(f"/_sandbox/{path}", content=body)
            assert (answer.status_code, answer.json()["message"].partition(":")[0]) == (
                400,
                "cannot read the body",
            )
        answer = xero.client.post(f"/_sandbox/{path}", content=b"{}")
        assert (answer.status_code, answer.json()) == (400, {"message": f"missing: {missing}"})
    wrong = {"kind": "Organisation", "key": "x", "set": {"PeriodLockDate": "soon"}}
    assert xero.client.post("/_sandbox/books", json=wrong).status_code == 400


def test_time_zone_that_nobody_knows_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError, match='unknown time zone "Europe/Breda"'):
        XeroSandboxOptions(timezone="Europe/Breda")


def test_ids_of_the_books_are_the_same_in_every_sandbox(xero: Xero) -> None:
    assert accounts(xero)["200"]["AccountID"] == "dc1830da-20c8-5edf-ba85-7e9c495faf4f"
