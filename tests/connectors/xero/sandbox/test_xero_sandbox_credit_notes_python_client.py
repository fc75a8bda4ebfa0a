"""Credit notes as Xero's own client library for Python sees them: an independent reader of our answers."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    AccountingApi,
    Allocation,
    Allocations,
    Contact,
    CreditNote,
    CreditNotes,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    LineItem,
    LineItemTracking,
    Payment,
    Payments,
)
from xero_python.exceptions import AccountingBadRequestException

from tests.connectors.xero.sandbox.xero_sandbox_kit import Xero


def credit_note(contact_id: str, **fields: Any) -> CreditNote:
    line = LineItem(
        description="Advice, credited",
        quantity=Decimal("2.5"),
        unit_amount=Decimal("10.1234"),
        account_code="200",
        tracking=[LineItemTracking(name="Region", option="North")],
    )
    return CreditNote(
        **{
            "type": "ACCRECCREDIT",
            "contact": Contact(contact_id=contact_id),
            "status": "AUTHORISED",
            "date": datetime.date(2026, 9, 20),
            "line_items": [line],
            "reference": "PO 7",
            **fields,
        }
    )


def test_credit_notes_are_made_changed_listed_and_read_back(
    api: AccountingApi, tenant: str, xero: Xero
) -> None:
    body = CreditNotes(credit_notes=[credit_note(xero.contact())])
    made = api.create_credit_notes(tenant, body, unitdp=4, idempotency_key="c1")
    assert api.create_credit_notes(tenant, body, unitdp=4, idempotency_key="c1") == made
    key = made.credit_notes[0].credit_note_id
    read = api.get_credit_note(tenant, key, unitdp=4).credit_notes[0]
    assert (read.sub_total, read.total_tax, read.total) == (
        Decimal("25.31"),
        Decimal("5.32"),
        Decimal("30.63"),
    )
    assert (read.remaining_credit, read.date) == (Decimal("30.63"), datetime.date(2026, 9, 20))
    assert read.line_items[0].unit_amount == Decimal("10.1234")
    assert read.line_items[0].tracking[0].option == "North"
    changed = CreditNotes(credit_notes=[CreditNote(credit_note_id=key, reference="PO 8")])
    assert api.update_credit_note(tenant, key, changed).credit_notes[0].reference == "PO 8"
    listed = api.get_credit_notes(
        tenant, where='Reference=="PO 8"', order="CreditNoteID", page=1, page_size=10, unitdp=4
    )
    assert listed.pagination.item_count == 1
    assert [one.credit_note_id for one in listed.credit_notes] == [key]
    since = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
    assert api.get_credit_notes(tenant, if_modified_since=since).credit_notes == []


def test_credit_note_is_allocated_refunded_noted_and_given_back(
    api: AccountingApi, tenant: str, xero: Xero
) -> None:
    key, invoice = xero.credit_note()["CreditNoteID"], xero.invoice()["InvoiceID"]
    wanted = Allocation(
        amount=Decimal("60.5"), invoice=Invoice(invoice_id=invoice), date=datetime.date(2026, 9, 20)
    )
    body = Allocations(allocations=[wanted])
    made = api.create_credit_note_allocation(tenant, key, body, idempotency_key="a1").allocations[0]
    assert (made.amount, made.invoice.invoice_id) == (Decimal("60.5"), invoice)
    credited = api.get_invoice(tenant, invoice).invoices[0]
    assert (credited.amount_credited, credited.amount_paid) == (Decimal("60.5"), 0)
    (stub,) = credited.credit_notes
    assert (stub.credit_note_id, stub.applied_amount) == (key, Decimal("60.5"))
    refund = Payment(
        credit_note=CreditNote(credit_note_id=key),
        account=Account(code="090"),
        amount=Decimal("60.5"),
        date=datetime.date(2026, 9, 21),
    )
    paid = api.create_payments(tenant, Payments(payments=[refund])).payments[0]
    assert paid.payment_type == "ARCREDITPAYMENT"
    used = api.get_credit_note(tenant, key).credit_notes[0]
    assert (used.status, used.remaining_credit, len(used.allocations)) == ("PAID", 0, 1)
    gone = api.delete_credit_note_allocations(tenant, key, used.allocations[0].allocation_id)
    assert (gone.is_deleted, gone.allocation_id) == (True, made.allocation_id)
    assert api.get_invoice(tenant, invoice).invoices[0].amount_due == 121
    note = HistoryRecords(history_records=[HistoryRecord(details="noted")])
    api.create_credit_note_history(tenant, key, note)
    assert "noted" in {one.details for one in api.get_credit_note_history(tenant, key).history_records}


def test_refusals_arrive_as_the_library_expects_them(api: AccountingApi, tenant: str, xero: Xero) -> None:
    body = CreditNotes(credit_notes=[credit_note(xero.contact(), line_items=[])])
    with pytest.raises(AccountingBadRequestException) as caught:
        api.create_credit_notes(tenant, body, summarize_errors=True)
    assert caught.value.error_data["Type"] == "ValidationException"
    kept = api.create_credit_notes(tenant, body, summarize_errors=False).credit_notes[0]
    assert kept.has_errors is True
    assert kept.validation_errors[0].message == "One or more line items must be specified"
