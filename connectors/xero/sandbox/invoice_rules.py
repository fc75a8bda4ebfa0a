"""What a posted invoice makes of the one that stands, and what speaks against it. Pure (API-FACTS 6, 7).

What is wrong with the invoice as it would then stand is found by `invoice_checks`.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from connectors.xero.sandbox import invoice_lines, posted
from connectors.xero.sandbox.invoice_checks import APPROVED, CHECKS, locked
from connectors.xero.sandbox.invoice_lines import LineMaker
from connectors.xero.sandbox.money import ZERO, rounded, totals
from connectors.xero.sandbox.reference import Books
from connectors.xero.sandbox.wire import Json

TYPES = ("ACCREC", "ACCPAY")
STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
AT_CREATION = ("DRAFT", "SUBMITTED", "AUTHORISED")
FINAL = ("VOIDED", "DELETED")
STEPS = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "PAID": {"PAID"},
}
# What one euro buys; Xero would ask XE.com for the rate of the day.
DAY_RATES = {"GBP": Decimal("0.851200"), "USD": Decimal("1.083500")}

NOT_CREATED_SO = "Invoice not of valid status for creation"
NOT_CHANGED_SO = "Invoice not of valid status for modification"
NUMBER_TAKEN = "Invoice # must be unique."
SENT_TOO_EARLY = "Only AUTHORISED invoices may have SentToContact updated."
PAID_DATE = "Date cannot be changed on an invoice that has payment or credit notes allocated to it."
PAID_EDIT = "This document cannot be edited as it has a payment or credit note allocated to it."

_TEXTS = ("InvoiceNumber", "Reference", "CurrencyCode", "Url", "BrandingThemeID")
_DAYS = ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate")
_FIXED_ONCE_PAID = ("Type", "LineAmountTypes", "CurrencyCode", "CurrencyRate")
_LINE_FIXED_ONCE_PAID = (
    "LineItemID",
    "Quantity",
    "UnitAmount",
    "LineAmount",
    "TaxType",
    "TaxAmount",
    "DiscountRate",
    "DiscountAmount",
)


def read(element: Json) -> Json:
    """The members of a posted invoice that may be written, typed; what is read-only is passed over."""
    wanted: Json = {name: value for name in _TEXTS if (value := posted.text(element, name)) is not None}
    if invoice_id := posted.guid(element, "InvoiceID"):
        wanted["InvoiceID"] = invoice_id
    words = (("Type", TYPES), ("Status", STATUSES), ("LineAmountTypes", LINE_AMOUNT_TYPES))
    wanted.update((name, value) for name, known in words if (value := posted.word(element, name, known)))
    wanted.update((name, value) for name in _DAYS if (value := posted.day(element, name)))
    wanted.update(
        (name, amount)
        for name in ("CurrencyRate", "Total")
        if (amount := posted.number(element, name)) is not None
    )
    if (sent := posted.boolean(element, "SentToContact")) is not None:
        wanted["SentToContact"] = sent
    if (lines := posted.records(element, "LineItems")) is not None:
        wanted["LineItems"] = [invoice_lines.read(line) for line in lines]
    if (contact := posted.record(element, "Contact")) is not None:
        wanted["Contact"] = contact
    return wanted


@dataclass(slots=True)
class Revision:
    """An invoice as it would stand, and what is said about it."""

    record: Json
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    touches: bool = True


def allocated(record: Json) -> bool:
    return bool(record["AmountPaid"] or record["AmountCredited"])


def revise(books: Books, wanted: Json, current: Json | None, today: str, places: int) -> Revision:
    """Everything but the contact and the number, which need the tables."""
    if current is not None and (refusal := _step_refused(wanted, current)):
        return Revision(current, [refusal])
    if current is not None and wanted.get("Status") in FINAL:
        revision = Revision(closed(current, wanted["Status"]))
        revision.errors += locked(books, current["Date"])
        return revision
    revision = Revision(_header(books, wanted, current, today))
    record = revision.record
    if current is None and record["Status"] not in AT_CREATION:
        revision.errors.append(NOT_CREATED_SO)
    _sent(revision, wanted)
    _lines(revision, books, wanted, current, places)
    for check in CHECKS:
        revision.errors += check(books, record)
    if current is not None and current["Date"] != record["Date"]:
        revision.errors += locked(books, current["Date"])
    if "Total" in wanted and rounded(wanted["Total"]) != record["Total"]:
        revision.errors.append("The invoice total does not equal the sum of the lines.")
    if current is not None and allocated(current):
        revision.errors += _paid_edit_refused(current, record)
        changed = {name for name in record if record[name] != current.get(name)}
        # Not every change moves UpdatedDateUTC (API-FACTS 5).
        revision.touches = not (changed and changed <= {"DueDate", "SentToContact"})
    return revision


def _step_refused(wanted: Json, current: Json) -> str | None:
    now = str(current["Status"])
    status = str(wanted.get("Status", now))
    if now in FINAL:
        return NOT_CHANGED_SO
    if status == now or status in STEPS[now]:
        if status in FINAL and allocated(current):
            return _has_payments(status)
        return None
    return _has_payments(status) if allocated(current) and status != "PAID" else NOT_CHANGED_SO


def _has_payments(status: str) -> str:
    return (
        f"The status {status} cannot be applied to the invoice"
        " because it has payments or credit notes allocated to it."
    )


def closed(current: Json, status: str) -> Json:
    """Voided or deleted: nothing is due any more."""
    return {**current, "Status": status, "AmountDue": ZERO}


def _header(books: Books, wanted: Json, current: Json | None, today: str) -> Json:
    record: Json = dict(
        current
        or {
            "Type": wanted.get("Type", ""),
            "InvoiceID": "",
            "Date": today,
            "Status": "DRAFT",
            "LineAmountTypes": "Exclusive",
            "CurrencyCode": books.base_currency,
            "BrandingThemeID": books.default_theme,
            "SentToContact": False,
            "LineItems": [],
            "AmountPaid": ZERO,
            "AmountCredited": ZERO,
        }
    )
    for name in (*_TEXTS, *_DAYS, "Status", "LineAmountTypes", "CurrencyRate"):
        if wanted.get(name) == "":
            record.pop(name, None)
        elif name in wanted:
            record[name] = wanted[name]
    record.setdefault("CurrencyCode", books.base_currency)
    record.setdefault("BrandingThemeID", books.default_theme)
    if record["Type"] == "ACCPAY":
        record.pop("Reference", None)
    if record["CurrencyCode"] == books.base_currency:
        record["CurrencyRate"] = Decimal(1)
    elif "CurrencyRate" not in wanted and (
        current is None or current["CurrencyCode"] != record["CurrencyCode"]
    ):
        record["CurrencyRate"] = DAY_RATES.get(record["CurrencyCode"], Decimal(1))
    return record


def _sent(revision: Revision, wanted: Json) -> None:
    if "SentToContact" not in wanted:
        return
    if revision.record["Status"] in APPROVED:
        revision.record["SentToContact"] = wanted["SentToContact"]
    elif wanted["SentToContact"]:
        revision.warnings.append(SENT_TOO_EARLY)


def _lines(revision: Revision, books: Books, wanted: Json, current: Json | None, places: int) -> None:
    record = revision.record
    same_tax_mode = current is None or current["LineAmountTypes"] == record["LineAmountTypes"]
    maker = LineMaker(books, record["LineAmountTypes"], record["Status"] in APPROVED, places, same_tax_mode)
    standing = current["LineItems"] if current else []
    approves = current is not None and current["Status"] != record["Status"]
    if "LineItems" in wanted:
        record["LineItems"] = maker.make(wanted["LineItems"], standing)
    elif not same_tax_mode or approves:
        record["LineItems"] = maker.remake(standing)
    revision.errors += maker.errors
    lines = record["LineItems"]
    sums = totals(
        [line["LineAmount"] for line in lines],
        [line["TaxAmount"] for line in lines],
        record["LineAmountTypes"],
    )
    record["SubTotal"], record["TotalTax"], record["Total"] = sums
    gross = sum(
        (rounded(line["Quantity"] * line["UnitAmount"]) for line in lines if "Quantity" in line), ZERO
    )
    net = sum((line["LineAmount"] for line in lines if "Quantity" in line), ZERO)
    record["IsDiscounted"] = any(line.get("DiscountRate") or line.get("DiscountAmount") for line in lines)
    record["TotalDiscount"] = gross - net if record["IsDiscounted"] else ZERO
    record["AmountDue"] = record["Total"] - record["AmountPaid"] - record["AmountCredited"]


def _paid_edit_refused(current: Json, record: Json) -> list[str]:
    """A paid or partly paid invoice still takes a few fields, and none that would move its money."""
    errors = [PAID_DATE] if record["Date"] != current["Date"] else []
    fixed = any(record.get(name) != current.get(name) for name in _FIXED_ONCE_PAID)
    lines, standing = (
        [tuple(line.get(name) for name in _LINE_FIXED_ONCE_PAID) for line in one["LineItems"]]
        for one in (record, current)
    )
    if fixed or lines != standing:
        errors.append(PAID_EDIT)
    return errors
