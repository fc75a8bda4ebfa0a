"""What a contact may be, and what a posted contact makes of it (connectors/xero/API.md, 10).

Reads the table of contacts to see what is taken; writes nothing.
"""

import re
import sqlite3
from typing import Any

from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.contacts import store
from connectors.xero.sandbox.protocol import posted
from connectors.xero.sandbox.protocol.wire import Json

LENGTHS = {
    "Name": 255,
    "ContactNumber": 50,
    "AccountNumber": 50,
    "EmailAddress": 255,
    "FirstName": 255,
    "LastName": 255,
    "CompanyNumber": 50,
    "TaxNumber": 50,
    "BankAccountDetails": 255,
    "SalesDefaultAccountCode": 10,
    "PurchasesDefaultAccountCode": 10,
    "AccountsReceivableTaxType": 50,
    "AccountsPayableTaxType": 50,
    "XeroNetworkKey": 255,
    "DefaultCurrency": 3,
}
ADDRESS_LENGTHS = {
    **{f"AddressLine{line}": 500 for line in range(1, 5)},
    **dict.fromkeys(("City", "Region", "AttentionTo"), 255),
    **dict.fromkeys(("PostalCode", "Country"), 50),
}
PHONE_LENGTHS = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}
LINE_AMOUNTS = ("INCLUSIVE", "EXCLUSIVE", "NONE")
WORDS = {
    "ContactStatus": ("ACTIVE", "ARCHIVED", "GDPRREQUEST"),
    "SalesDefaultLineAmountType": LINE_AMOUNTS,
    "PurchasesDefaultLineAmountType": LINE_AMOUNTS,
}
MOST_PERSONS = 5

UNNAMED = (
    "The Contact must contain at least 1 of the following elements to identify the contact:"
    " Name, ContactID, ContactNumber"
)
ARCHIVED = (
    "The specified contact details matched an archived contact."
    " Archived contacts cannot currently be edited via the API."
)
ACCOUNT_TAKEN = "The Account Number already exists. Please enter a different Account Number."
_COUNTRY = re.compile("[A-Za-z ]+")
_EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")


def name_taken(name: str) -> str:
    return (
        f"The contact name {name} is already assigned to another contact."
        " The contact name must be unique across all active contacts."
    )


def read(element: Json) -> Json:
    """The members of a posted contact that may be written, typed; read-only members are ignored."""
    wanted: Json = {name: value for name in LENGTHS if (value := posted.text(element, name)) is not None}
    if contact_id := posted.guid(element, "ContactID"):
        wanted["ContactID"] = contact_id
    for name, words in WORDS.items():
        if chosen := posted.word(element, name, words):
            wanted[name] = chosen
    for name, kind, kinds, lengths in (
        ("Addresses", "AddressType", store.ADDRESS_TYPES, ADDRESS_LENGTHS),
        ("Phones", "PhoneType", store.PHONE_TYPES, PHONE_LENGTHS),
    ):
        parts = posted.records(element, name)
        if parts is not None:
            wanted[name] = {
                posted.word(part, kind, kinds): {
                    member: value for member in lengths if (value := posted.text(part, member)) is not None
                }
                for part in parts
            }
            wanted[name].pop(None, None)
    persons = posted.records(element, "ContactPersons")
    if persons is not None:
        wanted["ContactPersons"] = [_person(person) for person in persons]
    terms = posted.record(element, "PaymentTerms")
    if terms is not None:
        wanted["PaymentTerms"] = terms
    return wanted


def _person(element: Json) -> Json:
    names = ("FirstName", "LastName", "EmailAddress")
    person: Json = {name: value for name in names if (value := posted.text(element, name)) is not None}
    return {**person, "IncludeInEmails": posted.boolean(element, "IncludeInEmails") or False}


def revise(
    tx: sqlite3.Connection, books: Books, wanted: Json, current: Json | None, *, restores: bool = False
) -> tuple[Json, list[str]]:
    """The contact as it would become, and every reason to refuse it. Omitted fields are kept; "" clears.

    `restores`: the status ACTIVE takes a contact out of the archive, as it does not in Xero.
    """
    if current is not None and current["ContactStatus"] != "ACTIVE":
        restored = restores and wanted.get("ContactStatus") == "ACTIVE"
        if not restored or current["ContactStatus"] == "GDPRREQUEST":
            return current, [ARCHIVED]
    record: Json = dict(
        current or {"ContactID": "", "ContactStatus": "ACTIVE", "Addresses": {}, "Phones": {}}
    )
    for name, value in wanted.items():
        if name in {"Addresses", "Phones"}:
            record[name] = {
                **record[name],
                **{kind: {**record[name].get(kind, {}), **part} for kind, part in value.items()},
            }
        elif value == "":
            record.pop(name, None)
        elif name != "ContactID":
            record[name] = value
    if record["ContactStatus"] == "GDPRREQUEST":
        record = _forgotten(record)
    return record, [*_shape(record, books), *_taken(tx, record)]


def _forgotten(record: Json) -> Json:
    kept = ("ContactID", "ContactStatus", "ContactNumber")
    return {
        **{name: record[name] for name in kept if name in record},
        "Name": "GDPR request",
        "Addresses": {},
        "Phones": {},
    }


def _shape(record: Json, books: Books) -> list[str]:
    name = record.get("Name", "")
    errors = [] if name else [UNNAMED]
    if name != name.strip() or "  " in name or "<" in name or ">" in name:
        errors.append("The contact name may not contain < or >, double spaces, or spaces at its ends.")
    errors += _too_long(record, LENGTHS)
    for person in [record, *record.get("ContactPersons", [])]:
        if person.get("EmailAddress") and not _EMAIL.match(person["EmailAddress"]):
            errors.append("Email address must be valid.")
    if len(record.get("ContactPersons", [])) > MOST_PERSONS:
        errors.append(f"A contact may have {MOST_PERSONS} contact persons at most.")
    currency = record.get("DefaultCurrency")
    if currency and currency not in books.currencies:
        errors.append(f"Organisation is not subscribed to currency {currency}")
    for address in record["Addresses"].values():
        errors += _too_long(address, ADDRESS_LENGTHS)
        country = address.get("Country", "")
        if country and not _COUNTRY.fullmatch(country):
            errors.append("The Country field may contain letters only.")
    for phone in record["Phones"].values():
        errors += _too_long(phone, PHONE_LENGTHS)
    return errors


def _too_long(record: Json, lengths: dict[str, int]) -> list[str]:
    return [
        f"The {name} field must be no longer than {most} characters."
        for name, most in lengths.items()
        if len(record.get(name, "")) > most
    ]


def _taken(tx: sqlite3.Connection, record: Json) -> list[str]:
    errors: list[str] = []
    own = record["ContactID"]
    if record["ContactStatus"] == "ACTIVE" and _is_taken(
        tx, own, "name_key = ? AND status = 'ACTIVE'", record.get("Name")
    ):
        errors.append(name_taken(record["Name"]))
    if _is_taken(tx, own, "number_key = ?", record.get("ContactNumber")):
        # What Xero says here is not known (connectors/xero/API.md, 17); the sentence is modelled on the one
        # for names.
        errors.append(
            f"The contact number {record['ContactNumber']} is already assigned to another contact."
            " The contact number must be unique across all contacts."
        )
    if _is_taken(tx, own, "account_key = ?", record.get("AccountNumber")):
        errors.append(ACCOUNT_TAKEN)
    return errors


def _is_taken(tx: sqlite3.Connection, own: str, condition: str, value: Any) -> bool:
    if not value:
        return False
    sql = f"SELECT 1 FROM contacts WHERE {condition} AND id <> ?"
    return tx.execute(sql, (value.casefold(), own)).fetchone() is not None
