"""What people type into PSOhub, put into the texts of some records of the default company.

Nothing of it keeps a record from being pushed: a reader has to clean it (connectors/psohub/API.md, 3.5).
"""

import unicodedata
from collections.abc import Callable, Sequence

from connectors.psohub.sandbox.wire import Row

Spoil = Callable[[str], str]
_NAMES: Sequence[Spoil] = (
    lambda text: f"{text}\u00a0 ",  # blanks of two kinds at the end
    lambda text: text.replace(" ", "\u200b ", 1),  # a blank that is not seen
    lambda text: text.replace(" ", "  ", 1),
    lambda text: f"\ufeff{text}",  # a byte order mark, from a pasted file
)
_TEXTS: Sequence[Spoil] = (
    lambda text: text.replace(" ", "\x0b", 1),  # a line break of a word processor
    lambda text: f"{text}\u202e",  # turns the direction of reading
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: f"{text}\r\n\t",
)


def odd_company(row: Row, at: int) -> Row:
    name = _spoilt(_NAMES, row["CompanyName"], at)
    # Accents may be characters of their own.
    return {**row, "CompanyName": name if at % 2 else unicodedata.normalize("NFD", name)}


def odd_contact(row: Row, at: int) -> Row:
    """A person with an address has a second one now and then, in the same field."""
    address = row.get("Email")
    if at % 3 or not isinstance(address, str) or "@" not in address:
        return row
    return {**row, "Email": f"{address}; office@{address.partition('@')[2]}"}


def odd_invoice(row: Row, at: int) -> Row:
    """The first line of some invoices."""
    first, *others = row["InvoiceLines"]
    named = {**first, "LineName": _spoilt(_TEXTS, first["LineName"], at, every=7)}
    return {**row, "InvoiceLines": [named, *others]}


def _spoilt(ways: Sequence[Spoil], text: str, at: int, every: int = 3) -> str:
    return text if at % every else ways[at // every % len(ways)](text)


ODD = {"companies": odd_company, "contacts": odd_contact, "invoices": odd_invoice}
