"""Sales invoices with their lines (connectors/xero/API.md, 6 to 8)."""

from connectors.xero.resource import Document, Resource
from connectors.xero.standing import APPLIED, invoice_standing, is_unclear, settled_by
from connectors.xero.streams.documents import (
    APPROVAL,
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
from connectors.xero.streams.words import (
    ASCII,
    BOOL,
    DATE,
    DECIMAL,
    TEXT,
    URL,
    enum,
    key,
    shown,
    text,
    value,
    word,
)
from engine.sdk import Action, Field, Stream, Type, list_of, obj

DISCOUNTED_LINE = obj(
    {
        **LINE,
        "DiscountRate": value(DECIMAL, "Discount in percent; sales invoices only."),
        "DiscountAmount": value(DECIMAL, "Discount as an amount; needs UnitAmount."),
        "Tracking": TRACKED,
    }
)


def _applied(**ids: str) -> Type:
    """Something else than money that was set against an invoice."""
    return obj(
        {
            **{name: shown(TEXT, doc) for name, doc in ids.items()},
            "Date": shown(DATE, "The document's date."),
            "AppliedAmount": shown(DECIMAL, "How much of it was allocated to this invoice."),
            "Total": shown(DECIMAL, "The document's total."),
        }
    )


CREDIT = _applied(CreditNoteID="The credit note's id.", CreditNoteNumber="The credit note's number.")
PREPAYMENT = _applied(PrepaymentID="The prepayment's id.")
OVERPAYMENT = _applied(OverpaymentID="The overpayment's id.")

_IDENTIFYING = ("InvoiceID", "InvoiceNumber", "Reference", "Contact.ContactID", "Date")

INVOICES = Resource(
    path="Invoices",
    order="InvoiceId",
    searchable=_IDENTIFYING,
    folded=("InvoiceNumber", "Reference"),
    in_terms=("Reference", "InvoiceNumber"),
    id_params={"InvoiceID": "IDs", "Contact.ContactID": "ContactIDs"},
    identifying=_IDENTIFYING,
    unique=("InvoiceNumber",),
    exists=document_exists,
    unclear=is_unclear,
    by_id_lists=APPLIED,
    currency="CurrencyCode",
    document=Document(
        "ACCREC",
        invoice_standing,
        negative="an invoice total cannot be negative ({0}); send it as a credit note",
    ),
    view="/AccountsReceivable/View.aspx?InvoiceID=",
    stream=Stream(
        name="invoices",
        doc="Sales invoices (ACCREC); bills are left out.",
        key="InvoiceID",
        title="InvoiceNumber",
        creates=True,
        updates=True,
        actions={
            "email": Action(
                "Xero e-mails it to this address, which becomes the contact's.",
                to=Field(TEXT, "The address; the first, if there are several.", personal=True),
                mails=True,
                waits=APPROVAL,
            ),
            "email_contact": Action(
                "Xero e-mails it to the address that its contact has.",
                to=Field(TEXT, "Held if it would go to another address than this.", personal=True),
                mails=True,
                undirected=True,
                waits=APPROVAL,
            ),
        },
        batch_size=50,
        match_fields=("InvoiceID", "Reference", "InvoiceNumber", "Contact.ContactID", "Date"),
        date="Date",
        control_totals=("SubTotal", "TotalTax", "Total"),
        currency="CurrencyCode",
        approval=APPROVAL,
        server_managed=("Status", "SentToContact"),
        natural_key=("InvoiceNumber", "Reference", "Contact.ContactID", "Date"),
        computed={"settled_by": settled_by},
        fields={
            "InvoiceID": key("Xero's own id."),
            "Type": word("ACCREC is a sales invoice.", "ACCREC", "ACCPAY", required=True),
            "InvoiceNumber": text(
                "Unique among sales invoices, printable ASCII; the organisation's next number if left out.",
                255,
                form=ASCII,
            ),
            "Reference": text("A further reference; need not be unique.", 255),
            "Contact": value(CONTACT, "The customer.", required=True),
            "Date": value(DATE, "Invoice date; if left out, today in the organisation's time zone."),
            "DueDate": value(DATE, "When it is due; required for approval."),
            "ExpectedPaymentDate": value(DATE, "When payment is expected."),
            "LineAmountTypes": LINE_AMOUNT_TYPES,
            "LineItems": value(
                list_of(DISCOUNTED_LINE),
                "The lines; an update removes those that it leaves out.",
                required=True,
            ),
            **CURRENCY,
            "Status": STATUS,
            "Url": text('Shown as "Go to …"; may not contain "xero".', form=URL),
            "BrandingThemeID": THEME,
            "SentToContact": value(BOOL, "Marked as sent; approved invoices only."),
            **SUMS,
            "TotalDiscount": shown(DECIMAL, "Sum of the lines' discounts."),
            "AmountDue": shown(DECIMAL, "The amount still due."),
            "AmountPaid": shown(DECIMAL, "Sum of the payments."),
            "AmountCredited": shown(DECIMAL, "Sum of allocated credit notes, overpayments and prepayments."),
            "FullyPaidOnDate": shown(DATE, "When it was fully paid; otherwise absent."),
            "IsDiscounted": shown(BOOL, "Whether a line has a discount."),
            "Payments": shown(list_of(PAYMENT), "The payments, if any."),
            "CreditNotes": shown(list_of(CREDIT), "The credit notes allocated to it."),
            "Prepayments": shown(list_of(PREPAYMENT), "The prepayments allocated to it."),
            "Overpayments": shown(list_of(OVERPAYMENT), "The overpayments allocated to it."),
            "settled_by": shown(
                enum("money", "credit", "both", "none"),
                "With what it was settled so far: money (payments, prepayments, overpayments), credit "
                "(credit notes), both, or none; absent if Xero does not show it.",
            ),
            **KEPT,
        },
    ),
)
