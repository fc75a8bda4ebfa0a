"""Answers about credit notes, held against Xero's OpenAPI file."""

from tests.connectors.xero.openapi_kit import check, problems, read_schemas
from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Xero


def test_answers_about_credit_notes_fit_the_schemas(xero: Xero, line: MakeLine) -> None:
    lines = [line(Tracking=[{"Name": "Region", "Option": "North"}]), {"Description": "Sorry"}]
    made = xero.put("/CreditNotes", xero.credit(Reference="PO", LineItems=lines)).json()
    check("CreditNotes", made)
    key, invoice = made["CreditNotes"][0]["CreditNoteID"], xero.invoice()["InvoiceID"]
    check("Allocations", xero.allocate(key, invoice, "21.50").json())
    refund = {"CreditNote": {"CreditNoteID": key}, "Account": {"Code": "090"}, "Amount": "99.50"}
    check("Payments", xero.put("/Payments", refund).json())
    check("Payments", xero.get("/Payments", page=1).json())
    for query in ({}, {"page": 1}):
        check("CreditNotes", xero.get("/CreditNotes", **query).json())
    read = xero.get(f"/CreditNotes/{key}").json()
    assert read["CreditNotes"][0]["Status"] == "PAID"
    check("CreditNotes", read)
    check("Invoices", xero.get(f"/Invoices/{invoice}").json())
    check("HistoryRecords", xero.get(f"/CreditNotes/{key}/History").json())
    gone = xero.deallocate(key, read["CreditNotes"][0]["Allocations"][0]["AllocationID"]).json()
    assert problems(read_schemas()["Allocation"], gone, "Allocation") == []


def test_refused_elements_fit_the_schemas_too(xero: Xero) -> None:
    refused = xero.put("/CreditNotes", xero.credit(LineItems=[]), summarizeErrors="false").json()
    check("CreditNotes", refused)
    key, invoice = xero.credit_note()["CreditNoteID"], xero.invoice()["InvoiceID"]
    wanted = {"Amount": 999, "Invoice": {"InvoiceID": invoice}, "Date": "2026-09-14"}
    answer = xero.put(f"/CreditNotes/{key}/Allocations", wanted, summarizeErrors="false").json()
    check("Allocations", answer)
    assert answer["Allocations"][0]["ValidationErrors"]
