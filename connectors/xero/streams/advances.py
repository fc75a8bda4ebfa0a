"""Money paid in advance, for reading: prepayments and overpayments (connectors/xero/API.md, 12)."""

from __future__ import annotations

from connectors.xero.resource import Resource
from connectors.xero.streams.credit_notes import ALLOCATION
from connectors.xero.streams.documents import CONTACT, KEPT, PAYMENT, SUMS
from connectors.xero.streams.words import DATE, DECIMAL, TEXT, enum, key, shown, up_to
from engine.sdk import Stream, list_of


def _advance(of: str, doc: str, *types: str) -> Resource:
    noun = of.lower()
    return Resource(
        path=f"{of}s",
        order=f"{of}ID",
        currency="CurrencyCode",
        stream=Stream(
            name=f"{noun}s",
            doc=doc,
            key=f"{of}ID",
            title=f"{of}ID",
            date="Date",
            currency="CurrencyCode",
            fields={
                f"{of}ID": key("Xero's own id."),
                "Type": shown(enum(*types), f"RECEIVE-{of.upper()} is from a customer."),
                "Status": shown(enum("AUTHORISED", "PAID", "VOIDED"), "PAID: used up."),
                "Contact": shown(CONTACT, "The customer or supplier."),
                "Date": shown(DATE, "When it was paid."),
                "CurrencyCode": shown(up_to(3), "The currency."),
                "CurrencyRate": shown(DECIMAL, "The rate of that day."),
                "Reference": shown(TEXT, "A further reference."),
                **SUMS,
                "RemainingCredit": shown(DECIMAL, "What is left to be allocated or refunded."),
                "Allocations": shown(list_of(ALLOCATION), "What was allocated to which invoice."),
                "Payments": shown(list_of(PAYMENT), "The refunds."),
                **KEPT,
            },
        ),
    )


PREPAYMENTS = _advance(
    "Prepayment",
    "Money paid before there was an invoice. Allocated to one, it counts as money.",
    *("RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT", "ARPREPAYMENT", "APPREPAYMENT"),
)
OVERPAYMENTS = _advance(
    "Overpayment",
    "Money paid beyond what was due. Allocated to another invoice, it counts as money.",
    *("RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT", "AROVERPAYMENT"),
)
