"""Xero's records under Xero's own names (connectors/xero/API.md, 6 and 8 to 12)."""

from connectors.xero.streams.contacts import CONTACTS
from connectors.xero.streams.credit_notes import CREDIT_NOTES
from connectors.xero.streams.invoices import INVOICES
from connectors.xero.streams.payments import PAYMENTS
from connectors.xero.streams.reference import ACCOUNTS, CURRENCIES, ORGANISATION, TAX_RATES, TRACKING

STREAMS = (
    CONTACTS,
    INVOICES,
    CREDIT_NOTES,
    PAYMENTS,
    ACCOUNTS,
    TAX_RATES,
    TRACKING,
    CURRENCIES,
    ORGANISATION,
)
BY_NAME = {stream.name: stream for stream in STREAMS}

__all__ = [
    "ACCOUNTS",
    "BY_NAME",
    "CONTACTS",
    "CREDIT_NOTES",
    "CURRENCIES",
    "INVOICES",
    "ORGANISATION",
    "PAYMENTS",
    "STREAMS",
    "TAX_RATES",
    "TRACKING",
]
