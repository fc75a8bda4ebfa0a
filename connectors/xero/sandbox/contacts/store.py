"""Contacts in the state file, and contacts as Xero shows them (connectors/xero/API.md, 10)."""

import sqlite3
from collections.abc import Iterable
from decimal import Decimal

from connectors.xero.sandbox.books.money import ZERO
from connectors.xero.sandbox.protocol.dates import wire_moment
from connectors.xero.sandbox.protocol.wire import Json, dumps
from engine.sdk import loads

ADDRESS_TYPES = ("STREET", "POBOX")
PHONE_TYPES = ("DDI", "DEFAULT", "FAX", "MOBILE")
_PLAIN = (
    "ContactID", "ContactNumber", "AccountNumber", "ContactStatus", "Name", "FirstName", "LastName",
    "CompanyNumber",
)  # fmt: skip
_MORE = (
    "TaxNumber", "AccountsReceivableTaxType", "AccountsPayableTaxType", "DefaultCurrency",
    "SalesDefaultLineAmountType", "PurchasesDefaultLineAmountType", "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode", "PaymentTerms", "XeroNetworkKey", "MergedToContactID",
)  # fmt: skip


def by_id(tx: sqlite3.Connection, contact_id: str) -> Json | None:
    return _first_where(tx, "id = ?", contact_id.lower())


def by_number(tx: sqlite3.Connection, number: str) -> Json | None:
    return _first_where(tx, "number_key = ?", number.casefold())


def by_name(tx: sqlite3.Connection, name: str) -> Json | None:
    """The active contact of that name; there is one at most."""
    return _first_where(tx, "name_key = ? AND status = 'ACTIVE'", name.casefold())


def _first_where(tx: sqlite3.Connection, condition: str, value: str) -> Json | None:
    row = tx.execute(f"SELECT document FROM contacts WHERE {condition}", (value,)).fetchone()
    return None if row is None else loads(row["document"])


def many(tx: sqlite3.Connection, contact_ids: Iterable[str]) -> dict[str, Json]:
    contacts = ((key, by_id(tx, key)) for key in set(contact_ids))
    return {key: contact for key, contact in contacts if contact is not None}


def save(tx: sqlite3.Connection, record: Json, now_ms: int) -> Json:
    saved = {**record, "updated_ms": now_ms}
    number, account = record.get("ContactNumber"), record.get("AccountNumber")
    tx.execute(
        "INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record["ContactID"],
            record["Name"],
            record["Name"].casefold(),
            number,
            number and number.casefold(),
            account,
            account and account.casefold(),
            record.get("EmailAddress"),
            record["ContactStatus"],
            now_ms,
            dumps(saved),
        ),
    )
    return saved


def complete(tx: sqlite3.Connection, record: Json) -> Json:
    """A contact as answers show it: always two addresses and four phones, mostly blank."""
    shown: Json = {name: record[name] for name in _PLAIN if name in record}
    shown["EmailAddress"] = record.get("EmailAddress", "")
    shown["BankAccountDetails"] = record.get("BankAccountDetails", "")
    shown.update((name, record[name]) for name in _MORE if name in record)
    blank = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
    shown["Addresses"] = [
        {"AddressType": kind, **blank, **record["Addresses"].get(kind, {})} for kind in ADDRESS_TYPES
    ]
    blank = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
    shown["Phones"] = [{"PhoneType": kind, **blank, **record["Phones"].get(kind, {})} for kind in PHONE_TYPES]
    shown["UpdatedDateUTC"] = wire_moment(record["updated_ms"])
    shown["ContactGroups"] = []
    for name, kind in (("IsSupplier", "ACCPAY"), ("IsCustomer", "ACCREC")):
        sql = "SELECT 1 FROM invoices WHERE contact_id = ? AND type = ? AND status <> 'DELETED' LIMIT 1"
        shown[name] = tx.execute(sql, (record["ContactID"], kind)).fetchone() is not None
    shown["SalesTrackingCategories"] = []
    shown["PurchasesTrackingCategories"] = []
    shown["ContactPersons"] = record.get("ContactPersons", [])
    shown["HasValidationErrors"] = False
    return shown


def computed(tx: sqlite3.Connection, record: Json, today: str) -> Json:
    """What is owed by and to a contact; left out if nothing is (connectors/xero/API.md, 5)."""
    owed = {"ACCREC": [ZERO, ZERO], "ACCPAY": [ZERO, ZERO]}
    sql = "SELECT type, amount_due, due_date FROM invoices WHERE contact_id = ? AND status = 'AUTHORISED'"
    rows = tx.execute(sql, (record["ContactID"],)).fetchall()
    for row in rows:
        amount = Decimal(row["amount_due"])
        owed[row["type"]][0] += amount
        owed[row["type"]][1] += amount if row["due_date"] < today else ZERO
    if not rows:
        return {}
    names = {"ACCREC": "AccountsReceivable", "ACCPAY": "AccountsPayable"}
    return {
        "Balances": {names[kind]: {"Outstanding": out, "Overdue": over} for kind, (out, over) in owed.items()}
    }


def stub(record: Json) -> Json:
    """A contact in a list of documents. Its empty lists do not mean "none" (connectors/xero/API.md, 5)."""
    empty: Json = {
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }
    return {"ContactID": record["ContactID"], "Name": record["Name"], **empty}
