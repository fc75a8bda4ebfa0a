"""The Invoices endpoints: read, and create and change in batches (connectors/xero/API.md, 5 to 8)."""

import sqlite3

from connectors.xero.sandbox.documents import allocation_store, store
from connectors.xero.sandbox.documents import shown as document_shown
from connectors.xero.sandbox.documents.kinds import CREDIT_NOTES, INVOICES, OVERPAYMENTS, PREPAYMENTS
from connectors.xero.sandbox.documents.shown import Lines, copied
from connectors.xero.sandbox.documents.writer import Writer, complete_contact, table, with_stubs
from connectors.xero.sandbox.protocol import listing
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call
from connectors.xero.sandbox.protocol.dates import wire_day
from connectors.xero.sandbox.protocol.envelope import answer
from connectors.xero.sandbox.protocol.listing import Conditions, Field, document_field, several
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk.sandbox import Answer

ADVANCES = (PREPAYMENTS, OVERPAYMENTS)
TABLE = table(
    INVOICES,
    invoicenumber=Field("text", "r.number"),
    duedate=Field("date", "r.due_date"),
    amountdue=Field("number", "r.amount_due"),
    amountpaid=Field("number", "r.amount_paid"),
    amountcredited=document_field("number", "AmountCredited"),
    url=document_field("text", "Url"),
    expectedpaymentdate=document_field("date", "ExpectedPaymentDate"),
    senttocontact=document_field("bool", "SentToContact"),
    isdiscounted=document_field("bool", "IsDiscounted"),
    hasattachments=Field("bool", "0"),
)


def read_list(call: Call) -> Answer:
    conditions = Conditions()
    conditions.among("r.id", [key.lower() for key in several(call, "IDs")])
    conditions.among("r.number_key", [number.casefold() for number in several(call, "InvoiceNumbers")])
    conditions.among("r.contact_id", [key.lower() for key in several(call, "ContactIDs")])
    conditions.among("r.status", [status.upper() for status in several(call, "Statuses")])
    if call.asks("createdByMyApp"):
        conditions.add("r.client_id = ?", call.client_id)
    if term := call.query.get("searchTerm"):
        pattern = "%" + term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.add("(r.number LIKE ? ESCAPE '\\' OR r.reference LIKE ? ESCAPE '\\')", pattern, pattern)
    summary = call.asks("summaryOnly")
    page = listing.page(call, TABLE, conditions, paged=summary or "Statuses" in call.query)
    lines: Lines = "none" if summary else "listed" if page.paged else "empty"
    elements = [
        {**_listed(shown(call, record, stub, lines)), **_list_adds(call.tx, record, summary=summary)}
        for record, stub in with_stubs(call, page)
    ]
    return answer(call, "Invoices", elements, page.pagination)


def _listed(element: Json) -> Json:
    """Whether lists show advances is not known (connectors/xero/API.md, 12.7): here they do not."""
    return {name: value for name, value in element.items() if name not in ("Prepayments", "Overpayments")}


def _list_adds(tx: sqlite3.Connection, record: Json, *, summary: bool) -> Json:
    """What lists show of payments and credit: empty if there is none, but nothing in a summary."""
    adds = copied(record, "AmountCredited")
    return (
        adds if summary else {**adds, **_applied(tx, record), "InvoiceAddresses": [], "HasAttachments": False}
    )


def read_one(call: Call) -> Answer:
    record = store.find(call.tx, INVOICES, call.key)
    if record is None:
        return NO_SUCH_RECORD
    complete = shown(call, record, complete_contact(call, record))
    return answer(call, "Invoices", [{**complete, **_reading_adds(call.tx, record)}])


def shown(call: Call, record: Json, contact: Json, lines: Lines = "complete") -> Json:
    """An invoice as the answer to a write carries it."""
    planned = ("ExpectedPaymentDate", "PlannedPaymentDate")
    return {
        "Type": record["Type"],
        "InvoiceID": record["InvoiceID"],
        **copied(record, "InvoiceNumber", "Reference"),
        **{kind.collection: allocation_store.stubs(call.tx, kind, record["InvoiceID"]) for kind in ADVANCES},
        **copied(record, "AmountDue", "AmountPaid", "SentToContact", "CurrencyRate"),
        "HasErrors": False,
        **copied(record, "IsDiscounted", "Url", *(["TotalDiscount"] if record["IsDiscounted"] else [])),
        "InvoicePaymentServices": [],
        "Contact": contact,
        **document_shown.days(record, "Date", "DueDate"),
        **{name: wire_day(record[name]) for name in planned if name in record},
        **copied(record, "BrandingThemeID", "Status", "LineAmountTypes"),
        **document_shown.line_items(call, record, lines),
        **document_shown.sums(record),
    }


def _reading_adds(tx: sqlite3.Connection, record: Json) -> Json:
    """What a read carries beyond the answer to a write."""
    applied = {name: rows for name, rows in _applied(tx, record).items() if rows}
    return {**applied, **copied(record, "AmountCredited"), "HasAttachments": False, "Attachments": []}


def _applied(tx: sqlite3.Connection, record: Json) -> Json:
    key = record["InvoiceID"]
    return {
        "Payments": document_shown.payments(tx, key),
        "CreditNotes": allocation_store.stubs(tx, CREDIT_NOTES, key),
    }


write = Writer(INVOICES, shown)
