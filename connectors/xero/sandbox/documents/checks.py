"""What may be wrong with a document, whatever it was before. Pure.

Facts: connectors/xero/API.md, 6, 7, 9 and 11.
"""

from collections.abc import Callable
from decimal import Decimal

from connectors.xero.sandbox.books.money import rounded
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.documents.kinds import APPROVED, INVOICES, Kind
from connectors.xero.sandbox.protocol.dates import lock_date_text
from connectors.xero.sandbox.protocol.wire import Json


def _check_type(kind: Kind, _: Books, record: Json) -> list[str]:
    return [] if record["Type"] else [f"{kind.title} not of valid type for creation"]


def _check_lines(_kind: Kind, _: Books, record: Json) -> list[str]:
    return [] if record["LineItems"] else ["One or more line items must be specified"]


def _check_texts(kind: Kind, _: Books, record: Json) -> list[str]:
    errors: list[str] = []
    number = record.get(kind.number, "")
    if len(number) > 255 or (number and not (number.isascii() and number.isprintable())):
        errors.append(
            f"{kind.noun.capitalize()} number must be printable ASCII of no more than 255 characters."
        )
    if len(record.get("Reference", "")) > 255:
        errors.append("Reference must be no longer than 255 characters.")
    if "xero" in record.get("Url", "").lower():
        errors.append("Url may not contain the word xero.")
    return errors


def _check_money(kind: Kind, books: Books, record: Json) -> list[str]:
    errors: list[str] = []
    if record["CurrencyCode"] not in books.currencies:
        errors.append(f"Organisation is not subscribed to currency {record['CurrencyCode']}")
    rate = record.get("CurrencyRate", Decimal(1))
    if rate <= 0 or rate != rounded(rate, 6) or rate >= Decimal(10) ** 12:
        errors.append("CurrencyRate must be positive, with up to 18 digits and 6 decimals.")
    if record["Total"] < 0:
        instead = "; use a credit note instead" if kind is INVOICES else ""
        errors.append(f"The {kind.noun} total must not be negative{instead}.")
    return errors


def _check_approval(kind: Kind, _: Books, record: Json) -> list[str]:
    wants = kind.due and record["Status"] in APPROVED and not record.get("DueDate")
    return ["The document DueDate field must be specified."] if wants else []


def _check_theme(_: Kind, books: Books, record: Json) -> list[str]:
    known = record["BrandingThemeID"].lower() in books.themes
    return [] if known else [f"Branding theme '{record['BrandingThemeID']}' could not be found."]


def _check_lock(_: Kind, books: Books, record: Json) -> list[str]:
    """A draft is taken, and cannot be approved (connectors/xero/API.md, 17)."""
    return locked(books, record["Date"]) if record["Status"] in APPROVED else []


def locked(books: Books, day: str) -> list[str]:
    """An approved document dated in a locked period is refused (connectors/xero/API.md, 11)."""
    return [
        f"The document date cannot be before the {name}, currently set at {lock_date_text(until)}"
        for name, until in books.lock_dates()
        if day <= until
    ]


CHECKS: tuple[Callable[[Kind, Books, Json], list[str]], ...] = (
    _check_type,
    _check_lines,
    _check_texts,
    _check_money,
    _check_approval,
    _check_theme,
    _check_lock,
)
