"""Sales credit notes with their lines (connectors/xero/API.md, 9; 6 for what they share with invoices)."""

from connectors.xero.resource import Document, Resource
from connectors.xero.standing import credit_note_standing
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
    key,
    shown,
    text,
    up_to,
    value,
    word,
)
from engine.sdk import Action, Field, Stream, list_of, obj

CREDITED_LINE = obj({**LINE, "Tracking": TRACKED})
ALLOCATION = obj(
    {
        "AllocationID": shown(TEXT, "The allocation's id."),
        "Amount": shown(DECIMAL, "How much of the credit note was allocated to the invoice."),
        "Date": shown(DATE, "The later of the two documents' dates."),
        "Invoice": shown(
            obj(
                {
                    "InvoiceID": shown(TEXT, "The invoice's id."),
                    "InvoiceNumber": shown(up_to(255), "The invoice's number."),
                }
            ),
            "The invoice that it was allocated to.",
        ),
    }
)

_IDENTIFYING = ("CreditNoteID", "CreditNoteNumber", "Reference", "Contact.ContactID", "Date")

CREDIT_NOTES = Resource(
    path="CreditNotes",
    order="CreditNoteID",
    searchable=_IDENTIFYING,
    folded=("CreditNoteNumber", "Reference"),
    in_path=("CreditNoteNumber",),
    single_ids=True,
    identifying=_IDENTIFYING,
    unique=("CreditNoteNumber",),
    exists=document_exists,
    currency="CurrencyCode",
    document=Document(
        "ACCRECCREDIT",
        credit_note_standing,
        negative="credit note amounts must be positive; this one totals {0}",
    ),
    view="/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=",
    stream=Stream(
        name="credit_notes",
        doc="Sales credit notes (ACCRECCREDIT); those of suppliers are left out. They are never mailed.",
        key="CreditNoteID",
        title="CreditNoteNumber",
        creates=True,
        updates=True,
        batch_size=50,
        match_fields=("CreditNoteID", "Reference", "CreditNoteNumber", "Contact.ContactID", "Date"),
        date="Date",
        control_totals=("SubTotal", "TotalTax", "Total"),
        currency="CurrencyCode",
        approval=APPROVAL,
        server_managed=("Status",),
        actions={
            "allocate": Action(
                "Allocate it to the invoice that it credits, as far as both allow.",
                to=Field(
                    obj({"InvoiceID": text("The invoice's id.")}),
                    "the invoice that it credits",
                    required=True,
                ),
                certain=True,
                waits=APPROVAL,
                to_waits=APPROVAL,
                reopens=True,
                in_turn=True,
            )
        },
        natural_key=("CreditNoteNumber", "Reference", "Contact.ContactID", "Date"),
        fields={
            "CreditNoteID": key("Xero's own id."),
            "ID": shown(TEXT, "The same id again."),
            "Type": word(
                "ACCRECCREDIT is a sales credit note.", "ACCRECCREDIT", "ACCPAYCREDIT", required=True
            ),
            "CreditNoteNumber": text(
                "Unique among sales credit notes; the organisation's next number if left out.",
                255,
                form=ASCII,
            ),
            "Reference": text("A further reference; need not be unique.", 255),
            "Contact": value(CONTACT, "The customer.", required=True),
            "Date": value(DATE, "Credit note date; if left out, today in the organisation's time zone."),
            "LineAmountTypes": LINE_AMOUNT_TYPES,
            "LineItems": value(
                list_of(CREDITED_LINE),
                "The lines: positive amounts, no discounts; an update removes those that it leaves out.",
                required=True,
            ),
            **CURRENCY,
            "Status": STATUS,
            "BrandingThemeID": THEME,
            "SentToContact": shown(BOOL, "True if it is marked as sent in Xero; otherwise absent."),
            **SUMS,
            "RemainingCredit": shown(DECIMAL, "What is left to be allocated or refunded."),
            "FullyPaidOnDate": shown(DATE, "When it was used up; otherwise absent."),
            "Allocations": shown(list_of(ALLOCATION), "What was allocated to which invoice."),
            "Payments": shown(list_of(PAYMENT), "The refunds."),
            **KEPT,
        },
    ),
)
