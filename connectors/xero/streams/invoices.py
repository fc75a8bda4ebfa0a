"""Sales invoices with their lines (connectors/xero/API.md, 6 to 8)."""

from connectors.xero.resource import Document, Resource
from connectors.xero.standing import invoice_standing
from connectors.xero.streams.documents import (
    CONTACT,
    CURRENCY,
    KEPT,
    LINE,
    LINE_AMOUNT_TYPES,
    PAYMENT,
    STATUS,
    SUMS,
    THEME,
    TRACKED,
    document_exists,
)
from connectors.xero.streams.words import BOOL, DATE, DECIMAL, TEXT, key, shown, text, value, word
from engine.sdk import Stream, Type, list_of, obj

DISCOUNTED_LINE = obj(
    {
        **LINE,
        "DiscountRate": value(DECIMAL, "Discount in per cent; on sales invoices only."),
        "DiscountAmount": value(DECIMAL, "Discount as an amount; needs UnitAmount."),
        "Tracking": TRACKED,
    }
)


def _applied(**ids: str) -> Type:
    """Something else than money that was set against an invoice."""
    return obj(
        {
            **{name: shown(TEXT, doc) for name, doc in ids.items()},
            "Date": shown(DATE, "Its date."),
            "AppliedAmount": shown(DECIMAL, "How much of it was set against this invoice."),
            "Total": shown(DECIMAL, "Its total."),
        }
    )


CREDIT = _applied(CreditNoteID="The credit note's id.", CreditNoteNumber="Its number.")
PREPAYMENT = _applied(PrepaymentID="The prepayment's id.")
OVERPAYMENT = _applied(OverpaymentID="The overpayment's id.")

_IDENTIFYING = ("InvoiceID", "InvoiceNumber", "Reference", "Contact.ContactID", "Date")

INVOICES = Resource(
    path="Invoices",
    order="InvoiceId",
    searchable=_IDENTIFYING,
    id_params={"InvoiceID": "IDs", "Contact.ContactID": "ContactIDs"},
    identifying=_IDENTIFYING,
    exists=document_exists,
    currency="CurrencyCode",
    document=Document("ACCREC", invoice_standing, negative="an invoice of {0} is a credit note"),
    view="/AccountsReceivable/View.aspx?InvoiceID=",
    stream=Stream(
        name="invoices",
        doc="Sales invoices (ACCREC); bills are left out.",
        key="InvoiceID",
        title="InvoiceNumber",
        creates=True,
        updates=True,
        actions=("email",),
        batch_size=50,
        match_fields=("InvoiceID", "Reference", "InvoiceNumber", "Contact.ContactID", "Date"),
        date="Date",
        control_totals=("SubTotal", "TotalTax", "Total"),
        currency="CurrencyCode",
        server_managed=("Status", "SentToContact"),
        natural_key=("InvoiceNumber", "Reference", "Contact.ContactID", "Date"),
        fields={
            "InvoiceID": key("Xero's own id."),
            "Type": word("ACCREC is a sales invoice.", "ACCREC", "ACCPAY", required=True),
            "InvoiceNumber": text(
                "Unique over sales invoices, printable ASCII; left out, the next of the organisation's own.",
                255,
            ),
            "Reference": text("A further reference; need not be unique.", 255),
            "Contact": value(CONTACT, "Whom the invoice is for.", required=True),
            "Date": value(DATE, "The invoice's date; today, where the organisation is, if left out."),
            "DueDate": value(DATE, "When it is to be paid; needed to approve."),
            "ExpectedPaymentDate": value(DATE, "When payment is expected."),
            "LineAmountTypes": LINE_AMOUNT_TYPES,
            "LineItems": value(
                list_of(DISCOUNTED_LINE), "Lines; an update drops those left out.", required=True
            ),
            **CURRENCY,
            "Status": STATUS,
            "Url": text('Shown as "Go to …"; may not contain "xero".'),
            "BrandingThemeID": THEME,
            "SentToContact": value(BOOL, "Marked as sent; on approved invoices only."),
            **SUMS,
            "TotalDiscount": shown(DECIMAL, "Sum of the lines' discounts."),
            "AmountDue": shown(DECIMAL, "What is still to be paid."),
            "AmountPaid": shown(DECIMAL, "Sum of the payments."),
            "AmountCredited": shown(
                DECIMAL, "Sum of credit notes, overpayments and prepayments set against it."
            ),
            "FullyPaidOnDate": shown(DATE, "When it was paid in full; on such invoices only."),
            "IsDiscounted": shown(BOOL, "Whether a line has a discount."),
            "Payments": shown(list_of(PAYMENT), "The payments, where there are any."),
            "CreditNotes": shown(list_of(CREDIT), "The credit notes set against it."),
            "Prepayments": shown(list_of(PREPAYMENT), "The prepayments set against it."),
            "Overpayments": shown(list_of(OVERPAYMENT), "The overpayments set against it."),
            **KEPT,
        },
    ),
)
