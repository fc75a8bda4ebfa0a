"""Answers held against Xero's OpenAPI file: every member is known there and of its type."""

from pathlib import Path

import pytest
import yaml

FILE = Path(__file__).parents[5] / "shared" / "xero" / "openapi" / "xero_accounting.yaml"
# Seen in recorded answers (API-FACTS 8) or in the file's own examples, and yet in no schema of 16.1.0.
BEYOND = {
    "DateString", "DueDateString", "InvoicePaymentServices", "AccountID", "ValidationErrors",
    "HasValidationErrors", "DateUTCString", "AttentionTo",
}  # fmt: skip
TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


@pytest.fixture(scope="module")
def schemas():
    if not FILE.exists():
        pytest.skip(f"{FILE} is not here: the OpenAPI file is no part of this repository")
    return yaml.load(FILE.read_text(), yaml.CSafeLoader)["components"]["schemas"]


def problems(schemas, schema, value, where):
    """Walk a value along its schema. Defaults are not looked at: the file's text 'false' does no harm."""
    schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind and (
        not isinstance(value, TYPES[kind]) or (kind in {"number", "integer"} and isinstance(value, bool))
    ):
        return [f"{where}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        return [f"{where}: too long"]
    if isinstance(value, list):
        return [
            found
            for at, one in enumerate(value)
            for found in problems(schemas, schema["items"], one, f"{where}[{at}]")
        ]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        strange = [
            f"{where}.{name}: not in the schema" for name in value if name not in known and name not in BEYOND
        ]
        return strange + [
            found
            for name in value
            if name in known
            for found in problems(schemas, known[name], value[name], f"{where}.{name}")
        ]
    return []


def check(schemas, name, body):
    assert body[name]
    found = problems(schemas, schemas[name], {name: body[name]}, name)
    assert not found, "\n".join(found)


def test_answers_about_documents_fit_the_schemas(xero, schemas, line):
    contact = xero.contact(
        EmailAddress="books@acme.example",
        ContactNumber="7",
        ContactPersons=[{"FirstName": "Ann", "EmailAddress": "ann@acme.example", "IncludeInEmails": True}],
        DefaultCurrency="EUR",
        PaymentTerms={"Sales": {"Day": 14, "Type": "DAYSAFTERBILLDATE"}},
    )
    lines = [
        line(Tracking=[{"Name": "Region", "Option": "North"}], DiscountRate=5),
        {"Description": "Thank you"},
    ]
    fields = {
        "Contact": {"ContactID": contact},
        "Reference": "PO",
        "Url": "https://example.com",
        "LineItems": lines,
    }
    body = xero.put("/Invoices", xero.approved(**fields)).json()
    check(schemas, "Invoices", body)
    invoice = body["Invoices"][0]["InvoiceID"]
    check(schemas, "Payments", xero.pay(invoice, "114.95", Reference="bank").json())
    check(schemas, "Payments", xero.get("/Payments", page=1).json())
    for query in ({}, {"page": 1}, {"summaryOnly": "true"}):
        check(schemas, "Invoices", xero.get("/Invoices", **query).json())
        check(schemas, "Contacts", xero.get("/Contacts", **query).json())
    read = xero.get(f"/Invoices/{invoice}").json()
    assert read["Invoices"][0]["Status"] == "PAID"
    check(schemas, "Invoices", read)
    check(schemas, "Contacts", xero.get(f"/Contacts/{contact}").json())
    check(schemas, "HistoryRecords", xero.get(f"/Invoices/{invoice}/History").json())
    check(schemas, "OnlineInvoices", xero.get(f"/Invoices/{invoice}/OnlineInvoice").json())
    pagination = xero.get("/Invoices", page=1).json()["pagination"]
    assert not problems(schemas, schemas["Pagination"], pagination, "pagination")


def test_refused_elements_fit_the_schemas_too(xero, schemas):
    refused = xero.put("/Invoices", xero.draft(LineItems=[]), summarizeErrors="false").json()
    check(schemas, "Invoices", refused)
    refused = xero.put("/Contacts", {"Name": " "}, summarizeErrors="false").json()
    check(schemas, "Contacts", refused)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/Accounts", "Accounts"),
        ("/TaxRates", "TaxRates"),
        ("/TrackingCategories", "TrackingCategories"),
        ("/Currencies", "Currencies"),
        ("/BrandingThemes", "BrandingThemes"),
        ("/Organisation", "Organisations"),
        ("/Organisation/Actions", "Actions"),
    ],
)
def test_books_fit_the_schemas(xero, schemas, path, name):
    check(schemas, name, xero.get(path).json())
