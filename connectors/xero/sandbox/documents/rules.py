"""What a posted document makes of the existing one, and why it may be refused. Pure.

Facts: connectors/xero/API.md, 6, 7 and 9.

What is wrong with the resulting document is found by `checks`.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from connectors.xero.sandbox.books.money import ZERO, rounded, totals
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.documents import lines as document_lines
from connectors.xero.sandbox.documents.checks import CHECKS, locked
from connectors.xero.sandbox.documents.kinds import APPROVED, AT_CREATION, FINAL, STATUSES, Kind
from connectors.xero.sandbox.documents.lines import LineMaker
from connectors.xero.sandbox.protocol import posted
from connectors.xero.sandbox.protocol.wire import Json

LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
STEPS = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "PAID": {"PAID"},
}
# What one euro buys; Xero would ask XE.com for the rate of the day.
DAY_RATES = {"GBP": Decimal("0.851200"), "USD": Decimal("1.083500")}

SENT_TOO_EARLY = "Only AUTHORISED invoices may have SentToContact updated."
PAID_EDIT = "This document cannot be edited as it has a payment or credit note allocated to it."

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


def read(kind: Kind, element: Json) -> Json:
    """The members of a posted document that may be written, typed; read-only members are ignored."""
    wanted: Json = {name: value for name in kind.texts if (value := posted.text(element, name)) is not None}
    if key := posted.guid(element, kind.id):
        wanted[kind.id] = key
    words = (("Type", kind.types), ("Status", STATUSES), ("LineAmountTypes", LINE_AMOUNT_TYPES))
    wanted.update((name, value) for name, known in words if (value := posted.word(element, name, known)))
    wanted.update((name, value) for name in kind.days if (value := posted.day(element, name)))
    wanted.update(
        (name, amount)
        for name in ("CurrencyRate", "Total")
        if (amount := posted.number(element, name)) is not None
    )
    if kind.sendable and (sent := posted.boolean(element, "SentToContact")) is not None:
        wanted["SentToContact"] = sent
    if (lines := posted.records(element, "LineItems")) is not None:
        wanted["LineItems"] = [document_lines.read(line) for line in lines]
    if (contact := posted.record(element, "Contact")) is not None:
        wanted["Contact"] = contact
    return wanted


@dataclass(slots=True)
class Revision:
    """A document as it would become, with its errors and warnings."""

    record: Json
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    touches: bool = True


def allocated(kind: Kind, record: Json) -> bool:
    """Whether money or credit was set against it, or it against another."""
    return any(record[name] for name in kind.settled)


def number_taken(kind: Kind) -> str:
    # Documented for invoices; the message for credit notes is not known (connectors/xero/API.md, 17).
    return f"{kind.title} # must be unique."


def wrong_status_for_creation(kind: Kind) -> str:
    return f"{kind.title} not of valid status for creation"


def revise(kind: Kind, books: Books, wanted: Json, current: Json | None, today: str, places: int) -> Revision:
    """Everything but the contact and the number, which need the tables."""
    if current is not None and (refusal := _step_refused(kind, wanted, current)):
        return Revision(current, [refusal])
    if current is not None and wanted.get("Status") in FINAL:
        revision = Revision(closed(kind, current, wanted["Status"]))
        if current["Status"] in APPROVED:
            revision.errors += locked(books, current["Date"])
        return revision
    revision = Revision(_header(kind, books, wanted, current, today))
    record = revision.record
    if current is None and record["Status"] not in AT_CREATION:
        revision.errors.append(wrong_status_for_creation(kind))
    _sent(revision, wanted)
    _lines(kind, revision, books, wanted, current, places)
    for check in CHECKS:
        revision.errors += check(kind, books, record)
    if current is not None and current["Date"] != record["Date"] and current["Status"] in APPROVED:
        revision.errors += locked(books, current["Date"])
    if "Total" in wanted and rounded(wanted["Total"]) != record["Total"]:
        revision.errors.append(f"The {kind.noun} total does not equal the sum of the lines.")
    if current is not None and allocated(kind, current):
        revision.errors += _paid_edit_refused(kind, current, record)
        changed = {name for name in record if record[name] != current.get(name)}
        # Not every change moves UpdatedDateUTC (connectors/xero/API.md, 5).
        revision.touches = not (changed and changed <= {"DueDate", "SentToContact"})
    return revision


def _step_refused(kind: Kind, wanted: Json, current: Json) -> str | None:
    now = str(current["Status"])
    status = str(wanted.get("Status", now))
    not_so = f"{kind.title} not of valid status for modification"
    if now in FINAL:
        return not_so
    if status == now or status in STEPS[now]:
        return _has_payments(kind, status) if status in FINAL and allocated(kind, current) else None
    return _has_payments(kind, status) if allocated(kind, current) and status != "PAID" else not_so


def _has_payments(kind: Kind, status: str) -> str:
    return (
        f"The status {status} cannot be applied to the {kind.noun}"
        " because it has payments or credit notes allocated to it."
    )


def closed(kind: Kind, current: Json, status: str) -> Json:
    """Voided or deleted: nothing is left of it any more."""
    return {**current, "Status": status, kind.open: ZERO}


def _blank(kind: Kind, wanted: Json, today: str) -> Json:
    """The defaults of a new document; currency and theme follow."""
    return {
        "Type": wanted.get("Type", ""),
        kind.id: "",
        "Date": today,
        "Status": "DRAFT",
        "LineAmountTypes": "Exclusive",
        "SentToContact": False,
        "LineItems": [],
        **dict.fromkeys(kind.settled, ZERO),
    }


def _header(kind: Kind, books: Books, wanted: Json, current: Json | None, today: str) -> Json:
    record = dict(current or _blank(kind, wanted, today))
    for name in (*kind.texts, *kind.days, "Status", "LineAmountTypes", "CurrencyRate"):
        if wanted.get(name) == "":
            record.pop(name, None)
        elif name in wanted:
            record[name] = wanted[name]
    record.setdefault("CurrencyCode", books.base_currency)
    record.setdefault("BrandingThemeID", books.default_theme)
    if record["Type"] == kind.types[1]:
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


def _lines(
    kind: Kind, revision: Revision, books: Books, wanted: Json, current: Json | None, places: int
) -> None:
    record = revision.record
    same_tax_mode = current is None or current["LineAmountTypes"] == record["LineAmountTypes"]
    maker = LineMaker(
        books,
        record["LineAmountTypes"],
        record["Status"] in APPROVED,
        places,
        same_tax_mode,
        discounts=kind.discounts and record["Type"] != kind.types[1],
    )
    standing = current["LineItems"] if current else []
    approves = current is not None and current["Status"] != record["Status"]
    if "LineItems" in wanted:
        record["LineItems"] = maker.make(wanted["LineItems"], standing)
    elif not same_tax_mode or approves:
        record["LineItems"] = maker.remake(standing)
    revision.errors += maker.errors
    _sum(kind, record)


def _sum(kind: Kind, record: Json) -> None:
    lines = record["LineItems"]
    sums = totals(
        [line["LineAmount"] for line in lines],
        [line["TaxAmount"] for line in lines],
        record["LineAmountTypes"],
    )
    record["SubTotal"], record["TotalTax"], record["Total"] = sums
    record[kind.open] = record["Total"] - sum((record[name] for name in kind.settled), ZERO)
    if kind.discounts:
        priced = [line for line in lines if "Quantity" in line]
        gross = sum((rounded(line["Quantity"] * line["UnitAmount"]) for line in priced), ZERO)
        net = sum((line["LineAmount"] for line in priced), ZERO)
        record["IsDiscounted"] = any(line.get("DiscountRate") or line.get("DiscountAmount") for line in lines)
        record["TotalDiscount"] = gross - net if record["IsDiscounted"] else ZERO


def _paid_edit_refused(kind: Kind, current: Json, record: Json) -> list[str]:
    """A paid or partly paid document still takes a few fields, and none that would move its money."""
    an = "an" if kind.noun[0] in "aeiou" else "a"
    fixed_date = (
        f"Date cannot be changed on {an} {kind.noun} that has payment or credit notes allocated to it."
    )
    errors = [fixed_date] if record["Date"] != current["Date"] else []
    fixed = any(record.get(name) != current.get(name) for name in _FIXED_ONCE_PAID)
    lines, standing = (
        [tuple(line.get(name) for name in _LINE_FIXED_ONCE_PAID) for line in document["LineItems"]]
        for document in (record, current)
    )
    if fixed or lines != standing:
        errors.append(PAID_EDIT)
    return errors
