"""Payments, for reading (API-FACTS 12)."""

from connectors.xero.streams.words import BOOL, DATE, DECIMAL, INSTANT, TEXT, key, shown
from engine.sdk import Stream, obj

INVOICE = obj(
    {
        "InvoiceID": shown(TEXT, "The invoice's id."),
        "InvoiceNumber": shown(TEXT, "Its number."),
        "Type": shown(TEXT, "ACCREC is a sales invoice."),
        "CurrencyCode": shown(TEXT, "Its currency."),
    }
)
CREDIT_NOTE = obj(
    {
        "CreditNoteID": shown(TEXT, "The credit note's id."),
        "CreditNoteNumber": shown(TEXT, "Its number."),
    }
)
ACCOUNT = obj(
    {"AccountID": shown(TEXT, "The account's id."), "Code": shown(TEXT, "Its code, if it has one.")}
)

PAYMENTS = Stream(
    name="payments",
    doc="Payments of invoices and refunds of credit notes.",
    key="PaymentID",
    title="Reference",
    dated_by="Date",
    fields={
        "PaymentID": key("Xero's own id."),
        "PaymentType": shown(
            TEXT, "ACCRECPAYMENT pays a sales invoice, ARCREDITPAYMENT refunds a credit note."
        ),
        "Status": shown(TEXT, "AUTHORISED or DELETED."),
        "Date": shown(DATE, "When it was paid."),
        "Amount": shown(DECIMAL, "How much, in the document's currency."),
        "BankAmount": shown(DECIMAL, "How much, in the bank account's currency."),
        "CurrencyRate": shown(DECIMAL, "The rate of that day."),
        "Reference": shown(TEXT, "What the payer wrote."),
        "IsReconciled": shown(BOOL, "Whether it is matched with the bank."),
        "BatchPaymentID": shown(TEXT, "The batch payment it is part of."),
        "Invoice": shown(INVOICE, "The invoice it pays."),
        "CreditNote": shown(CREDIT_NOTE, "The credit note it refunds."),
        "Account": shown(ACCOUNT, "The bank account."),
        "UpdatedDateUTC": shown(INSTANT, "When it last changed."),
    },
)
