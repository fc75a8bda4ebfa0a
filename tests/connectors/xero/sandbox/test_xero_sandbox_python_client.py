"""The sandbox as Xero's own client library for Python sees it: an independent reader of our answers."""

import datetime
from decimal import Decimal

import pytest
from xero_python.accounting import (
    Account,
    AccountingApi,
    Address,
    Contact,
    Contacts,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    LineItem,
    LineItemTracking,
    Payment,
    PaymentDelete,
    Payments,
    RequestEmpty,
)
from xero_python.exceptions import AccountingBadRequestException

from tests.connectors.xero.sandbox.xero_sandbox_kit import Xero


def test_contacts_and_invoices_are_made_and_read_back(api: AccountingApi, tenant: str) -> None:
    contact = Contact(
        name="Acme",
        email_address="books@acme.example",
        addresses=[Address(address_type="POBOX", city="Utrecht")],
    )
    made = api.create_contacts(tenant, Contacts(contacts=[contact]), idempotency_key="c1").contacts[0]
    assert api.get_contact(tenant, made.contact_id).contacts[0].name == "Acme"

    lines = [
        LineItem(
            description="Advice",
            quantity=Decimal("2.5"),
            unit_amount=Decimal("10.1234"),
            account_code="0200",
            tracking=[LineItemTracking(name="Region", option="North")],
        )
    ]
    invoice = Invoice(
        type="ACCREC",
        contact=Contact(contact_id=made.contact_id),
        status="AUTHORISED",
        date=datetime.date(2026, 9, 14),
        due_date=datetime.date(2026, 10, 14),
        line_items=lines,
        reference="PO 7",
    )
    answer = api.create_invoices(tenant, Invoices(invoices=[invoice]), unitdp=4, idempotency_key="i1")
    assert api.create_invoices(tenant, Invoices(invoices=[invoice]), unitdp=4, idempotency_key="i1") == answer
    created = answer.invoices[0]
    read = api.get_invoice(tenant, created.invoice_id, unitdp=4).invoices[0]
    assert (read.date, read.due_date) == (datetime.date(2026, 9, 14), datetime.date(2026, 10, 14))
    assert (read.sub_total, read.total_tax, read.total) == (
        Decimal("25.31"),
        Decimal("5.32"),
        Decimal("30.63"),
    )
    assert read.line_items[0].unit_amount == Decimal("10.1234")
    assert read.line_items[0].account_code == "0200"
    assert read.line_items[0].tracking[0].option == "North"
    assert read.updated_date_utc.tzinfo is not None

    listed = api.get_invoices(
        tenant, where='Status=="AUTHORISED"', page=1, page_size=10, statuses=["AUTHORISED"]
    )
    assert listed.pagination.item_count == 1
    assert [one.invoice_id for one in listed.invoices] == [created.invoice_id]
    since = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
    assert api.get_invoices(tenant, if_modified_since=since).invoices == []


def test_invoice_is_mailed_paid_noted_and_unpaid(api: AccountingApi, tenant: str, xero: Xero) -> None:
    invoice = xero.invoice()
    invoice_id = invoice["InvoiceID"]
    api.email_invoice(tenant, invoice_id, RequestEmpty(), idempotency_key="e1")
    assert len(xero.emails()) == 1
    payment = Payment(
        invoice=Invoice(invoice_id=invoice_id),
        account=Account(code="090"),
        amount=Decimal(121),
        date=datetime.date(2026, 11, 1),
    )
    made = api.create_payments(tenant, Payments(payments=[payment])).payments[0]
    paid = api.get_invoice(tenant, invoice_id).invoices[0]
    assert (paid.status, paid.amount_due, paid.fully_paid_on_date) == ("PAID", 0, datetime.date(2026, 11, 1))
    assert [one.amount for one in api.get_payments(tenant).payments] == [Decimal(121)]
    api.delete_payment(tenant, made.payment_id, PaymentDelete(status="DELETED"))
    assert api.get_invoice(tenant, invoice_id).invoices[0].status == "AUTHORISED"
    note = HistoryRecords(history_records=[HistoryRecord(details="noted")])
    api.create_invoice_history(tenant, invoice_id, note)
    assert "noted" in {one.details for one in api.get_invoice_history(tenant, invoice_id).history_records}
    assert api.get_online_invoice(tenant, invoice_id).online_invoices[0].online_invoice_url


def test_refusals_arrive_as_the_library_expects_them(api: AccountingApi, tenant: str, xero: Xero) -> None:
    invoice = Invoice(type="ACCREC", contact=Contact(contact_id=xero.contact()), line_items=[])
    with pytest.raises(AccountingBadRequestException) as caught:
        api.create_invoices(tenant, Invoices(invoices=[invoice]), summarize_errors=True)
    assert caught.value.error_data["Type"] == "ValidationException"
    kept = api.create_invoices(tenant, Invoices(invoices=[invoice]), summarize_errors=False).invoices[0]
    assert kept.has_errors is True
    assert kept.validation_errors[0].message == "One or more line items must be specified"


def test_books_are_read(api: AccountingApi, tenant: str) -> None:
    assert {account.code for account in api.get_accounts(tenant).accounts} >= {"200", "0200", "860"}
    assert {rate.tax_type for rate in api.get_tax_rates(tenant).tax_rates} >= {"OUTPUT2", "NONE"}
    assert api.get_organisations(tenant).organisations[0].base_currency.value == "EUR"
    assert api.get_organisation_actions(tenant).actions
    assert len(api.get_tracking_categories(tenant).tracking_categories) == 2
    assert len(api.get_currencies(tenant).currencies) == 3
    assert api.get_branding_themes(tenant).branding_themes[0].name == "Standard"
