"""Setting credit notes and advances against invoices, and undoing it (connectors/xero/API.md, 9 and 12)."""

from decimal import Decimal

from connectors.xero.sandbox.books.history import note
from connectors.xero.sandbox.books.money import ZERO, rounded
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.documents import allocation_store, store
from connectors.xero.sandbox.documents import checks as document_checks
from connectors.xero.sandbox.documents.kinds import CREDIT_NOTES, INVOICES, Kind
from connectors.xero.sandbox.protocol import posted as read
from connectors.xero.sandbox.protocol.call import JSON, NO_SUCH_RECORD, Call, Handler
from connectors.xero.sandbox.protocol.dates import wire_day
from connectors.xero.sandbox.protocol.envelope import NO_ID, Outcome, new_id, posted, refuse_element, written
from connectors.xero.sandbox.protocol.wire import Json, to_bytes
from connectors.xero.sandbox.settlements.balance import settle
from engine.sdk.sandbox import Answer, Refused

TOO_MUCH = "Credit Note cannot be allocated as amount is greater than amount outstanding"
PAID_OFF = "The invoice you are trying to allocate to has already been paid off"
WRONG_TYPE = "Credit Note cannot be allocated to an incorrect invoice type."
# What Xero says in these cases is not known; the sentences are ours.
NO_INVOICE = "An invoice must be specified to allocate to."
NOT_POSITIVE = "The amount to allocate must be greater than zero."
NOT_AUTHORISED = "Credit Note can only be allocated while it is authorised."
INVOICE_NOT_AUTHORISED = "Credit Note can only be allocated to authorised invoices."
OTHER_CONTACT = "Credit Note can only be allocated to invoices of the same contact."
OTHER_CURRENCY = "Credit Note can only be allocated to invoices in the same currency."


def creator(kind: Kind) -> Handler:
    """PUT /CreditNotes/{id}/Allocations: each element is judged by what the ones before it left."""

    def create(call: Call) -> Answer:
        credit = store.find(call.tx, kind, call.key)
        if credit is None:
            return NO_SUCH_RECORD
        elements = posted(call, "Allocations")
        wanted = [_invoice_id(call, element) for element in elements]
        books = Books.of(call.tx)
        outcomes = [
            _allocate(call, books, kind, credit[kind.id], element, invoice_id)
            for element, invoice_id in zip(elements, wanted, strict=True)
        ]
        return written(call, "Allocations", outcomes)

    return create


def _invoice_id(call: Call, element: Json) -> str | None:
    """The invoice named; an unknown one refuses the entire request (connectors/xero/API.md, 5)."""
    named = read.record(element, "Invoice") or {}
    key = read.guid(named, "InvoiceID") or read.text(named, "InvoiceNumber")
    if not key:
        return None
    invoice = store.find(call.tx, INVOICES, key)
    if invoice is None:
        raise Refused(NO_SUCH_RECORD)
    return str(invoice["InvoiceID"])


def _allocate(
    call: Call, books: Books, kind: Kind, key: str, element: Json, invoice_id: str | None
) -> Outcome:
    credit = store.by_id(call.tx, kind, key) or {}
    invoice = store.by_id(call.tx, INVOICES, invoice_id) if invoice_id else None
    amount = rounded(read.number(element, "Amount") or ZERO)
    read.day(element, "Date")  # demanded by the one page, read-only by the other: it must be a date
    if invoice is None:
        return Outcome(_as_read(element), [NO_INVOICE])
    day = max(credit["Date"], invoice["Date"])
    refusals = _refusals(kind, credit, invoice, amount) or document_checks.locked(books, day)
    if refusals:
        return Outcome(_as_read(element), refusals)
    row = {
        "id": new_id(), "kind": kind.collection, "credit_id": key, "invoice_id": invoice_id,
        "amount": amount, "date": day,
    }  # fmt: skip
    allocation_store.save(call.tx, row)
    _settle(call, kind, credit, invoice, amount)
    _note(call, kind, "Credit applied", credit, invoice, f"Credit of {amount} {invoice['CurrencyCode']}")
    stub: Json = {kind.id: key, "ID": key, "LineItems": []}
    return Outcome({**allocation_store.shown(call.tx, row), kind.of: stub, "ValidationErrors": []})


def _as_read(element: Json) -> Json:
    """A refused allocation: the request as it was read (connectors/xero/API.md, 5.2)."""
    named, amount, day = (
        read.record(element, "Invoice") or {},
        read.number(element, "Amount"),
        read.day(element, "Date"),
    )
    keys = {
        key: value for key in ("InvoiceID", "InvoiceNumber") if (value := read.text(named, key)) is not None
    }
    return {
        "AllocationID": NO_ID,
        **({"Amount": amount} if amount is not None else {}),
        **({"Date": wire_day(day)} if day else {}),
        "Invoice": keys,
    }


def _refusals(kind: Kind, credit: Json, invoice: Json, amount: Decimal) -> list[str]:
    """The first reason to refuse it; any others would only follow from it."""
    sales = credit["Type"] == kind.sales
    checks = (
        (amount <= ZERO, NOT_POSITIVE),
        (sales != (invoice["Type"] == INVOICES.sales), WRONG_TYPE),
        (credit["Status"] == "PAID", TOO_MUCH),
        (credit["Status"] != "AUTHORISED", NOT_AUTHORISED),
        (invoice["Status"] == "PAID", PAID_OFF),
        (invoice["Status"] != "AUTHORISED", INVOICE_NOT_AUTHORISED),
        (credit["ContactID"] != invoice["ContactID"], OTHER_CONTACT),
        (credit["CurrencyCode"] != invoice["CurrencyCode"], OTHER_CURRENCY),
        (amount > min(credit["RemainingCredit"], invoice["AmountDue"]), TOO_MUCH),
    )
    return [message.replace(CREDIT_NOTES.title, kind.title) for refused, message in checks if refused][:1]


def _settle(call: Call, kind: Kind, credit: Json, invoice: Json, amount: Decimal) -> None:
    settle(call, kind, credit, "AmountAllocated", amount)
    settle(call, INVOICES, invoice, "AmountCredited", amount)


def remover(kind: Kind) -> Handler:
    """DELETE /CreditNotes/{id}/Allocations/{AllocationID}: the allocation alone, without an envelope."""

    def remove(call: Call) -> Answer:
        credit = store.find(call.tx, kind, call.key)
        if credit is None:
            return NO_SUCH_RECORD
        row = allocation_store.find(call.tx, credit[kind.id], call.inner)
        if row is None:
            return NO_SUCH_RECORD
        gone = {**allocation_store.shown(call.tx, row), "IsDeleted": True}
        if locked := document_checks.locked(Books.of(call.tx), row["date"]):
            raise refuse_element({**gone, "IsDeleted": False}, *locked)
        invoice = store.by_id(call.tx, INVOICES, row["invoice_id"]) or {}
        allocation_store.remove(call.tx, row["id"])
        _settle(call, kind, credit, invoice, -row["amount"])
        details = f"Credit of {row['amount']} {invoice['CurrencyCode']}"
        _note(call, kind, "Credit removed", credit, invoice, details)
        return Answer(200, to_bytes(gone), JSON)

    return remove


def _note(call: Call, kind: Kind, changes: str, credit: Json, invoice: Json, details: str) -> None:
    number, other = credit.get(kind.number, ""), invoice.get("InvoiceNumber", "")
    note(call, credit[kind.id], changes, f"{details} to invoice {other}".strip())
    note(call, invoice["InvoiceID"], changes, f"{details} from {kind.noun} {number}".strip())
