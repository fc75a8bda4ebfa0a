"""The CreditNotes endpoints: read, and create and change in batches (connectors/xero/API.md, 5 and 9)."""

from connectors.xero.sandbox.documents import allocation_store, store
from connectors.xero.sandbox.documents import shown as document_shown
from connectors.xero.sandbox.documents.kinds import CREDIT_NOTES
from connectors.xero.sandbox.documents.shown import Lines, copied
from connectors.xero.sandbox.documents.writer import Writer, complete_contact, table, with_stubs
from connectors.xero.sandbox.protocol import listing
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call
from connectors.xero.sandbox.protocol.envelope import answer
from connectors.xero.sandbox.protocol.listing import Conditions, Field, document_field
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk.sandbox import Answer

TABLE = table(
    CREDIT_NOTES,
    creditnotenumber=Field("text", "r.number"),
    remainingcredit=document_field("number", "RemainingCredit"),
)
READING_ADDS: Json = {"HasAttachments": False}


def read_list(call: Call) -> Answer:
    page = listing.page(call, TABLE, Conditions())
    elements = [
        {**shown(call, record, stub, "listed" if page.paged else "empty"), **READING_ADDS}
        for record, stub in with_stubs(call, page)
    ]
    return answer(call, "CreditNotes", elements, page.pagination)


def read_one(call: Call) -> Answer:
    record = store.find(call.tx, CREDIT_NOTES, call.key)
    if record is None:
        return NO_SUCH_RECORD
    return answer(
        call, "CreditNotes", [{**shown(call, record, complete_contact(call, record)), **READING_ADDS}]
    )


def shown(call: Call, record: Json, contact: Json, lines: Lines = "complete") -> Json:
    """A credit note as the answer to a write carries it."""
    key = record["CreditNoteID"]
    return {
        "CreditNoteID": key,
        **copied(record, "CreditNoteNumber"),
        "Payments": document_shown.payments(call.tx, key),
        "ID": key,
        "HasErrors": False,
        **copied(record, "CurrencyRate", "Type", "Reference", "RemainingCredit"),
        "Allocations": allocation_store.of_credit(call.tx, key),
        "Contact": contact,
        **document_shown.days(record, "Date"),
        **copied(record, "BrandingThemeID", "Status", "LineAmountTypes"),
        **_line_items(call, record, lines),
        **document_shown.sums(record),
    }


def _line_items(call: Call, record: Json, lines: Lines) -> Json:
    """On credit notes a tracking option comes without its id everywhere (connectors/xero/API.md, 8)."""
    items = document_shown.line_items(call, record, lines)
    if lines != "complete":
        return items
    return {
        "LineItems": [
            {**line, "Tracking": document_shown.without_option_ids(line)} for line in items["LineItems"]
        ]
    }


write = Writer(CREDIT_NOTES, shown)
