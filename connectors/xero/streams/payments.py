"""Payments, for reading (connectors/xero/API.md, 12)."""

from connectors.xero.resource import Resource
from connectors.xero.streams.words import BOOL, DATE, DECIMAL, INSTANT, TEXT, enum, key, shown, up_to
from engine.sdk import Stream, obj

INVOICE = obj(
    {
        "InvoiceID": shown(TEXT, "The invoice's id."),
        "InvoiceNumber": shown(up_to(255), "The invoice's number."),
        "Type": shown(enum("ACCREC", "ACCPAY"), "ACCREC is a sales invoice."),
        "CurrencyCode": shown(up_to(3), "The invoice's currency."),
    }
)
CREDIT_NOTE = obj(
    {
        "CreditNoteID": shown(TEXT, "The credit note's id."),
        "CreditNoteNumber": shown(up_to(255), "The credit note's number."),
        "Type": shown(enum("ACCRECCREDIT", "ACCPAYCREDIT"), "ACCRECCREDIT is a sales credit note."),
        "CurrencyCode": shown(up_to(3), "The credit note's currency."),
    }
)
PREPAYMENT = obj({"PrepaymentID": shown(TEXT, "The prepayment's id.")})
OVERPAYMENT = obj({"OverpaymentID": shown(TEXT, "The overpayment's id.")})
ACCOUNT = obj(
    {
        "AccountID": shown(TEXT, "The account's id."),
        "Code": shown(up_to(10), "The account's code, if it has one."),
    }
)
TYPES = (
    "ACCRECPAYMENT",
    "ACCPAYPAYMENT",
    "ARCREDITPAYMENT",
    "APCREDITPAYMENT",
    "AROVERPAYMENTPAYMENT",
    "ARPREPAYMENTPAYMENT",
    "APPREPAYMENTPAYMENT",
    "APOVERPAYMENTPAYMENT",
)

PAYMENTS = Resource(
    path="Payments",
    order="PaymentId",
    stream=Stream(
        name="payments",
        doc="Payments of invoices and refunds of credit notes.",
        key="PaymentID",
        title="Reference",
        date="Date",
        fields={
            "PaymentID": key("Xero's own id."),
            "PaymentType": shown(
                enum(*TYPES), "ACCRECPAYMENT pays a sales invoice, ARCREDITPAYMENT refunds a credit note."
            ),
            "Status": shown(enum("AUTHORISED", "DELETED"), "DELETED: the payment was reversed."),
            "Date": shown(DATE, "When it was paid."),
            "Amount": shown(DECIMAL, "How much, in the document's currency."),
            "BankAmount": shown(DECIMAL, "How much, in the bank account's currency."),
            "CurrencyRate": shown(DECIMAL, "The rate of that day."),
            "Reference": shown(TEXT, "The payer's reference."),
            "IsReconciled": shown(BOOL, "Whether it is matched with the bank."),
            "BatchPaymentID": shown(TEXT, "The batch payment it is part of."),
            "Invoice": shown(INVOICE, "The invoice it pays."),
            "CreditNote": shown(CREDIT_NOTE, "The credit note it refunds."),
            "Prepayment": shown(PREPAYMENT, "The prepayment it refunds."),
            "Overpayment": shown(OVERPAYMENT, "The overpayment it refunds."),
            "Account": shown(ACCOUNT, "The bank account, or another account that accepts payments."),
            "UpdatedDateUTC": shown(INSTANT, "When it last changed."),
            "UpdatedDateUTCString": shown(INSTANT, "The same moment, to the second."),
        },
    ),
)
