"""What invoices and credit notes have in common: lines, contact, terms, sums
(connectors/xero/API.md, 6, 7 and 9)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.xero.streams.words import (
    BOOL,
    DATE,
    DECIMAL,
    INSTANT,
    SEVERAL_LINES,
    TEXT,
    decimal,
    enum,
    named,
    shown,
    text,
    up_to,
    value,
    who,
    word,
)
from engine.sdk import Field, Waits, list_of, obj


def document_exists(values: Mapping[str, Any]) -> bool:
    return values.get("Status") not in ("VOIDED", "DELETED")


STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
# Xero would e-mail a submitted invoice, but a customer is to see only what was approved.
UNAPPROVED = ("DRAFT", "SUBMITTED")
APPROVAL = Waits("Status", UNAPPROVED, "a person approves it", initial="DRAFT")

# The largest that Xero takes (connectors/xero/API.md, 6).
QUANTITY, LARGEST = Decimal("9999999999999"), Decimal("9999999999.99")
RATE = Decimal("999999999999.999999")
TRACKING = obj(
    {
        "Name": named(text("The tracking category's name.", 100), "TrackingCategoryID"),
        "Option": named(text("The option's name.", 100), "TrackingOptionID"),
        "TrackingCategoryID": text("The category's id, instead of its name."),
        "TrackingOptionID": text("The option's id, instead of its name."),
    }
)
LINE: Mapping[str, Field] = {
    "LineItemID": text("The line's id. In an update, a line with an id is changed, one without is new."),
    "Description": text("What the line is for; a line may consist of it alone.", 4000, form=SEVERAL_LINES),
    "Quantity": value(decimal(4, QUANTITY), "Quantity, up to 13 digits and four decimals."),
    "UnitAmount": value(decimal(4), "Unit price, up to four decimals."),
    "ItemCode": text("An item of Xero's price list; brings its own description, price, account and tax.", 30),
    "AccountCode": named(
        text("Code of an active account for sales; required for approval.", 10), "AccountID"
    ),
    "AccountID": text("The account's id, instead of its code."),
    "TaxType": text("The key of a tax rate; the account's own if left out."),
    "TaxAmount": value(decimal(2), "Tax of the line, instead of the one that Xero computes."),
    "LineAmount": value(
        decimal(2, LARGEST),
        "Quantity times price, less any discount, up to 9,999,999,999.99; Xero checks it. It can replace a "
        "missing quantity or price.",
    ),
}
TRACKED = value(list_of(TRACKING, 2), "Up to two tracking options, by name or id.")
CONTACT = obj(
    {
        "ContactID": text("The contact's id. Send no other member: it would change the contact."),
        "Name": who(shown(up_to(255), "The contact's name.")),
        "ContactNumber": shown(up_to(50), "The contact's number in an external system."),
        "AccountNumber": shown(up_to(50), "The contact's account number."),
        "EmailAddress": who(shown(up_to(255), "The contact's e-mail address.")),
        "ContactStatus": shown(enum("ACTIVE", "ARCHIVED", "GDPRREQUEST"), "Whether it is active."),
    }
)
PAYMENT = obj(
    {
        "PaymentID": shown(TEXT, "The payment's id."),
        "Date": shown(DATE, "When it was paid."),
        "Amount": shown(DECIMAL, "How much of it, in the document's currency."),
        "Reference": shown(TEXT, "The payer's reference."),
        "CurrencyRate": shown(DECIMAL, "The rate of that day."),
    }
)

LINE_AMOUNT_TYPES = word(
    "Whether line amounts include tax; Exclusive if left out.", "Exclusive", "Inclusive", "NoTax"
)
STATUS = word("DRAFT if left out. Only Xero sets PAID; VOIDED and DELETED are final.", *STATUSES)
CURRENCY: Mapping[str, Field] = {
    "CurrencyCode": text("An enabled currency; the organisation's own if left out.", 3),
    "CurrencyRate": value(
        decimal(6, RATE), "Up to 18 digits and six decimals; the rate of the day if left out."
    ),
}
THEME = text("The branding theme; the default one if left out.")
SUMS: Mapping[str, Field] = {
    "SubTotal": shown(DECIMAL, "Total without tax."),
    "TotalTax": shown(DECIMAL, "Tax, computed and rounded for each line."),
    "Total": shown(DECIMAL, "Total with tax."),
}
KEPT: Mapping[str, Field] = {
    "HasAttachments": shown(BOOL, "Whether files are attached."),
    "UpdatedDateUTC": shown(INSTANT, "When it last changed; not every change updates it."),
    "UpdatedDateUTCString": shown(INSTANT, "The same moment, to the second."),
}
