"""Accounts, tax rates, tracking categories, currencies, themes: read only (connectors/xero/API.md, 11)."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from connectors.xero.sandbox.books.seed import ACTIONS
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call, Handler
from connectors.xero.sandbox.protocol.dates import read_day
from connectors.xero.sandbox.protocol.envelope import answer
from connectors.xero.sandbox.protocol.listing import Conditions, Table, document_field, page
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk import loads
from engine.sdk.sandbox import Answer


@dataclass(frozen=True, slots=True)
class Books:
    """Everything a document is checked against, read once per call."""

    accounts: dict[str, Json]
    accounts_by_id: dict[str, Json]
    tax_rates: dict[str, Json]
    tracking: list[Json]
    currencies: frozenset[str]
    themes: dict[str, Json]
    organisation: Json

    @classmethod
    def of(cls, tx: sqlite3.Connection) -> "Books":
        kinds: dict[str, list[Json]] = {}
        for row in tx.execute("SELECT kind, document FROM reference ORDER BY kind, position"):
            kinds.setdefault(row["kind"], []).append(loads(row["document"]))
        accounts = kinds["Accounts"]
        return cls(
            accounts={account["Code"]: account for account in accounts if account.get("Code")},
            accounts_by_id={account["AccountID"]: account for account in accounts},
            tax_rates={rate["TaxType"]: rate for rate in kinds["TaxRates"]},
            tracking=kinds["TrackingCategories"],
            currencies=frozenset(currency["Code"] for currency in kinds["Currencies"]),
            themes={theme["BrandingThemeID"]: theme for theme in kinds["BrandingThemes"]},
            organisation=kinds["Organisation"][0],
        )

    @property
    def base_currency(self) -> str:
        return str(self.organisation["BaseCurrency"])

    @property
    def default_theme(self) -> str:
        return next(iter(self.themes))

    def lock_dates(self) -> list[tuple[str, str]]:
        """The lock dates that are set, each with its name in Xero's words."""
        named = (("period lock date", "PeriodLockDate"), ("end of year lock date", "EndOfYearLockDate"))
        return [
            (words, read_day(self.organisation[name])) for words, name in named if name in self.organisation
        ]


@dataclass(frozen=True, slots=True)
class Kind:
    """One reference collection: what may be filtered on, and what of an element is shown."""

    collection: str
    table: Table
    shown: Callable[[Call, Json], Json | None] = lambda _, document: document


ACCOUNT_FIELDS = {
    **dict.fromkeys(
        ("Code", "Name", "Type", "Class", "Status", "TaxType", "SystemAccount", "CurrencyCode"), "text"
    ),
    "AccountID": "guid",
    "EnablePaymentsToAccount": "bool",
}
TAX_RATE_FIELDS = {
    **dict.fromkeys(("TaxType", "Name", "Status"), "text"),
    **dict.fromkeys(("EffectiveRate", "DisplayTaxRate"), "number"),
    **dict.fromkeys(("CanApplyToRevenue", "CanApplyToExpenses"), "bool"),
}


def _table(collection: str, of: str, **kinds: str) -> Table:
    fields = {name.lower(): document_field(kind, name) for name, kind in kinds.items()}
    # These never change: their place in the list is used as the time of change.
    source = f"(SELECT *, position AS updated_ms FROM reference WHERE kind = '{collection}') r"
    return Table(of, source, fields)


def _tracking_shown(call: Call, category: Json) -> Json | None:
    if call.asks("includeArchived"):
        return category
    if category["Status"] == "ARCHIVED":
        return None
    return {
        **category,
        "Options": [option for option in category["Options"] if option["Status"] != "ARCHIVED"],
    }


KINDS: dict[str, Kind] = {
    kind.collection: kind
    for kind in (
        Kind("Accounts", _table("Accounts", "Account", **ACCOUNT_FIELDS)),
        Kind("TaxRates", _table("TaxRates", "TaxRate", **TAX_RATE_FIELDS)),
        Kind(
            "TrackingCategories",
            _table(
                "TrackingCategories",
                "TrackingCategory",
                TrackingCategoryID="guid",
                Name="text",
                Status="text",
            ),
            _tracking_shown,
        ),
        Kind("Currencies", _table("Currencies", "Currency", Code="text", Description="text")),
        Kind("BrandingThemes", _table("BrandingThemes", "BrandingTheme", Name="text")),
    )
}


def lister(collection: str) -> Handler:
    kind = KINDS[collection]

    def listed(call: Call) -> Answer:
        # Nothing here changes, so If-Modified-Since is ignored.
        documents = page(replace(call, since_ms=None), kind.table, Conditions(), pageable=False).documents
        shown = [
            document
            for document in (kind.shown(call, document) for document in documents)
            if document is not None
        ]
        return answer(call, collection, shown)

    return listed


def reader(collection: str) -> Handler:
    kind = KINDS[collection]

    def read(call: Call) -> Answer:
        sql = "SELECT document FROM reference WHERE kind = ? AND id = ? COLLATE NOCASE"
        row = call.tx.execute(sql, (collection, call.key)).fetchone()
        return NO_SUCH_RECORD if row is None else answer(call, kind.collection, [loads(row["document"])])

    return read


def organisation(call: Call) -> Answer:
    return answer(call, "Organisations", [Books.of(call.tx).organisation])


def actions(call: Call) -> Answer:
    return answer(call, "Actions", [{"Name": name, "Status": "ALLOWED"} for name in ACTIONS])
