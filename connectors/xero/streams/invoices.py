"""Sales invoices with their lines (API-FACTS 6 and 8)."""

from connectors.xero.streams.words import BOOL, DATE, DECIMAL, INSTANT, TEXT, key, shown, text, value, word
from engine.sdk import Stream, list_of, obj

TRACKING = obj(
    {
        "Name": text("The tracking category's name.", 100),
        "Option": text("The option's name.", 100),
        "TrackingCategoryID": text("The category's id, instead of its name."),
        "TrackingOptionID": text("The option's id, instead of its name."),
    }
)
LINE = obj(
    {
        "LineItemID": text("The line's id; sent on an update, that line is changed, else it is a new one."),
        "Description": text("What the line is for.", 4000),
        "Quantity": value(DECIMAL, "How many."),
        "UnitAmount": value(DECIMAL, "Price of one, up to four decimals."),
        "ItemCode": text("An item of Xero's price list; brings its own defaults."),
        "AccountCode": text("The account's code; an active one that is fit for sales.", 10),
        "AccountID": text("The account's id, instead of its code."),
        "TaxType": text("The key of a tax rate; the account's own if left out."),
        "TaxAmount": value(DECIMAL, "Tax of the line, instead of the one that Xero computes."),
        "LineAmount": value(DECIMAL, "Quantity times price less discount; Xero checks it."),
        "DiscountRate": value(DECIMAL, "Discount in per cent."),
        "DiscountAmount": value(DECIMAL, "Discount as an amount; needs UnitAmount."),
        "Tracking": value(list_of(TRACKING), "Up to two tracking options, by name or id."),
    }
)
CONTACT = obj(
    {
        "ContactID": text("The contact's id: the only member to send, as others change the contact itself."),
        "Name": shown(TEXT, "Its name."),
        "ContactNumber": shown(TEXT, "Its number in an outside system."),
        "AccountNumber": shown(TEXT, "Its account number."),
        "EmailAddress": shown(TEXT, "Its e-mail address."),
        "ContactStatus": shown(TEXT, "Whether it is active."),
    }
)
PAYMENT = obj(
    {
        "PaymentID": shown(TEXT, "The payment's id."),
        "Date": shown(DATE, "When it was paid."),
        "Amount": shown(DECIMAL, "How much of it, in the invoice's currency."),
        "Reference": shown(TEXT, "What the payer wrote."),
        "CurrencyRate": shown(DECIMAL, "The rate of that day."),
    }
)
CREDIT = obj(
    {
        "CreditNoteID": shown(TEXT, "The credit note's id."),
        "CreditNoteNumber": shown(TEXT, "Its number."),
        "Date": shown(DATE, "Its date."),
        "AppliedAmount": shown(DECIMAL, "How much of it was set against this invoice."),
        "Total": shown(DECIMAL, "Its total."),
    }
)

INVOICES = Stream(
    name="invoices",
    doc="Sales invoices (ACCREC); bills are left out.",
    key="InvoiceID",
    title="InvoiceNumber",
    creates=True,
    updates=True,
    actions=("email",),
    batch_size=50,
    match_fields=("InvoiceID", "Reference", "InvoiceNumber", "Contact.ContactID", "Date"),
    dated_by="Date",
    compared=("SubTotal", "TotalTax", "Total"),
    currency="CurrencyCode",
    moving=("Status", "SentToContact"),
    natural_key=("InvoiceNumber", "Reference", "Contact.ContactID", "Date"),
    fields={
        "InvoiceID": key("Xero's own id."),
        "Type": word("ACCREC is a sales invoice.", "ACCREC", "ACCPAY", required=True),
        "InvoiceNumber": text(
            "Unique over sales invoices, printable ASCII; left out, the next of the organisation's own.", 255
        ),
        "Reference": text("A further reference; need not be unique.", 255),
        "Contact": value(CONTACT, "Whom the invoice is for.", required=True),
        "Date": value(DATE, "The invoice's date; today if left out."),
        "DueDate": value(DATE, "When it is to be paid; needed to approve."),
        "ExpectedPaymentDate": value(DATE, "When payment is expected."),
        "LineAmountTypes": word(
            "Whether line amounts hold tax; Exclusive if left out.", "Exclusive", "Inclusive", "NoTax"
        ),
        "LineItems": value(list_of(LINE), "Lines; an update drops those left out.", required=True),
        "CurrencyCode": text("An enabled currency; the organisation's own if left out.", 3),
        "CurrencyRate": value(DECIMAL, "Up to six decimals; the rate of the day if left out."),
        "Status": word(
            "DRAFT if left out. PAID is set by Xero alone.",
            "DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED",
        ),
        "Url": text('Shown as "Go to …"; may not contain "xero".'),
        "BrandingThemeID": text("The look of the document; the default one if left out."),
        "SentToContact": value(BOOL, "Marked as sent; on approved invoices only."),
        "SubTotal": shown(DECIMAL, "Total without tax."),
        "TotalTax": shown(DECIMAL, "Tax, computed and rounded for each line."),
        "Total": shown(DECIMAL, "Total with tax."),
        "TotalDiscount": shown(DECIMAL, "Sum of the lines' discounts."),
        "AmountDue": shown(DECIMAL, "What is still to be paid."),
        "AmountPaid": shown(DECIMAL, "Sum of the payments."),
        "AmountCredited": shown(DECIMAL, "Sum of credit notes, overpayments and prepayments set against it."),
        "FullyPaidOnDate": shown(DATE, "When it was paid in full."),
        "IsDiscounted": shown(BOOL, "Whether a line has a discount."),
        "HasAttachments": shown(BOOL, "Whether files are attached."),
        "Payments": shown(list_of(PAYMENT), "The payments, where there are any."),
        "CreditNotes": shown(list_of(CREDIT), "The credit notes set against it."),
        "UpdatedDateUTC": shown(INSTANT, "When it last changed; not every change counts."),
    },
)  # fmt: skip
