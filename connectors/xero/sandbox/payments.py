"""The Payments endpoints (API-FACTS 12): paying, and taking a payment back."""

from decimal import Decimal

from connectors.xero.sandbox import contact_store, contacts, invoice_checks, invoice_store, invoices, listing
from connectors.xero.sandbox import posted as read
from connectors.xero.sandbox.call import NO_SUCH_RECORD, Answer, Call, Refused
from connectors.xero.sandbox.dates import wire_day, wire_moment, wire_moment_text
from connectors.xero.sandbox.envelope import NO_ID, Outcome, answer, new_id, posted, refuse_element, written
from connectors.xero.sandbox.history import note
from connectors.xero.sandbox.listing import Conditions, Field, Table, document_field
from connectors.xero.sandbox.money import ZERO, rounded
from connectors.xero.sandbox.reference import Books
from connectors.xero.sandbox.wire import Json, dumps, loads

TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
NOT_AUTHORISED = "Payments can only be made against Authorised documents"

TABLE = Table(
    "Payment",
    "payments r",
    {
        "paymentid": Field("guid", "r.id"),
        "status": Field("text", "r.status"),
        "date": Field("date", "r.date"),
        "reference": Field("text", "r.reference"),
        "invoice.invoiceid": Field("guid", "r.invoice_id"),
        "updateddateutc": Field("date", "r.updated_ms"),
        "paymenttype": document_field("text", "PaymentType"),
        "amount": document_field("number", "Amount"),
    },
)


def listed(call: Call) -> Answer:
    page = listing.page(call, TABLE, Conditions())
    return answer(call, "Payments", [_shown(call, record) for record in page.documents], page.pagination)


def one(call: Call) -> Answer:
    record = find(call, call.key)
    return NO_SUCH_RECORD if record is None else answer(call, "Payments", [_shown(call, record)])


def find(call: Call, payment_id: str) -> Json | None:
    row = call.tx.execute("SELECT document FROM payments WHERE id = ?", (payment_id.lower(),)).fetchone()
    return None if row is None else loads(row["document"])


def create(call: Call) -> Answer:
    elements = posted(call, "Payments")
    paid = [_invoice(call, element) for element in elements]
    books = Books.of(call.tx)
    outcomes = [
        _pay(call, books, element, invoice_id) for element, invoice_id in zip(elements, paid, strict=True)
    ]
    return written(call, "Payments", outcomes, "HasValidationErrors")


def _invoice(call: Call, element: Json) -> str | None:
    named = read.record(element, "Invoice") or {"InvoiceNumber": element.get("InvoiceNumber")}
    key = read.text(named, "InvoiceID") or read.text(named, "InvoiceNumber")
    if not key:
        return None
    invoice = invoices.find(call, key)
    if invoice is None:
        raise Refused(NO_SUCH_RECORD)
    return str(invoice["InvoiceID"])


def _pay(call: Call, books: Books, element: Json, invoice_id: str | None) -> Outcome:
    invoice = invoice_store.by_id(call.tx, invoice_id) if invoice_id else None
    if invoice is None:
        return Outcome(
            {**element, "PaymentID": NO_ID}, ["An invoice must be specified; only invoices are paid here."]
        )
    amount, account = read.number(element, "Amount") or ZERO, _account(books, element)
    day = read.day(element, "Date") or contacts.today(call)
    if errors := _refusals(books, invoice, amount, account, day):
        return Outcome({**element, "PaymentID": NO_ID}, errors)
    payment: Json = {
        "PaymentID": new_id(),
        "InvoiceID": invoice["InvoiceID"],
        "AccountID": (account or {})["AccountID"],
        "Date": day,
        "Amount": rounded(amount),
        "CurrencyRate": read.number(element, "CurrencyRate") or invoice["CurrencyRate"],
        "PaymentType": "ACCRECPAYMENT" if invoice["Type"] == "ACCREC" else "ACCPAYPAYMENT",
        "Status": "AUTHORISED",
        "IsReconciled": read.boolean(element, "IsReconciled") or False,
        "updated_ms": call.now_ms,
    }
    if reference := read.text(element, "Reference"):
        payment["Reference"] = reference
    _save(call, payment)
    settle(call, invoice, rounded(amount), day)
    note(
        call, invoice["InvoiceID"], "Paid", f"Payment of {rounded(amount)} {invoice['CurrencyCode']} on {day}"
    )
    return Outcome(_shown(call, payment))


def _account(books: Books, element: Json) -> Json | None:
    named = read.record(element, "Account") or {}
    if code := read.text(named, "Code"):
        return books.accounts.get(code)
    return books.accounts_by_id.get((read.text(named, "AccountID") or "").lower())


def _refusals(books: Books, invoice: Json, amount: Decimal, account: Json | None, day: str) -> list[str]:
    errors: list[str] = []
    if account is None or account["Status"] != "ACTIVE":
        errors.append("Account could not be found")
    elif account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        errors.append("The account must be a bank account or have payments enabled.")
    if amount <= ZERO:
        errors.append("Payment amount must be greater than zero")
    if invoice["Status"] not in {"AUTHORISED", "PAID"}:
        errors.append(NOT_AUTHORISED)
    elif rounded(amount) > invoice["AmountDue"]:
        errors.append(TOO_MUCH)
    return [*errors, *invoice_checks.locked(books, day)]


def settle(call: Call, invoice: Json, amount: Decimal, day: str | None) -> None:
    """Let an invoice feel a payment, or its end (then `amount` is negative and there is no day)."""
    paid, due = invoice["AmountPaid"] + amount, invoice["AmountDue"] - amount
    record: Json = {**invoice, "AmountPaid": paid, "AmountDue": due, "updated_ms": call.now_ms}
    record["Status"] = "AUTHORISED" if due else "PAID"
    record.pop("FullyPaidOnDate", None)
    if not due and day is not None:
        record["FullyPaidOnDate"] = max(day, *_payment_days(call, invoice["InvoiceID"]))
    invoice_store.save(call.tx, record)


def _payment_days(call: Call, invoice_id: str) -> list[str]:
    sql = "SELECT date FROM payments WHERE invoice_id = ? AND status = 'AUTHORISED'"
    return [row["date"] for row in call.tx.execute(sql, (invoice_id,))]


def change(call: Call) -> Answer:
    """POST /Payments/{id}: a payment cannot be changed, only deleted."""
    payment = find(call, call.key)
    if payment is None:
        return NO_SUCH_RECORD
    element = posted(call, "Payments")[0]
    if read.text(element, "Status") != "DELETED":
        raise refuse_element(element, "Payments can only be deleted, by the status DELETED.")
    if payment["Status"] == "DELETED":
        raise refuse_element(element, "This payment has already been deleted.")
    invoice = invoice_store.by_id(call.tx, payment["InvoiceID"]) or {}
    deleted = {**payment, "Status": "DELETED", "updated_ms": call.now_ms}
    _save(call, deleted)
    settle(call, invoice, -payment["Amount"], None)
    note(
        call,
        invoice["InvoiceID"],
        "Payment removed",
        f"Payment of {payment['Amount']} on {payment['Date']} removed",
    )
    return answer(call, "Payments", [_shown(call, deleted)])


def _save(call: Call, payment: Json) -> None:
    names = ("PaymentID", "InvoiceID", "Status", "Date", "Reference", "updated_ms")
    values = (*(payment.get(name) for name in names), dumps(payment))
    call.tx.execute("INSERT OR REPLACE INTO payments VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _shown(call: Call, payment: Json) -> Json:
    account = Books.of(call.tx).accounts_by_id[payment["AccountID"]]
    invoice = invoice_store.by_id(call.tx, payment["InvoiceID"]) or {}
    contact = contact_store.by_id(call.tx, invoice["ContactID"]) or {}
    shown: Json = {
        "PaymentID": payment["PaymentID"],
        "Date": wire_day(payment["Date"]),
        "BankAmount": rounded(payment["Amount"] / payment["CurrencyRate"]),
        "Amount": payment["Amount"],
        "CurrencyRate": payment["CurrencyRate"],
        "PaymentType": payment["PaymentType"],
        "Status": payment["Status"],
        "UpdatedDateUTC": wire_moment(payment["updated_ms"]),
        "UpdatedDateUTCString": wire_moment_text(payment["updated_ms"]),
        "HasAccount": True,
        "IsReconciled": payment["IsReconciled"],
        "Account": {name: account[name] for name in ("AccountID", "Code", "Name")},
        "Invoice": invoice_store.shown(invoice, contact_store.stub(contact), call.unit_places),
        "HasValidationErrors": False,
    }
    if "Reference" in payment:
        shown["Reference"] = payment["Reference"]
    return shown
