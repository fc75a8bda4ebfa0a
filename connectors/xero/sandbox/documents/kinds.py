"""The kinds of documents, and everything in which they differ (connectors/xero/API.md, 6 and 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
AT_CREATION = ("DRAFT", "SUBMITTED", "AUTHORISED")
APPROVED = ("AUTHORISED", "PAID")
FINAL = ("VOIDED", "DELETED")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: what Xero calls its parts, and which of them there are."""

    collection: str
    of: str  # its name in filters
    noun: str  # its name in sentences
    table: str
    id: str
    number: str
    prefix: str  # of numbers out of the organisation's sequence
    types: tuple[str, str]  # of sales, of purchases
    texts: tuple[str, ...]  # members that may be written, besides words, amounts, contact and lines
    days: tuple[str, ...]
    open: str  # what is left of the total
    settled: tuple[str, str]  # what reduced it: money, credit
    columns: Mapping[str, str] = field(default_factory=dict)  # for searching, besides the common ones
    discounts: bool = False
    sendable: bool = False
    due: bool = False  # approving needs a due date
    unknown: str = ""  # message for an unknown id in a batch; empty: the entire request is a 404

    @property
    def title(self) -> str:
        """`Credit Note`, as sentences begin."""
        return self.noun.title()

    @property
    def sales(self) -> str:
        return self.types[0]


INVOICES = Kind(
    collection="Invoices",
    of="Invoice",
    noun="invoice",
    table="invoices",
    id="InvoiceID",
    number="InvoiceNumber",
    prefix="INV",
    types=("ACCREC", "ACCPAY"),
    texts=("InvoiceNumber", "Reference", "CurrencyCode", "Url", "BrandingThemeID"),
    days=("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate"),
    open="AmountDue",
    settled=("AmountPaid", "AmountCredited"),
    columns={"due_date": "DueDate", "amount_due": "AmountDue", "amount_paid": "AmountPaid"},
    discounts=True,
    sendable=True,
    due=True,
)
CREDIT_NOTES = Kind(
    collection="CreditNotes",
    of="CreditNote",
    noun="credit note",
    table="credit_notes",
    id="CreditNoteID",
    number="CreditNoteNumber",
    prefix="CN",
    types=("ACCRECCREDIT", "ACCPAYCREDIT"),
    texts=("CreditNoteNumber", "Reference", "CurrencyCode", "BrandingThemeID"),
    days=("Date",),
    open="RemainingCredit",
    # Our own names: Xero shows these sums by what is left, by the payments and by the allocations.
    settled=("AmountRefunded", "AmountAllocated"),
    columns={"remaining_credit": "RemainingCredit"},
    unknown="An existing Credit Note with the specified CreditNoteID could not be found",
)


def _advance(collection: str, of: str, type_: str) -> Kind:
    """Money that a customer paid in advance. It is made by a bank transaction and has no number."""
    noun = of.lower()
    return Kind(
        collection=collection,
        of=of,
        noun=noun,
        table=collection.lower(),
        id=f"{of}ID",
        number="",
        prefix="",
        types=(f"RECEIVE-{type_}", f"SPEND-{type_}"),
        texts=(),
        days=("Date",),
        open="RemainingCredit",
        settled=("AmountRefunded", "AmountAllocated"),
        columns={"remaining_credit": "RemainingCredit"},
    )


PREPAYMENTS = _advance("Prepayments", "Prepayment", "PREPAYMENT")
OVERPAYMENTS = _advance("Overpayments", "Overpayment", "OVERPAYMENT")
CREDITS = (CREDIT_NOTES, PREPAYMENTS, OVERPAYMENTS)  # what can be allocated to invoices
