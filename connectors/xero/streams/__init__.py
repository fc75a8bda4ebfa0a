"""Xero's records under Xero's own names (connectors/xero/API.md, 6 and 8 to 12).

A new stream is one `Resource` in a file here, listed in RESOURCES.
"""

from connectors.xero.streams.advances import OVERPAYMENTS, PREPAYMENTS
from connectors.xero.streams.contacts import CONTACTS
from connectors.xero.streams.credit_notes import CREDIT_NOTES
from connectors.xero.streams.invoices import INVOICES
from connectors.xero.streams.payments import PAYMENTS
from connectors.xero.streams.reference import ACCOUNTS, CURRENCIES, ORGANISATION, TAX_RATES, TRACKING

RESOURCES = {
    resource.stream.name: resource
    for resource in (
        CONTACTS,
        INVOICES,
        CREDIT_NOTES,
        PAYMENTS,
        PREPAYMENTS,
        OVERPAYMENTS,
        ACCOUNTS,
        TAX_RATES,
        TRACKING,
        CURRENCIES,
        ORGANISATION,
    )
}
STREAMS = tuple(resource.stream for resource in RESOURCES.values())

__all__ = [
    "ACCOUNTS",
    "CONTACTS",
    "CREDIT_NOTES",
    "CURRENCIES",
    "INVOICES",
    "ORGANISATION",
    "OVERPAYMENTS",
    "PAYMENTS",
    "PREPAYMENTS",
    "RESOURCES",
    "STREAMS",
    "TAX_RATES",
    "TRACKING",
]
