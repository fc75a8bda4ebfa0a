"""Small lists, read completely: accounts, tax rates, tracking options, currencies, the organisation
(connectors/xero/API.md, 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connectors.xero.resource import Resource, Row
from connectors.xero.streams.words import BOOL, DATE, DECIMAL, INSTANT, TEXT, enum, key, shown, up_to
from engine.sdk import NotTyped, Stream, shortened


def _options(category: Row) -> Iterator[Row]:
    """A row for each option of a tracking category."""
    options = category.get("Options") or ()
    for option in options if isinstance(options, list) else [options]:
        if not isinstance(option, Mapping):
            raise NotTyped("Options", f"expected objects, found {shortened(str(option), 40)}")
        yield {
            "TrackingCategoryID": category.get("TrackingCategoryID"),
            "Name": category.get("Name"),
            "Status": category.get("Status"),
            "TrackingOptionID": option.get("TrackingOptionID"),
            "Option": option.get("Name"),
            "OptionStatus": option.get("Status", "ACTIVE"),
        }


def takes_sales(account: Row) -> bool:
    """Whether an account takes lines of sales documents."""
    unfit = account.get("Type") == "BANK" or account.get("SystemAccount") in ("DEBTORS", "CREDITORS")
    return account.get("Status") == "ACTIVE" and not unfit


def is_sales_tax(rate: Row) -> bool:
    return rate.get("Status") == "ACTIVE" and rate.get("CanApplyToRevenue") is not False


def is_live_option(option: Row) -> bool:
    """Whether neither a tracking option nor its category is archived."""
    return option.get("Status") == option.get("OptionStatus") == "ACTIVE"


LIFE = ("ACTIVE", "ARCHIVED", "DELETED")

ACCOUNTS = Resource(
    path="Accounts",
    stream=Stream(
        name="accounts",
        suggestable=takes_sales,
        doc="The chart of accounts.",
        key="AccountID",
        title="Code",
        reference=True,
        fields={
            "AccountID": key("Xero's own id."),
            "Code": shown(up_to(10), "The code; a bank account may have none."),
            "Name": shown(up_to(150), "The name."),
            "Type": shown(TEXT, "REVENUE, SALES, OTHERINCOME, BANK and others."),
            "Class": shown(
                enum("ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"),
                "The section of the chart of accounts.",
            ),
            "Status": shown(enum(*LIFE), "Only ACTIVE ones take lines."),
            "Description": shown(up_to(4000), "What it is for."),
            "TaxType": shown(TEXT, "The default tax type of its lines."),
            "CurrencyCode": shown(up_to(3), "The currency of a bank account."),
            "EnablePaymentsToAccount": shown(BOOL, "Whether payments may go to it."),
            "SystemAccount": shown(TEXT, "What Xero itself uses it for, e.g. DEBTORS or ROUNDING."),
            "UpdatedDateUTC": shown(INSTANT, "When it last changed."),
        },
    ),
)

TAX_RATES = Resource(
    path="TaxRates",
    stream=Stream(
        name="tax_rates",
        suggestable=is_sales_tax,
        doc="Tax rates.",
        key="TaxType",
        title="Name",
        reference=True,
        fields={
            "TaxType": key("The key used in lines, e.g. OUTPUT2; custom ones are TAX001 and so on."),
            "Name": shown(TEXT, "The name."),
            "EffectiveRate": shown(DECIMAL, "The rate in percent."),
            "DisplayTaxRate": shown(DECIMAL, "The rate as shown to people."),
            "Status": shown(enum(*LIFE, "PENDING"), "Only ACTIVE ones can be used."),
            "CanApplyToRevenue": shown(BOOL, "Whether sales may use it."),
            "CanApplyToExpenses": shown(BOOL, "Whether expenses may use it."),
            "CanApplyToAssets": shown(BOOL, "Whether assets may use it."),
            "CanApplyToLiabilities": shown(BOOL, "Whether liabilities may use it."),
            "CanApplyToEquity": shown(BOOL, "Whether equity may use it."),
        },
    ),
)

TRACKING = Resource(
    path="TrackingCategories",
    params={"includeArchived": "true"},
    rows=_options,
    stream=Stream(
        name="tracking",
        suggestable=is_live_option,
        doc="Tracking options: a row for each category and option.",
        key="TrackingOptionID",
        title="Option",
        reference=True,
        fields={
            "TrackingOptionID": key("The option's id."),
            "Option": shown(up_to(100), "The option's name."),
            "OptionStatus": shown(enum(*LIFE), "Whether the option is ACTIVE."),
            "TrackingCategoryID": shown(TEXT, "The category's id."),
            "Name": shown(up_to(100), "The category's name."),
            "Status": shown(enum(*LIFE), "Whether the category is ACTIVE."),
        },
    ),
)

CURRENCIES = Resource(
    path="Currencies",
    stream=Stream(
        name="currencies",
        doc="The currencies that the organisation has enabled.",
        key="Code",
        title="Code",
        reference=True,
        fields={
            "Code": key("Three letters, e.g. EUR."),
            "Description": shown(TEXT, "The currency's name."),
        },
    ),
)

ORGANISATION = Resource(
    path="Organisation",
    collection="Organisations",
    stream=Stream(
        name="organisation",
        doc="The organisation itself: one record.",
        key="OrganisationID",
        title="Name",
        reference=True,
        fields={
            "OrganisationID": key("Xero's own id; not the tenant id."),
            "Name": shown(TEXT, "The name."),
            "LegalName": shown(TEXT, "The name on reports."),
            "ShortCode": shown(TEXT, "The organisation's code in web addresses, e.g. !mBdtL."),
            "BaseCurrency": shown(up_to(3), "The currency of its books."),
            "CountryCode": shown(TEXT, "The country code."),
            "Timezone": shown(TEXT, "The time zone, in Xero's own spelling."),
            "IsDemoCompany": shown(BOOL, "Whether it is a demo company."),
            "Edition": shown(
                enum("BUSINESS", "PARTNER"), "PARTNER is sold through accountants; it cannot send e-mail."
            ),
            "Class": shown(TEXT, "The subscription plan."),
            "Version": shown(TEXT, "The country's version of Xero."),
            "DefaultSalesTax": shown(TEXT, "Whether prices include tax by default."),
            "TaxNumber": shown(TEXT, "Tax number."),
            "RegistrationNumber": shown(TEXT, "Company registration number."),
            "PeriodLockDate": shown(
                DATE, "Documents dated up to this day are refused, except from advisers."
            ),
            "EndOfYearLockDate": shown(DATE, "Documents dated up to this day are refused."),
        },
    ),
)
