"""A small pair of systems: PSOhub and Xero in a few fields of every type."""

from __future__ import annotations

from engine.mapping import Catalog
from engine.sdk import (
    ANY,
    BOOL,
    DATE,
    DECIMAL,
    INSTANT,
    INT,
    TEXT,
    Action,
    Field,
    Stream,
    Type,
    enum,
    list_of,
    obj,
)

PROJECT = obj({"id": Field(TEXT), "number": Field(TEXT), "due_days": Field(INT), "reference": Field(TEXT)})
DETAIL = obj({"note": Field(TEXT), "hours": Field(DECIMAL)})
LINE = obj(
    {
        "number": Field(TEXT),
        "name": Field(TEXT),
        "description": Field(TEXT),
        "gl_account": Field(TEXT),
        "quantity": Field(DECIMAL),
        "unit_price": Field(DECIMAL),
        "amount_ex_vat": Field(DECIMAL),
        "tax_category": Field(TEXT),
        "position": Field(INT),
        "details": Field(list_of(DETAIL)),
    }
)
INVOICES = Stream(
    "invoices",
    {
        "id": Field(TEXT),
        "number": Field(TEXT),
        "status": Field(enum("draft", "approved", "sent", "paid")),
        "date": Field(DATE),
        "due_date": Field(DATE),
        "changed": Field(INSTANT),
        "note": Field(TEXT),
        "reference": Field(TEXT),
        "currency": Field(TEXT),
        "customer_id": Field(TEXT),
        "days": Field(INT),
        "final": Field(BOOL),
        "total_ex_vat": Field(DECIMAL),
        "total_inc_vat": Field(DECIMAL),
        "external_id": Field(TEXT),
        "tags": Field(list_of(TEXT)),
        "amounts": Field(list_of(DECIMAL)),
        "raw": Field(ANY),
        "lines": Field(list_of(LINE)),
        "project": Field(PROJECT),
    },
    title="number",
    joins=("project",),
    updates=True,
)
COMPANIES = Stream(
    "companies",
    {
        "id": Field(TEXT),
        "name": Field(TEXT),
        "city": Field(TEXT),
        "street": Field(TEXT),
        "contacts": Field(list_of(obj({"first_name": Field(TEXT), "email": Field(TEXT)}))),
    },
    title="name",
)
PROJECTS = Stream("projects", PROJECT.fields, title="number")

TRACKING = obj({"Name": Field(TEXT), "Option": Field(TEXT)})
LINE_ITEM = obj(
    {
        "Description": Field(Type("text", max=4000), required=True),
        "Quantity": Field(DECIMAL),
        "UnitAmount": Field(DECIMAL),
        "AccountCode": Field(Type("text", max=10)),
        "TaxType": Field(TEXT),
        "Position": Field(INT),
        "LineAmount": Field(DECIMAL),
        "Tracking": Field(list_of(TRACKING)),
        "Note": Field(obj({"Text": Field(TEXT), "By": Field(TEXT)})),
        "TaxAmount": Field(DECIMAL),
    }
)
CONTACT = {
    "ContactID": Field(TEXT, writable=False),
    "Name": Field(Type("text", max=255), required=True),
    "EmailAddress": Field(TEXT),
    "Addresses": Field(list_of(obj({"AddressType": Field(enum("STREET", "POBOX")), "City": Field(TEXT)}))),
    "Phones": Field(list_of(obj({"PhoneNumber": Field(TEXT)}))),
}
X_INVOICE = {
    "InvoiceID": Field(TEXT, writable=False),
    "Type": Field(enum("ACCREC", "ACCPAY"), required=True),
    "Status": Field(enum("DRAFT", "SUBMITTED", "AUTHORISED", "PAID")),
    "InvoiceNumber": Field(Type("text", max=255)),
    "Reference": Field(Type("text", max=20)),
    "Contact": Field(obj({"ContactID": Field(TEXT), "Name": Field(TEXT)}), required=True),
    "Date": Field(DATE),
    "DueDate": Field(DATE),
    "ExpectedPaymentDate": Field(TEXT),
    "Changed": Field(INSTANT),
    "CurrencyCode": Field(TEXT),
    "CurrencyRate": Field(DECIMAL),
    "Days": Field(INT),
    "SentToContact": Field(BOOL),
    "Fixed": Field(TEXT, nullable=False),
    "Url": Field(TEXT),
    "Tags": Field(list_of(TEXT)),
    "Dates": Field(list_of(DATE)),
    "Anything": Field(ANY),
    "LineItems": Field(list_of(LINE_ITEM), required=True),
    "Note": LINE_ITEM.fields["Note"],
    "SubTotal": Field(DECIMAL, writable=False),
    "Total": Field(DECIMAL, writable=False),
    "AmountPaid": Field(DECIMAL, writable=False),
}
XERO_INVOICES = Stream(
    "invoices",
    X_INVOICE,
    key="InvoiceID",
    title="InvoiceNumber",
    creates=True,
    updates=True,
    actions={"email": Action("E-mail it.", to=Field(TEXT)), "attach": Action("Attach the PDF.")},
    match_fields=("InvoiceNumber", "Reference"),
    control_totals=("SubTotal", "Total"),
)
XERO_CREDIT_NOTES = Stream(
    "credit_notes",
    {
        "CreditNoteID": Field(TEXT, writable=False),
        "Type": Field(enum("ACCRECCREDIT", "ACCPAYCREDIT"), required=True),
        "LineItems": Field(list_of(LINE_ITEM)),
        "Short": Field(list_of(obj({"Description": Field(Type("text", max=9))}))),
    },
    key="CreditNoteID",
    creates=True,
)
XERO_CONTACTS = Stream(
    "contacts",
    CONTACT,
    key="ContactID",
    title="Name",
    creates=True,
    updates=True,
    match_fields=("Name", "EmailAddress"),
)
XERO_ACCOUNTS = Stream(
    "accounts",
    {
        "AccountID": Field(TEXT),
        "Code": Field(TEXT),
        "Name": Field(TEXT),
        "Type": Field(TEXT),
        "Rate": Field(DECIMAL),
    },
    key="AccountID",
    reference=True,
)
TAX = obj({"category": Field(TEXT), "TaxType": Field(TEXT)})

CATALOG = Catalog(
    streams={
        "psohub.invoices": INVOICES,
        "psohub.companies": COMPANIES,
        "psohub.projects": PROJECTS,
        "xero.invoices": XERO_INVOICES,
        "xero.credit_notes": XERO_CREDIT_NOTES,
        "xero.contacts": XERO_CONTACTS,
        "xero.accounts": XERO_ACCOUNTS,
    },
    settings={
        "revenue_account": Field(TEXT, required=True),
        "auto_send": Field(BOOL),
        "psohub_mails": Field(BOOL),
        "due_days": Field(INT),
        "push_statuses": Field(list_of(TEXT)),
        "rounding": Field(enum("accept", "adjust_tax", "rounding_line", "hold")),
        "tolerance": Field(DECIMAL),
        "unset": Field(TEXT),
        "start": Field(DATE),
        "amounts": Field(list_of(DECIMAL)),
    },
    tables={"accounts": XERO_ACCOUNTS.type, "tax_types": TAX},
    table_streams={"accounts": "xero.accounts"},
)
