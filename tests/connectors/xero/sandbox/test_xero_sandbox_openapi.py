"""Answers held against Xero's OpenAPI file: every member is known there and of its type."""

import pytest

from tests.connectors.xero.openapi_kit import check, problems, read_schemas
from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Xero


def test_answers_about_documents_fit_the_schemas(xero: Xero, line: MakeLine) -> None:
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
    check("Invoices", body)
    invoice = body["Invoices"][0]["InvoiceID"]
    check("Payments", xero.pay(invoice, "114.95", Reference="bank").json())
    check("Payments", xero.get("/Payments", page=1).json())
    for query in ({}, {"page": 1}, {"summaryOnly": "true"}):
        check("Invoices", xero.get("/Invoices", **query).json())
        check("Contacts", xero.get("/Contacts", **query).json())
    read = xero.get(f"/Invoices/{invoice}").json()
    assert read["Invoices"][0]["Status"] == "PAID"
    check("Invoices", read)
    check("Contacts", xero.get(f"/Contacts/{contact}").json())
    check("HistoryRecords", xero.get(f"/Invoices/{invoice}/History").json())
    check("OnlineInvoices", xero.get(f"/Invoices/{invoice}/OnlineInvoice").json())
    pagination = xero.get("/Invoices", page=1).json()["pagination"]
    assert not problems(read_schemas()["Pagination"], pagination, "pagination")


def test_refused_elements_fit_the_schemas_too(xero: Xero) -> None:
    refused = xero.put("/Invoices", xero.draft(LineItems=[]), summarizeErrors="false").json()
    check("Invoices", refused)
    refused = xero.put("/Contacts", {"Name": " "}, summarizeErrors="false").json()
    check("Contacts", refused)


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
def test_books_fit_the_schemas(xero: Xero, path: str, name: str) -> None:
    check(name, xero.get(path).json())
