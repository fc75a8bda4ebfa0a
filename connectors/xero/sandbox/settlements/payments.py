"""The Payments endpoints: pay invoices, refund credit notes and advances, delete payments.

Facts: connectors/xero/API.md, 9 and 12.
"""

from decimal import Decimal

from connectors.xero.sandbox.books.history import note
from connectors.xero.sandbox.books.money import ZERO, rounded
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.contacts import store as contact_store
from connectors.xero.sandbox.documents import checks as document_checks
from connectors.xero.sandbox.documents import credit_notes, invoices, store
from connectors.xero.sandbox.documents.kinds import APPROVED, CREDIT_NOTES, CREDITS, INVOICES, Kind
from connectors.xero.sandbox.documents.shown import copied
from connectors.xero.sandbox.protocol import listing
from connectors.xero.sandbox.protocol import posted as read
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call
from connectors.xero.sandbox.protocol.dates import wire_day, wire_moment, wire_moment_text
from connectors.xero.sandbox.protocol.envelope import (
    NO_ID,
    Outcome,
    answer,
    new_id,
    posted,
    refuse_element,
    written,
)
from connectors.xero.sandbox.protocol.listing import Conditions, Field, Table, document_field
from connectors.xero.sandbox.protocol.wire import Json, dumps
from connectors.xero.sandbox.settlements import advances
from connectors.xero.sandbox.settlements.balance import settle
from engine.sdk import loads
from engine.sdk.sandbox import Answer, Refused

TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
NOT_AUTHORISED = "Payments can only be made against Authorised documents"
ONLY_STATUS = "Only Status accepted for updates."
# The sentences are ours.
ALREADY_DELETED = "This payment has already been deleted."
NOTHING_PAID = "An invoice, credit note, prepayment or overpayment must be specified."
KINDS = (INVOICES, *CREDITS)
TYPES = {
    "ACCREC": "ACCRECPAYMENT",
    "ACCPAY": "ACCPAYPAYMENT",
    "ACCRECCREDIT": "ARCREDITPAYMENT",
    "ACCPAYCREDIT": "APCREDITPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENTPAYMENT",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENTPAYMENT",
}

TABLE = Table(
    "Payment",
    "payments r",
    {
        "paymentid": Field("guid", "r.id"),
        "status": Field("text", "r.status"),
        "date": Field("date", "r.date"),
        "reference": Field("text", "r.reference"),
        "invoice.invoiceid": document_field("guid", "InvoiceID"),
        "invoice.invoicenumber": Field(
            "text", "(SELECT i.number FROM invoices i WHERE i.id = r.document_id)"
        ),
        "isreconciled": document_field("bool", "IsReconciled"),
        "updateddateutc": Field("date", "r.updated_ms"),
        "paymenttype": document_field("text", "PaymentType"),
        "amount": document_field("number", "Amount"),
    },
)


def read_list(call: Call) -> Answer:
    page = listing.page(call, TABLE, Conditions())
    return answer(call, "Payments", [_shown(call, record) for record in page.documents], page.pagination)


def read_one(call: Call) -> Answer:
    record = find(call, call.key)
    return NO_SUCH_RECORD if record is None else answer(call, "Payments", [_shown(call, record)])


def find(call: Call, payment_id: str) -> Json | None:
    row = call.tx.execute("SELECT document FROM payments WHERE id = ?", (payment_id.lower(),)).fetchone()
    return None if row is None else loads(row["document"])


def create(call: Call) -> Answer:
    elements = posted(call, "Payments")
    paid = [_paid(call, element) for element in elements]
    books = Books.of(call.tx)
    outcomes = [
        _pay(call, books, element, document) for element, document in zip(elements, paid, strict=True)
    ]
    return written(call, "Payments", outcomes, "HasValidationErrors")


def _paid(call: Call, element: Json) -> tuple[Kind, str] | None:
    """The document named by id or number; an unknown one refuses the entire request."""
    for kind in KINDS:
        named = read.record(element, kind.of) or {kind.number: element.get(kind.number)}
        key = read.guid(named, kind.id) or read.text(named, kind.number)
        if not key:
            continue
        record = store.find(call.tx, kind, key)
        if record is None:
            raise Refused(NO_SUCH_RECORD)
        return kind, str(record[kind.id])
    return None


def _pay(call: Call, books: Books, element: Json, paid: tuple[Kind, str] | None) -> Outcome:
    kind, record = (paid[0], store.by_id(call.tx, *paid)) if paid else (INVOICES, None)
    if record is None:
        return Outcome(_as_read(element), [NOTHING_PAID])
    amount, account = rounded(read.number(element, "Amount") or ZERO), _account(books, element)
    rate = read.number(element, "CurrencyRate")
    day = read.day(element, "Date") or call.today
    if errors := [*_refusals(books, kind, record, amount, account, day), *_rate_refused(rate)]:
        return Outcome(_as_read(element), errors)
    payment: Json = {
        "PaymentID": new_id(),
        kind.id: record[kind.id],
        "AccountID": (account or {})["AccountID"],
        "Date": day,
        "Amount": amount,
        "CurrencyRate": rate or record["CurrencyRate"],
        "PaymentType": TYPES[record["Type"]],
        "Status": "AUTHORISED",
        "IsReconciled": read.boolean(element, "IsReconciled") or False,
        "updated_ms": call.now_ms,
    }
    if reference := read.text(element, "Reference"):
        payment["Reference"] = reference
    _save(call, payment)
    settle(call, kind, record, kind.settled[0], amount)
    details = f"Payment of {amount} {record['CurrencyCode']} on {day}"
    note(call, record[kind.id], "Paid", details)
    return Outcome(_shown(call, payment))


def _as_read(element: Json) -> Json:
    """A refused payment: the request as it was read (connectors/xero/API.md, 5.2)."""
    day, amount, rate = (
        read.day(element, "Date"),
        read.number(element, "Amount"),
        read.number(element, "CurrencyRate"),
    )
    named = {
        name: {key: value for key in keys if (value := read.text(part, key)) is not None}
        for name, *keys in (
            ("Account", "Code", "AccountID"),
            *((kind.of, kind.id, kind.number) for kind in KINDS),
        )
        if (part := read.record(element, name)) is not None
    }
    plain = {"Amount": amount, "CurrencyRate": rate, "Reference": read.text(element, "Reference")}
    return {
        "PaymentID": NO_ID,
        **named,
        **({"Date": wire_day(day)} if day else {}),
        **{name: value for name, value in plain.items() if value is not None},
    }


def _account(books: Books, element: Json) -> Json | None:
    named = read.record(element, "Account") or {}
    if code := read.text(named, "Code"):
        return books.accounts.get(code)
    return books.accounts_by_id.get((read.text(named, "AccountID") or "").lower())


def _refusals(
    books: Books, kind: Kind, record: Json, amount: Decimal, account: Json | None, day: str
) -> list[str]:
    errors: list[str] = []
    if account is None or account["Status"] != "ACTIVE":
        errors.append("Account could not be found")
    elif account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        errors.append("The account must be a bank account or have payments enabled.")
    if amount <= ZERO:
        errors.append("Payment amount must be greater than zero")
    if record["Status"] not in APPROVED:
        errors.append(NOT_AUTHORISED)
    elif amount > record[kind.open]:
        errors.append(TOO_MUCH)
    return [*errors, *document_checks.locked(books, day)]


def _rate_refused(rate: Decimal | None) -> list[str]:
    return ["CurrencyRate must be positive."] if rate is not None and rate <= ZERO else []


def change(call: Call) -> Answer:
    """POST /Payments/{id}: a payment cannot be changed, only deleted."""
    payment = find(call, call.key)
    if payment is None:
        return NO_SUCH_RECORD
    element = posted(call, "Payments")[0]
    others = set(element) - {"Status", "PaymentID"} if call.options.strict else set()
    if others or read.text(element, "Status") != "DELETED":
        raise _refused(payment, ONLY_STATUS)
    if payment["Status"] == "DELETED":
        raise _refused(payment, ALREADY_DELETED)
    kind, record = _document(call, payment)
    deleted = {**payment, "Status": "DELETED", "updated_ms": call.now_ms}
    _save(call, deleted)
    settle(call, kind, record, kind.settled[0], -payment["Amount"])
    details = f"Payment of {payment['Amount']} on {payment['Date']} removed"
    note(call, record[kind.id], "Payment removed", details)
    return answer(call, "Payments", [_shown(call, deleted)])


def _refused(payment: Json, message: str) -> Refused:
    named = {"PaymentID": payment["PaymentID"], "Status": payment["Status"], "HasValidationErrors": True}
    return refuse_element(named, message)


def _document(call: Call, payment: Json) -> tuple[Kind, Json]:
    """The document that a payment belongs to."""
    kind = _kind(payment)
    return kind, store.by_id(call.tx, kind, payment[kind.id]) or {}


def _kind(payment: Json) -> Kind:
    return next(kind for kind in KINDS if kind.id in payment)


def _save(call: Call, payment: Json) -> None:
    names = ("PaymentID", _kind(payment).id, "Status", "Date", "Reference", "updated_ms")
    values = (*(payment.get(name) for name in names), dumps(payment))
    call.tx.execute("INSERT OR REPLACE INTO payments VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _shown(call: Call, payment: Json) -> Json:
    account = Books.of(call.tx).accounts_by_id[payment["AccountID"]]
    kind, record = _document(call, payment)
    contact = contact_store.stub(contact_store.by_id(call.tx, record["ContactID"]) or {})
    return {
        "PaymentID": payment["PaymentID"],
        "Date": wire_day(payment["Date"]),
        "BankAmount": rounded(payment["Amount"] / payment["CurrencyRate"]),
        **copied(payment, "Amount", "CurrencyRate", "PaymentType", "Status"),
        "UpdatedDateUTC": wire_moment(payment["updated_ms"]),
        "UpdatedDateUTCString": wire_moment_text(payment["updated_ms"]),
        "HasAccount": True,
        "IsReconciled": payment["IsReconciled"],
        "Account": {name: account[name] for name in ("AccountID", "Code", "Name")},
        kind.of: _document_shown(call, kind, record, contact),
        "HasValidationErrors": False,
        **copied(payment, "Reference"),
    }


def _document_shown(call: Call, kind: Kind, record: Json, contact: Json) -> Json:
    if kind is INVOICES:
        return invoices.shown(call, record, contact)
    if kind is CREDIT_NOTES:
        return credit_notes.shown(call, record, contact)
    return advances.shown(call, kind, record, contact)
