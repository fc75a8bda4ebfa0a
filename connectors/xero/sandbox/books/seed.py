"""A believable organisation for the first start: a small Dutch consultancy with its books in euros.

Ids are computed from codes, so that every sandbox has the same ones and notes about them stay true.
"""

import sqlite3
import uuid
from datetime import date
from decimal import Decimal

from connectors.xero.sandbox.options import XeroSandboxOptions
from connectors.xero.sandbox.protocol.wire import Json, dumps
from engine.sdk.sandbox import read_meta, write_meta

_NAMES = uuid.UUID("8b0f3a4e-9d55-4c4b-a7b2-3d1c2b6f7e10")

# code, name, type, class, default tax type, and what else differs from an ordinary active account
ACCOUNTS: tuple[tuple[str, str, str, str, str, Json], ...] = (
    ("090", "Business Bank Account", "BANK", "ASSET", "NONE",
     {"BankAccountNumber": "NL02ABNA0123456789", "BankAccountType": "BANK", "CurrencyCode": "EUR"}),
    ("091", "Business Savings Account", "BANK", "ASSET", "NONE",
     {"BankAccountNumber": "NL91RABO0315273637", "BankAccountType": "BANK", "CurrencyCode": "EUR"}),
    ("0200", "Sales, legacy ledger", "REVENUE", "REVENUE", "OUTPUT2", {}),
    ("200", "Sales", "REVENUE", "REVENUE", "OUTPUT2", {}),
    ("210", "Consulting revenue", "REVENUE", "REVENUE", "OUTPUT2", {}),
    ("220", "Support & maintenance", "REVENUE", "REVENUE", "OUTPUT2", {}),
    ("230", "Licences", "REVENUE", "REVENUE", "OUTPUT2", {}),
    ("240", "Expenses recharged", "REVENUE", "REVENUE", "OUTPUT2", {}),
    ("260", "Other Revenue", "OTHERINCOME", "REVENUE", "NONE", {}),
    ("299", "Old projects", "REVENUE", "REVENUE", "OUTPUT2", {"Status": "ARCHIVED"}),
    ("310", "Cost of subcontractors", "DIRECTCOSTS", "EXPENSE", "INPUT2", {}),
    ("404", "Bank fees", "EXPENSE", "EXPENSE", "NONE", {}),
    ("429", "General expenses", "EXPENSE", "EXPENSE", "INPUT2", {"ShowInExpenseClaims": True}),
    ("463", "IT software and consumables", "EXPENSE", "EXPENSE", "INPUT2", {}),
    ("469", "Rent", "EXPENSE", "EXPENSE", "INPUT2", {}),
    ("477", "Salaries", "EXPENSE", "EXPENSE", "NONE", {}),
    ("493", "Travel", "EXPENSE", "EXPENSE", "INPUT2", {"ShowInExpenseClaims": True}),
    ("610", "Accounts receivable", "CURRENT", "ASSET", "NONE", {"SystemAccount": "DEBTORS"}),
    ("620", "Prepayments", "CURRENT", "ASSET", "NONE", {}),
    ("710", "Office equipment", "FIXED", "ASSET", "INPUT2", {}),
    ("800", "Accounts payable", "CURRLIAB", "LIABILITY", "NONE", {"SystemAccount": "CREDITORS"}),
    ("820", "VAT", "CURRLIAB", "LIABILITY", "NONE", {"SystemAccount": "GST"}),
    ("835", "Revenue received in advance", "CURRLIAB", "LIABILITY", "NONE", {}),
    ("850", "Clearing account", "CURRLIAB", "LIABILITY", "NONE", {"EnablePaymentsToAccount": True}),
    ("860", "Rounding", "CURRLIAB", "LIABILITY", "NONE", {"SystemAccount": "ROUNDING"}),
    ("960", "Retained earnings", "EQUITY", "EQUITY", "NONE", {"SystemAccount": "RETAINEDEARNINGS"}),
)  # fmt: skip

# tax type, name, rate, report tax type, may be used on revenue, may be used on expenses
TAX_RATES: tuple[tuple[str, str, int, str, bool, bool], ...] = (
    ("OUTPUT2", "21% VAT on Income", 21, "OUTPUT", True, False),
    ("RROUTPUT", "9% VAT on Income", 9, "OUTPUT", True, False),
    ("ZERORATEDOUTPUT", "Zero Rated Income", 0, "ZERORATEDOUTPUT", True, False),
    ("ECOUTPUTSERVICES", "Zero Rated EU Services", 0, "ECOUTPUTSERVICES", True, False),
    ("EXEMPTOUTPUT", "Exempt Income", 0, "EXEMPTOUTPUT", True, False),
    ("INPUT2", "21% VAT on Expenses", 21, "INPUT", False, True),
    ("NONE", "No VAT", 0, "NONE", True, True),
)

TRACKING: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Region", (("North", "ACTIVE"), ("South", "ACTIVE"), ("Benelux", "ACTIVE"), ("Overseas", "ARCHIVED"))),
    ("Department", (("Consulting", "ACTIVE"), ("Support", "ACTIVE"), ("Delivery", "ACTIVE"))),
)

CURRENCIES = (("EUR", "Euro"), ("GBP", "British Pound"), ("USD", "United States Dollar"))
BRANDING_THEMES = ("Standard", "Consulting")
ACTIONS = (
    "CreateApprovedInvoice",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "PublishToBeforeLockDate",
    "UseMulticurrency",
)


def stable_id(*path: str) -> str:
    return str(uuid.uuid5(_NAMES, "/".join(path)))


def seed(tx: sqlite3.Connection, options: XeroSandboxOptions, now_ms: int) -> None:
    """Fill an empty file. In a filled one, replace the organisation if the options changed."""
    if read_meta(tx, "seeded") is None:
        for kind, documents in _documents(now_ms).items():
            rows = [
                (kind, key, position, dumps(document)) for position, (key, document) in enumerate(documents)
            ]
            tx.executemany("INSERT INTO reference VALUES (?, ?, ?, ?)", rows)
        write_meta(tx, "seeded", str(now_ms))
    organisation = _organisation(options)
    wanted = dumps(organisation)
    if read_meta(tx, "organisation") == wanted:
        return  # what a bookkeeper has changed since, lock dates among it, outlives a restart
    tx.execute("DELETE FROM reference WHERE kind = 'Organisation'")
    values = ("Organisation", organisation["OrganisationID"], 0, wanted)
    tx.execute("INSERT INTO reference VALUES (?, ?, ?, ?)", values)
    write_meta(tx, "organisation", wanted)


def _documents(now_ms: int) -> dict[str, list[tuple[str, Json]]]:
    accounts = [_account(row, now_ms) for row in ACCOUNTS]
    return {
        "Accounts": [(account["AccountID"], account) for account in accounts],
        "TaxRates": [(row[0], _tax_rate(row)) for row in TAX_RATES],
        "TrackingCategories": [
            (stable_id("tracking", name), _tracking(name, options)) for name, options in TRACKING
        ],
        "Currencies": [(code, {"Code": code, "Description": name}) for code, name in CURRENCIES],
        "BrandingThemes": [
            (stable_id("theme", name), _theme(name, position, now_ms))
            for position, name in enumerate(BRANDING_THEMES)
        ],
    }


def _account(row: tuple[str, str, str, str, str, Json], now_ms: int) -> Json:
    code, name, kind, accounting_class, tax_type, special = row
    return {
        "AccountID": stable_id("account", code),
        "Code": code,
        "Name": name,
        "Status": "ACTIVE",
        "Type": kind,
        "TaxType": tax_type,
        "Class": accounting_class,
        "EnablePaymentsToAccount": False,
        "ShowInExpenseClaims": False,
        "ReportingCode": accounting_class[:3],
        "ReportingCodeName": accounting_class.title(),
        "HasAttachments": False,
        "UpdatedDateUTC": f"/Date({now_ms}+0000)/",
        "AddToWatchlist": False,
        **special,
    }


def _tax_rate(row: tuple[str, str, int, str, bool, bool]) -> Json:
    tax_type, name, rate, report, revenue, expenses = row
    component = {"Name": "VAT", "Rate": Decimal(rate), "IsCompound": False, "IsNonRecoverable": False}
    return {
        "Name": name,
        "TaxType": tax_type,
        "ReportTaxType": report,
        "CanApplyToAssets": expenses,
        "CanApplyToEquity": expenses,
        "CanApplyToExpenses": expenses,
        "CanApplyToLiabilities": tax_type in {"NONE", "INPUT2"},
        "CanApplyToRevenue": revenue,
        "DisplayTaxRate": Decimal(rate),
        "EffectiveRate": Decimal(rate),
        "Status": "ACTIVE",
        "TaxComponents": [component],
    }


def _tracking(name: str, options: tuple[tuple[str, str], ...]) -> Json:
    category = stable_id("tracking", name)
    return {
        "Name": name,
        "Status": "ACTIVE",
        "TrackingCategoryID": category,
        "Options": [
            {
                "TrackingOptionID": stable_id("tracking", name, option),
                "Name": option,
                "Status": status,
                "HasValidationErrors": False,
            }
            for option, status in options
        ],
    }


def _theme(name: str, position: int, now_ms: int) -> Json:
    return {
        "BrandingThemeID": stable_id("theme", name),
        "Name": name,
        "Type": "INVOICE",
        "SortOrder": position,
        "CreatedDateUTC": f"/Date({now_ms}+0000)/",
    }


def _organisation(options: XeroSandboxOptions) -> Json:
    organisation: Json = {
        "OrganisationID": options.tenant_id,
        "Name": options.organisation_name,
        "LegalName": options.organisation_name,
        "PaysTax": True,
        "Version": "GLOBAL",
        "OrganisationType": "COMPANY",
        "BaseCurrency": "EUR",
        "CountryCode": "NL",
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "RegistrationNumber": "69599084",
        "TaxNumber": "NL857936229B01",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12,
        "SalesTaxBasis": "ACCRUALS",
        "SalesTaxPeriod": "QUARTERLY",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "CreatedDateUTC": "/Date(1735689600000+0000)/",
        "OrganisationEntityType": "COMPANY",
        "Timezone": "WEUROPESTANDARDTIME",
        "ShortCode": "!sbx7Q",
        "Class": "PREMIUM",
        "Edition": "BUSINESS",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
    for name, day in (
        ("PeriodLockDate", options.period_lock_date),
        ("EndOfYearLockDate", options.end_of_year_lock_date),
    ):
        if day is not None:
            organisation[name] = _ticks(day)
    return organisation


def _ticks(day: date) -> str:
    return f"/Date({(day - date(1970, 1, 1)).days * 86_400_000}+0000)/"
