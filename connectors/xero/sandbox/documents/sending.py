"""Mailing an invoice, and showing it online (connectors/xero/API.md, 8)."""

from connectors.xero.sandbox.books.history import note
from connectors.xero.sandbox.contacts import store as contact_store
from connectors.xero.sandbox.documents import store
from connectors.xero.sandbox.documents.kinds import INVOICES
from connectors.xero.sandbox.documents.rules import allocated
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call
from connectors.xero.sandbox.protocol.envelope import answer, in_words, validation_failure
from connectors.xero.sandbox.protocol.wire import Json, dumps
from engine.sdk.sandbox import Answer

SENDABLE = ("SUBMITTED", "AUTHORISED", "PAID")
DAY_MS = 86_400_000


def email(call: Call) -> Answer:
    """POST /Invoices/{id}/Email: 204 without a body. Texts of refusals are not published; these are ours."""
    record = store.find(call.tx, INVOICES, call.key)
    if record is None:
        return NO_SUCH_RECORD
    contact = contact_store.by_id(call.tx, record["ContactID"]) or {}
    recipients = _recipients(contact)
    if refusal := _refusal(call, record, recipients):
        return validation_failure(
            [{"InvoiceID": record["InvoiceID"], "ValidationErrors": in_words([refusal])}]
        )
    values = (record["InvoiceID"], record.get("InvoiceNumber"), call.now_ms, dumps(recipients))
    call.tx.execute("INSERT INTO emails (invoice_id, number, at_ms, recipients) VALUES (?, ?, ?, ?)", values)
    # On a partly paid invoice this change does not move UpdatedDateUTC (connectors/xero/API.md, 5).
    updated_ms = record["updated_ms"] if allocated(INVOICES, record) else call.now_ms
    store.save(call.tx, INVOICES, {**record, "SentToContact": True, "updated_ms": updated_ms})
    note(call, record["InvoiceID"], "Invoice sent", f"This invoice has been sent to {', '.join(recipients)}")
    return Answer(204)


def _recipients(contact: Json) -> list[str]:
    """The contact's own address first, without which nothing is sent."""
    if not contact.get("EmailAddress"):
        return []
    persons = [person for person in contact.get("ContactPersons", []) if person.get("IncludeInEmails")]
    return [
        contact["EmailAddress"],
        *(person["EmailAddress"] for person in persons if person.get("EmailAddress")),
    ]


def _refusal(call: Call, record: Json, recipients: list[str]) -> str | None:
    if record["Type"] != "ACCREC":
        return "Only sales invoices can be emailed."
    if record["Status"] not in SENDABLE:
        return f"An invoice of status {record['Status']} cannot be emailed."
    if not recipients:
        return "The contact has no email address."
    sent = call.tx.execute("SELECT count(*) FROM emails WHERE at_ms > ?", (call.now_ms - DAY_MS,)).fetchone()[
        0
    ]
    if sent >= call.options.email_limit:
        return "The daily limit of emails has been reached."
    return None


def online_invoice(call: Call) -> Answer:
    record = store.find(call.tx, INVOICES, call.key)
    if record is None or record["Type"] != "ACCREC" or record["Status"] not in SENDABLE:
        return NO_SUCH_RECORD
    address = f"https://in.xero.com/{record['InvoiceID'].replace('-', '')}"
    return answer(call, "OnlineInvoices", [{"OnlineInvoiceUrl": address}])
