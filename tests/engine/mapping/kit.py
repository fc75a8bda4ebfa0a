"""A small pair of systems, and short ways to compile and map with them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.document import Document, MapNode, read_document
from engine.mapping import Catalog, Mapper, Programs, Run, compile_pack
from engine.model.address import Address
from engine.model.diagnostics import Diagnostics
from engine.model.payload import Payload, Refusal
from engine.model.record import Record
from engine.sdk import ANY, BOOL, DATE, DECIMAL, INSTANT, INT, TEXT, Field, Stream, Type, enum, list_of, obj

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
    actions=("email", "attach"),
    match_fields=("InvoiceNumber", "Reference"),
    compared=("SubTotal", "Total"),
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
    },
    tables={"accounts": XERO_ACCOUNTS.type, "tax_types": TAX},
    table_streams={"accounts": "xero.accounts"},
)
SETTINGS: dict[str, Any] = {
    "revenue_account": "200",
    "auto_send": True,
    "psohub_mails": False,
    "due_days": 14,
    "push_statuses": ["sent"],
    "rounding": "hold",
    "tolerance": Decimal("0.05"),
}
TABLES: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {"Code": "200", "Name": "Sales", "Type": "REVENUE", "Rate": Decimal("21")},
        {"Code": "260", "Name": "Other Revenue ", "Type": "REVENUE"},
        {"Code": "400", "Name": "Advertising", "Type": "EXPENSE"},
        {"Code": "401", "Name": "Advertising", "Type": "EXPENSE"},
        {"Code": "500", "Name": "Twice", "Type": "EXPENSE"},
        {"Code": "500", "Name": "Twice", "Type": "EXPENSE"},
    ],
    "tax_types": [{"category": "High", "TaxType": "OUTPUT2"}, {"category": "None", "TaxType": " "}],
}
RUN = Run(datetime.date(2026, 3, 1), "run-7")
RECORD: dict[str, Any] = {
    "id": "41939771881672249",
    "number": "INV-1",
    "status": "sent",
    "date": datetime.date(2026, 1, 31),
    "currency": "EUR",
    "customer_id": "7",
    "total_ex_vat": Decimal("100.00"),
    "total_inc_vat": Decimal("121.00"),
    "lines": [
        {
            "number": "1",
            "name": "Work",
            "gl_account": "200",
            "tax_category": "High",
            "quantity": Decimal("1.50"),
        },
        {"number": "2", "description": "Travel", "tax_category": "Low"},
    ],
}

# A flow with the required fields, to hang one field or one mistake on. The rule under test stands in line 12.
FRAME = """\
mapping: invoices
source: {stream: psohub.invoices, as: invoice}
target: {stream: xero.invoices}
fields:
  Type: ACCREC
  Contact:
    fields: {Name: Acme}
  LineItems:
    list:
      - fields: {Description: Work}
  # the rule
"""


def documents(found: Diagnostics, folder: Path, **files: str) -> list[Document]:
    out = []
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        document = read_document(path, found)
        if document is not None:
            out.append(document)
    return out


def compiled(folder: Path, overrides: str = "", **files: str) -> Programs:
    """The programs of files without mistakes."""
    found = Diagnostics()
    docs = documents(found, folder, **files)
    over = None
    if overrides:
        (root,) = documents(found, folder, config=overrides)
        assert isinstance(root.root, MapNode)
        over = root.root
    programs = compile_pack(docs, CATALOG, found, over)
    assert not found.errors, "\n".join(str(one) for one in found)
    return programs


def mistakes(folder: Path, overrides: str = "", **files: str) -> Diagnostics:
    """What is said about files with mistakes."""
    found = Diagnostics()
    docs = documents(found, folder, **files)
    over = None
    if overrides:
        (root,) = documents(found, folder, config=overrides)
        assert isinstance(root.root, MapNode)
        over = root.root
    compile_pack(docs, CATALOG, found, over)
    return found


def mapper(programs: Programs, name: str = "invoices", **settings: Any) -> Mapper:
    return programs.mappings[name].link({**SETTINGS, **settings}, TABLES, RUN)


def record(values: Mapping[str, Any] | None = None, stream: str = "psohub.invoices", **more: Any) -> Record:
    system, name = stream.split(".")
    own = {**(RECORD if values is None else values), **more}
    own = {key: value for key, value in own.items() if value is not None}
    return Record(Address(system, name, str(own.get("id", "1"))), own)


def field_rule(rule: str) -> str:
    """A whole file around one rule, written as `Name: rule` (further lines indented by two blanks more)."""
    return FRAME + "".join(f"  {line}\n" for line in rule.splitlines())


def body_of(made: Payload | tuple[Refusal, ...] | None) -> Mapping[str, Any]:
    assert isinstance(made, Payload), made
    return made.body


def mapped(folder: Path, rule: str, settings: Mapping[str, Any] | None = None, **values: Any) -> Any:
    """What one field comes to: the value, or `...` where it is left out."""
    own = mapper(compiled(folder, invoices=field_rule(rule)), **(settings or {}))
    name = rule.split(":")[0]
    return body_of(own(record(**values))).get(name, ...)


def refused(folder: Path, rule: str, **values: Any) -> Sequence[Refusal]:
    made = mapper(compiled(folder, invoices=field_rule(rule)))(record(**values))
    assert isinstance(made, tuple), made
    return made
