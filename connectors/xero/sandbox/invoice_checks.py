"""What may be wrong with an invoice as it stands, whatever it was before (API-FACTS 6, 7 and 11). Pure."""

from collections.abc import Callable
from decimal import Decimal

from connectors.xero.sandbox.dates import lock_date_text
from connectors.xero.sandbox.money import rounded
from connectors.xero.sandbox.reference import Books
from connectors.xero.sandbox.wire import Json

APPROVED = ("AUTHORISED", "PAID")


def _check_type(_: Books, record: Json) -> list[str]:
    return [] if record["Type"] else ["Invoice not of valid type for creation"]


def _check_lines(_: Books, record: Json) -> list[str]:
    return [] if record["LineItems"] else ["One or more line items must be specified"]


def _check_texts(_: Books, record: Json) -> list[str]:
    errors: list[str] = []
    number = record.get("InvoiceNumber", "")
    if len(number) > 255 or (number and not (number.isascii() and number.isprintable())):
        errors.append("Invoice number must be printable ASCII of no more than 255 characters.")
    if len(record.get("Reference", "")) > 255:
        errors.append("Reference must be no longer than 255 characters.")
    if "xero" in record.get("Url", "").lower():
        errors.append("Url may not contain the word xero.")
    return errors


def _check_money(books: Books, record: Json) -> list[str]:
    errors: list[str] = []
    if record["CurrencyCode"] not in books.currencies:
        errors.append(f"Organisation is not subscribed to currency {record['CurrencyCode']}")
    rate = record.get("CurrencyRate", Decimal(1))
    if rate <= 0 or rate != rounded(rate, 6) or rate >= Decimal(10) ** 12:
        errors.append("CurrencyRate must be positive, with up to 18 digits and 6 decimals.")
    if record["Total"] < 0:
        errors.append("The invoice total must not be negative; use a credit note instead.")
    return errors


def _check_approval(_: Books, record: Json) -> list[str]:
    wants = record["Status"] in APPROVED and not record.get("DueDate")
    return ["The document DueDate field must be specified."] if wants else []


def _check_theme(books: Books, record: Json) -> list[str]:
    known = record["BrandingThemeID"].lower() in books.themes
    return [] if known else [f"Branding theme '{record['BrandingThemeID']}' could not be found."]


def _check_lock(books: Books, record: Json) -> list[str]:
    return locked(books, record["Date"])


def locked(books: Books, day: str) -> list[str]:
    """A document dated in a locked period is refused (API-FACTS 11)."""
    return [
        f"The document date cannot be before the {name}, currently set at {lock_date_text(until)}"
        for name, until in books.lock_dates()
        if day <= until
    ]


CHECKS: tuple[Callable[[Books, Json], list[str]], ...] = (
    _check_type,
    _check_lines,
    _check_texts,
    _check_money,
    _check_approval,
    _check_theme,
    _check_lock,
)
