"""Money that customers paid in advance: prepayments and overpayments, made by bank transactions
(connectors/xero/API.md, 12)."""

from decimal import Decimal

from connectors.xero.sandbox.books.history import note
from connectors.xero.sandbox.books.money import ZERO, rounded
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.contacts import store as contact_store
from connectors.xero.sandbox.documents import allocation_store, store
from connectors.xero.sandbox.documents import checks as document_checks
from connectors.xero.sandbox.documents import shown as document_shown
from connectors.xero.sandbox.documents.kinds import OVERPAYMENTS, PREPAYMENTS, Kind
from connectors.xero.sandbox.documents.shown import Lines, copied
from connectors.xero.sandbox.documents.writer import complete_contact, table, with_stubs
from connectors.xero.sandbox.protocol import listing
from connectors.xero.sandbox.protocol import posted as read
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call, Handler
from connectors.xero.sandbox.protocol.envelope import NO_ID, Outcome, answer, new_id, posted, written
from connectors.xero.sandbox.protocol.listing import Conditions, document_field
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk.sandbox import Answer

KINDS = {kind.sales: kind for kind in (PREPAYMENTS, OVERPAYMENTS)}
# The sentences are ours: of bank transactions only these are simulated.
WRONG_TYPE = f"Only {' and '.join(KINDS)} are taken here."
NO_CONTACT = "A Contact must be specified for this type of transaction"
NO_ACCOUNT = "Bank account could not be found"
_NOT_OF_TRANSACTIONS = ("ID", "RemainingCredit", "Allocations", "Payments", "UpdatedDateUTCString")
NOTHING = "The total of a bank transaction must be greater than zero."


def lister(kind: Kind) -> Handler:
    columns = table(kind, remainingcredit=document_field("number", "RemainingCredit"))

    def read_list(call: Call) -> Answer:
        page = listing.page(call, columns, Conditions())
        elements = [
            shown(call, kind, record, stub, "listed" if page.paged else "empty")
            for record, stub in with_stubs(call, page)
        ]
        return answer(call, kind.collection, elements, page.pagination)

    return read_list


def reader(kind: Kind) -> Handler:
    def read_one(call: Call) -> Answer:
        record = store.by_id(call.tx, kind, call.key)
        if record is None:
            return NO_SUCH_RECORD
        return answer(call, kind.collection, [shown(call, kind, record, complete_contact(call, record))])

    return read_one


def shown(call: Call, kind: Kind, record: Json, contact: Json, lines: Lines = "complete") -> Json:
    key = record[kind.id]
    totals = {name: value for name, value in document_shown.sums(record).items() if name != "FullyPaidOnDate"}
    return {
        kind.id: key,
        "ID": key,
        **copied(record, "CurrencyRate", "Type", "Reference", "RemainingCredit"),
        "Allocations": allocation_store.of_credit(call.tx, key),
        "Payments": document_shown.payments(call.tx, key),
        "HasAttachments": False,
        "Contact": contact,
        **document_shown.days(record, "Date"),
        **copied(record, "Status", "LineAmountTypes"),
        **document_shown.line_items(call, record, lines),
        **totals,
    }


def receive(call: Call) -> Answer:
    """PUT /BankTransactions of the type RECEIVE-PREPAYMENT or RECEIVE-OVERPAYMENT."""
    books = Books.of(call.tx)
    outcomes = [_receive(call, books, element) for element in posted(call, "BankTransactions")]
    return written(call, "BankTransactions", outcomes, "HasValidationErrors")


def _receive(call: Call, books: Books, element: Json) -> Outcome:
    kind = KINDS.get(read.text(element, "Type") or "")
    contact_id = read.guid(read.record(element, "Contact") or {}, "ContactID")
    contact = contact_store.by_id(call.tx, contact_id) if contact_id else None
    account = books.accounts.get(read.text(read.record(element, "BankAccount") or {}, "Code") or "")
    lines = [_line(line) for line in read.records(element, "LineItems") or ()]
    total = sum((line["LineAmount"] for line in lines), ZERO)
    day = read.day(element, "Date") or call.today
    checks = (
        (kind is None, WRONG_TYPE),
        (contact is None, NO_CONTACT),
        (account is None or account["Type"] != "BANK", NO_ACCOUNT),
        (total <= ZERO, NOTHING),
    )
    errors = [message for refused, message in checks if refused] + document_checks.locked(books, day)
    if errors or kind is None or contact is None:
        return Outcome({**element, "BankTransactionID": NO_ID}, errors)
    record: Json = {
        kind.id: new_id(),
        "Type": kind.sales,
        "ContactID": contact["ContactID"],
        "Date": day,
        "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax",
        "LineItems": lines,
        "CurrencyCode": read.text(element, "CurrencyCode") or books.base_currency,
        "CurrencyRate": Decimal(1),
        "SubTotal": total,
        "TotalTax": ZERO,
        "Total": total,
        "RemainingCredit": total,
        "AmountRefunded": ZERO,
        "AmountAllocated": ZERO,
        "client_id": call.client_id,
        "updated_ms": call.now_ms,
    }
    store.save(call.tx, kind, record)
    note(call, record[kind.id], "Created", f"{kind.title} of {total} {record['CurrencyCode']}")
    parts = {
        name: value
        for name, value in shown(call, kind, record, complete_contact(call, record)).items()
        if name not in _NOT_OF_TRANSACTIONS
    }
    return Outcome({**parts, "BankTransactionID": new_id(), "BankAccount": element.get("BankAccount")})


def _line(line: Json) -> Json:
    quantity, price = read.number(line, "Quantity"), read.number(line, "UnitAmount") or ZERO
    quantity = Decimal(1) if quantity is None else quantity
    return {
        **copied(line, "Description", "AccountCode"),
        "Quantity": quantity,
        "UnitAmount": price,
        "LineAmount": rounded(quantity * price),
        "TaxType": "NONE",
        "TaxAmount": ZERO,
        "Tracking": [],
        "LineItemID": new_id(),
    }
