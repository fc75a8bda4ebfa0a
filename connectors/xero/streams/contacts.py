"""Contacts: customers and suppliers of the organisation (connectors/xero/API.md, 10)."""

from connectors.xero.resource import Resource, Row
from connectors.xero.streams.words import (
    BOOL,
    DECIMAL,
    EMAIL,
    INSTANT,
    LETTERS,
    NAME,
    TEXT,
    key,
    shown,
    text,
    value,
    who,
    word,
)
from connectors.xero.wire import SLOTS
from engine.sdk import Stream, list_of, obj

PERSON = obj(
    {
        "FirstName": who(text("First name.", 255)),
        "LastName": who(text("Last name.", 255)),
        "EmailAddress": who(text("E-mail address.", 255, form=EMAIL)),
        "IncludeInEmails": value(BOOL, "Whether this person also receives the invoices."),
    }
)
ADDRESS = obj(
    {
        "AddressType": word("POBOX is the one printed on invoices.", "POBOX", "STREET", required=True),
        "AddressLine1": who(text("First line.", 500)),
        "AddressLine2": who(text("Second line.", 500)),
        "AddressLine3": who(text("Third line.", 500)),
        "AddressLine4": who(text("Fourth line.", 500)),
        "City": who(text("City.", 255)),
        "Region": text("State, province or county.", 255),
        "PostalCode": who(text("Postal code.", 50)),
        "Country": text("The country's name, in letters of ASCII.", 50, form=LETTERS),
        "AttentionTo": who(text("For the attention of.", 255)),
    }
)
PHONE = obj(
    {
        "PhoneType": word("Kind of telephone number.", "DEFAULT", "DDI", "MOBILE", "FAX", required=True),
        "PhoneNumber": who(text("Number.", 50, required=True)),
        "PhoneAreaCode": text("Area code.", 10),
        "PhoneCountryCode": text("Country code.", 20),
    }
)
BALANCE = obj(
    {"Outstanding": shown(DECIMAL, "Open amount."), "Overdue": shown(DECIMAL, "Open and past its due date.")}
)
BALANCES = obj(
    {
        "AccountsReceivable": shown(BALANCE, "What the contact owes."),
        "AccountsPayable": shown(BALANCE, "What the contact is owed."),
    }
)


def _exists(values: Row) -> bool:
    """Not merged into another contact, and not erased."""
    return "MergedToContactID" not in values and values.get("ContactStatus") != "GDPRREQUEST"


def _holds(name: str, values: Row) -> bool:
    """A name is unique among active contacts, a number among all."""
    return name != "Name" or values.get("ContactStatus", "ACTIVE") == "ACTIVE"


CONTACTS = Resource(
    path="Contacts",
    order="ContactID",
    params={"includeArchived": "true"},
    # Tax numbers cannot be searched for, and a filter finds a name in one spelling only: they need the
    # complete list.
    searchable=("ContactID", "ContactNumber", "AccountNumber", "EmailAddress"),
    in_terms=("Name", "EmailAddress", "ContactNumber"),
    in_path=("ContactNumber",),
    id_params={"ContactID": "IDs"},
    identifying=("ContactID", "ContactNumber", "AccountNumber", "Name"),
    folded=("Name", "EmailAddress"),
    codes=("TaxNumber",),
    unique=("Name", "ContactNumber", "AccountNumber"),
    holds=_holds,
    exists=_exists,
    currency="DefaultCurrency",
    view="/Contacts/View.aspx?contactID=",
    stream=Stream(
        name="contacts",
        doc="Customers and suppliers.",
        key="ContactID",
        title="Name",
        creates=True,
        updates=True,
        batch_size=50,
        match_fields=("ContactID", "ContactNumber", "Name", "AccountNumber", "EmailAddress", "TaxNumber"),
        identifiers=("ContactID", "ContactNumber"),
        usable=lambda values: values.get("ContactStatus") != "ARCHIVED",
        unusable=(
            "it is archived, and the API can neither edit nor restore it: a person has to press Restore in "
            "Xero (Contacts, Archived)"
        ),
        successor="MergedToContactID",
        slots={name: slot for name, (slot, _) in SLOTS.items()},
        natural_key=("ContactNumber", "Name"),
        fields={
            "ContactID": key("Xero's own id."),
            "ContactNumber": text(
                "Id in an external system; unique. Set only through the API, shown as contact code.", 50
            ),
            "AccountNumber": text("The organisation's own number for the contact; unique.", 50),
            "ContactStatus": word(
                "ARCHIVED hides it; GDPRREQUEST is final.", "ACTIVE", "ARCHIVED", "GDPRREQUEST"
            ),
            "Name": who(
                text(
                    "Full name, unique among active contacts; no < or >, no outer or double spaces.",
                    255,
                    required=True,
                    form=NAME,
                )
            ),
            "FirstName": who(text("First name of the contact person.", 255)),
            "LastName": who(text("Last name of the contact person.", 255)),
            "EmailAddress": who(
                text("The address that invoices are e-mailed to; valid, in ASCII.", 255, form=EMAIL)
            ),
            "CompanyNumber": who(text("Company registration number.", 50)),
            "TaxNumber": who(text("Tax number (VAT, GST, ABN).", 50)),
            "ContactPersons": value(
                list_of(PERSON, 5), "Up to 5 more people. A list that is sent replaces the old one."
            ),
            "Addresses": value(list_of(ADDRESS), "POBOX and STREET."),
            "Phones": value(list_of(PHONE), "Telephones by type."),
            "DefaultCurrency": text(
                "The currency of new invoices; one that the organisation has enabled.", 3
            ),
            "BankAccountDetails": who(
                text("Bank account number; requires permission to manage bank accounts.")
            ),
            "AccountsReceivableTaxType": text("Tax type of sales to this contact, if it has its own."),
            "SalesDefaultAccountCode": text("Account of sales to this contact, if it has its own.", 10),
            "Website": who(shown(TEXT, "Web address.")),
            "IsCustomer": shown(BOOL, "Whether there is a sales invoice for it."),
            "IsSupplier": shown(BOOL, "Whether there is a bill from it."),
            "Balances": shown(BALANCES, "Open amounts, both ways."),
            "MergedToContactID": shown(TEXT, "The contact that this one was merged into."),
            "HasAttachments": shown(BOOL, "Whether files are attached."),
            "UpdatedDateUTC": shown(INSTANT, "When it last changed."),
        },
    ),
)
