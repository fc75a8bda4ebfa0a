"""Why an invoice would not be e-mailed, as far as it, its contact and the organisation show
(connectors/xero/API.md, 8.1 and 10). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.xero import wire
from connectors.xero.recipients import contact_change, included_addresses, recipients
from connectors.xero.streams.documents import UNAPPROVED
from engine.sdk import Allowance, Finding

SENDABLE = ("AUTHORISED", "PAID")
ADDRESS, STATUS, SENT = "xero.email_address", "xero.email_status", "xero.email_sent"
CONTACT, OTHERS = "xero.email_contact", "xero.email_others"
A_DAY, A_DAY_ON_TRIAL = 1000, 20
Row = Mapping[str, Any]


def invoice_obstacle(invoice: Row) -> Finding | None:
    """Why the state of an invoice does not allow an e-mail."""
    status = invoice.get("Status")
    if status not in SENDABLE:
        reason = f"the invoice is {status}; only {' and '.join(SENDABLE)} are mailed"
        return Finding(STATUS, reason, outcome="waiting" if status in UNAPPROVED else "held")
    if invoice.get("SentToContact") is True:
        return Finding(SENT, "it is marked as sent in Xero already", outcome="skipped")
    return None


def address_fault(verb: str, body: Row) -> Finding | None:
    """Why the address that the request names cannot become the contact's."""
    fault = recipients(str(body["to"])).fault if is_directed(verb, body) else ""
    return Finding(ADDRESS, fault) if fault else None


def contact_obstacle(verb: str, contact: Row, body: Row) -> Finding | None:
    """Why the contact of an invoice does not allow the e-mail."""
    if is_directed(verb, body):
        fault = contact_change(contact, recipients(str(body["to"]))).fault
        return Finding(CONTACT, fault) if fault else None
    present, name = str(contact.get("EmailAddress") or ""), contact.get("Name") or contact.get("ContactID")
    if "to" in body:
        return _difference(str(name), present, str(body["to"] or ""), included_addresses(contact))
    if not present:
        return Finding(ADDRESS, f"the contact {name} has no e-mail address in Xero")
    return None


def _difference(name: str, present: str, to: str, included: Sequence[str]) -> Finding | None:
    """Mail only if it goes to the invoice's address and to no one else; else both sides are shown."""
    wanted = recipients(to).first
    if not wanted or present.casefold() != wanted.casefold():
        reason = (
            f"the invoice's address is {wanted or 'missing'}, that of the contact {name} in Xero is "
            f"{present or 'missing'}"
        )
        return Finding(CONTACT, reason)
    if others := [one for one in included if one.casefold() != present.casefold()]:
        reason = (
            f"the invoice's address is {wanted}, and Xero would mail {', '.join(others)} as well: "
            f"they are included in the e-mails of the contact {name}"
        )
        return Finding(CONTACT, reason)
    return None


def obstacles(
    verb: str,
    requests: Sequence[tuple[Row, Row]],
    invoices: Mapping[str, Row],
    contacts: Mapping[str, Row],
) -> Iterator[list[Finding]]:
    """What each request for an e-mail would meet if they are made in this order: each leaves its contact with
    its own address.
    """
    now: dict[str, Row] = {}
    for body, document in requests:
        invoice_id = key_of(document, "InvoiceID")
        invoice = invoices.get(invoice_id) if invoice_id else document
        if invoice is None:
            yield [Finding("xero.email", f"Xero has no invoice {invoice_id}")]
            continue
        given = {} if invoice_id else wire.member(invoice, "Contact") or {}
        contact_id = str(wire.member(invoice, "Contact.ContactID") or "").lower()
        if contact_id and contact_id not in contacts:
            yield [Finding(CONTACT, f"Xero has no contact {contact_id}")]
            continue
        name = contact_id or f"{given.get('ContactNumber')} {given.get('Name')}"  # one to be created
        contact = now.get(name) or {**contacts.get(contact_id, {}), **given}
        faults = [
            invoice_obstacle(invoice) if invoice_id else None,
            address_fault(verb, body),
            contact_obstacle(verb, contact, body),
        ]
        found = [fault for fault in faults if fault is not None][:1]
        if not found and is_directed(verb, body):
            to = recipients(str(body["to"]))
            contact = {**contact, **contact_change(contact, to).body}
            found += _further(to.others)
        now[name] = contact
        yield found


def is_directed(verb: str, body: Row) -> bool:
    """Whether the contact's address is made the one of the request first."""
    return verb == "email" and body.get("to") is not None


def _further(addresses: Sequence[str]) -> list[Finding]:
    message = f"not mailed to the further addresses {', '.join(addresses)}"
    return [Finding(OTHERS, message, refuses=False)] if addresses else []


def key_of(row: Row, name: str) -> str:
    return str(row.get(name) or "").lower()


def allowance(organisation: Row, a_day: int | None) -> Allowance:
    """The organisation's allowance of e-mails. `a_day`: what the config says that it is."""
    if a_day is not None:
        return Allowance(a_day, f"the {a_day} e-mails of a day (emails_a_day) are used up")
    if organisation.get("IsDemoCompany") is True:
        return Allowance(0, "the organisation is a demo company, for which Xero sends no e-mail")
    if organisation.get("Edition") == "PARTNER":
        return Allowance(0, "the organisation has Xero's Partner Edition, which sends no e-mail")
    number = A_DAY_ON_TRIAL if organisation.get("Class") == "TRIAL" else A_DAY
    return Allowance(number, f"Xero's {number:,} e-mails of a day are used up")
