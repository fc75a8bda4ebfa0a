"""E-mail an invoice to the address that is on it (connectors/xero/API.md, 8 and 10).

Xero takes no address: it mails the invoice's contact, and the contact persons that are included. So before
the e-mail is requested, the contact's address is made the one of the invoice, one invoice of a contact at a
time. A change of the contact whose answer is lost does no harm: no e-mail was requested yet.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.xero import wire
from connectors.xero.client import Client
from connectors.xero.recipients import Recipients, contact_change, included_addresses, recipients
from connectors.xero.resource import Resource
from connectors.xero.streams import CONTACTS, INVOICES
from connectors.xero.streams.documents import UNAPPROVED
from connectors.xero.writing import SUMMARIZE, Writer, messages
from engine.sdk import Batch, Finding, InDoubtError, Part, Receipt, dumps

MAILS = ("email", "email_contact")
FRESH = 120.0  # seconds for which a contact that was read ahead is taken for what it is now
MOST_NOTED = 1000  # records written by this run that are remembered; more are read, many in one request
NOTED = {  # what an e-mail needs of the record that it goes out for, and of the one that it goes to
    INVOICES.stream.name: ("InvoiceID", "Status", "SentToContact", "Contact"),
    CONTACTS.stream.name: (
        *("ContactID", "Name", "FirstName", "LastName", "EmailAddress", "ContactPersons", "ContactStatus"),
    ),
}
SENDABLE = ("AUTHORISED", "PAID")
Row = Mapping[str, Any]


def findings(body: Row) -> Iterator[Finding]:
    """Why an e-mail would not go out, as far as the request shows."""
    if isinstance(to := body.get("to"), str) and (fault := recipients(to).fault):
        yield Finding("xero.email_address", fault)


def contact_findings(body: Row, contact: Row) -> Iterator[Finding]:
    """Why an e-mail would not go out to the address that the contact has."""
    if isinstance(to := body.get("to"), str):
        reason = why_not_to(contact, recipients(to))
    else:
        reason = (
            "" if contact.get("EmailAddress") else f"the contact {contact.get('Name')} has no e-mail address"
        )
    if reason:
        yield Finding("xero.email_contact", reason)


def why_not_to(contact: Row, to: Recipients) -> str:
    """Why Xero would not mail to the invoice's address alone, with both sides; empty if it would."""
    present, name = str(contact.get("EmailAddress") or ""), contact.get("Name") or contact.get("ContactID")
    if not to.first or present.casefold() != to.first.casefold():
        return (
            f"the invoice's address is {to.first or 'missing'}, that of the contact {name} in Xero is "
            f"{present or 'missing'}"
        )
    if others := [one for one in included_addresses(contact) if one.casefold() != present.casefold()]:
        return (
            f"the invoice's address is {to.first}, and Xero would mail {', '.join(others)} as well: "
            f"they are included in the e-mails of the contact {name}"
        )
    return ""


@dataclass(slots=True)
class Mailer:
    """Mails for one opened system."""

    client: Client
    writer: Writer
    _locks: dict[str, threading.Lock] = field(default_factory=dict)  # one for each contact
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _ahead: dict[str, tuple[float, Row]] = field(default_factory=dict)  # id -> when it was read, and the row

    def note(self, batch: Batch, receipts: Sequence[Receipt]) -> None:
        """Remember what Xero answered when it created a record: that was read a moment ago, too.

        It is as old as the batch: the answer to one that is sent again may be the first answer.
        """
        if (names := NOTED.get(batch.stream)) is None:
            return
        begun = batch.begun if batch.begun.tzinfo else batch.begun.replace(tzinfo=UTC)
        read = time.monotonic() - max(0.0, (datetime.now(UTC) - begun).total_seconds())
        with self._guard:
            for receipt in receipts:
                key, row = (receipt.target_id or "").lower(), receipt.observed
                self._ahead.pop(key, None)
                if batch.verb == "create" and receipt.outcome == "done" and row:
                    self._ahead[key] = read, {name: row[name] for name in names if name in row}
            while len(self._ahead) > MOST_NOTED:
                del self._ahead[next(iter(self._ahead))]

    def prepare(self, invoice_ids: Sequence[str]) -> None:
        """Read the invoices and their contacts, many in one request."""
        if len(invoice_ids) < 2:
            return
        contacts = []
        for invoice in self._read_many(INVOICES, invoice_ids):
            contacts.append(str(wire.member(invoice, "Contact.ContactID") or ""))
        self._read_many(CONTACTS, contacts)

    def _read_many(self, resource: Resource, ids: Sequence[str]) -> list[Row]:
        """The records with these ids, read now unless that was a moment ago."""
        keys = list(dict.fromkeys(key.lower() for key in ids if wire.is_guid(key)))
        soon = time.monotonic() - FRESH / 2  # the e-mails themselves take their time
        rows = [self._ahead[key][1] for key in keys if key in self._ahead and self._ahead[key][0] > soon]
        known = {str(row.get(resource.stream.key, "")).lower() for row in rows}
        wanted = [key for key in keys if key not in known]
        for call in resource.by_ids(resource.stream.key, wanted):
            rows += self.client.rows(call.path, call.params, resource.stream.key)
        read = time.monotonic()
        new = {str(row.get(resource.stream.key, "")).lower(): (read, row) for row in rows}
        self._ahead |= {key: value for key, value in new.items() if key not in known}
        return rows

    def email(self, batch: Batch) -> list[Receipt]:
        """One e-mail for each part: its body names the address, `{"to": "ann@client.example"}`, or not."""
        single = len(batch.parts) == 1
        return [
            self._email(batch, part, batch.key if single else f"{batch.key}-{index}")
            for index, part in enumerate(batch.parts)
        ]

    def _email(self, batch: Batch, part: Part, key: str) -> Receipt:
        to = part.body.get("to")
        if to is None:
            return self._request(batch, part, key)
        wanted = recipients(str(to))
        if wanted.fault and batch.verb == "email":
            return Receipt("refused", part.target_id, wanted.fault, "xero.email_address")
        invoice = self._read("Invoices", part.target_id or "")
        if invoice is None:
            return Receipt("refused", part.target_id, f"Xero has no invoice {part.target_id}", "xero.email")
        if invoice.get("Status") not in SENDABLE:
            reason = f"the invoice is {invoice.get('Status')}; only {' and '.join(SENDABLE)} are mailed"
            if invoice.get("Status") in UNAPPROVED:
                return Receipt("waiting", part.target_id, reason, "xero.email_status")
            return Receipt("refused", part.target_id, reason, "xero.email_status")
        if invoice.get("SentToContact") is True:
            return Receipt(
                "skipped", part.target_id, "it is marked as sent in Xero already", "xero.email_sent"
            )
        with self._alone(str(wire.member(invoice, "Contact.ContactID") or "").lower()) as contact_id:
            return self._to_contact(batch, part, key, contact_id, wanted)

    def _to_contact(self, batch: Batch, part: Part, key: str, contact_id: str, to: Recipients) -> Receipt:
        contact = self._read("Contacts", contact_id)
        if contact is None:
            return Receipt(
                "refused", part.target_id, f"Xero has no contact {contact_id}", "xero.email_contact"
            )
        if batch.verb == "email_contact":
            if reason := why_not_to(contact, to):
                return Receipt("refused", part.target_id, reason, "xero.email_contact")
            return self._request(batch, part, key)
        change = contact_change(contact, to)
        try:
            fault = change.fault or (self._change(batch, change.body, key) if change.body else "")
        except InDoubtError as error:  # whether it changed or not: no e-mail was requested
            return Receipt("waiting", part.target_id, str(error), "xero.email_contact")
        if fault:
            return Receipt("refused", part.target_id, fault, "xero.email_contact")
        self._ahead[contact_id] = time.monotonic(), {**contact, **change.body}
        receipt = self._request(batch, part, key)
        reported = [change.report] if change.report else []
        reported += [f"not mailed to the further addresses {', '.join(to.others)}"] if to.others else []
        return Receipt("done", part.target_id, "; ".join(reported)) if receipt.outcome == "done" else receipt

    def _change(self, batch: Batch, body: Row, key: str) -> str:
        """Change the contact; returns why Xero refused it, empty if it did not."""
        # Drawn from the batch's own random key: another change under the same batch is another request.
        changed = f"{key}-{hashlib.sha256(dumps(body).encode()).hexdigest()[:16]}"
        deadline = self.writer.deadline(batch)
        answer = self.client.post("POST", "Contacts", {"Contacts": [body]}, changed, SUMMARIZE, deadline)
        if not answer.ok:
            return self.writer.refusal(answer)
        elements = self.writer.elements(answer, "POST Contacts", "Contacts")
        bad = any(element.get("StatusAttributeString") == "ERROR" for element in elements)
        reasons = dict.fromkeys(message for element in elements for message in messages(element))
        return " · ".join(reasons) or ("refused without a reason" if bad else "")

    def _request(self, batch: Batch, part: Part, key: str) -> Receipt:
        """Request the e-mail: 204 is done. Any 400 may be the daily allowance: no text of it is known."""
        path = f"Invoices/{part.target_id}/Email"
        answer = self.client.post("POST", path, {}, key, {}, self.writer.deadline(batch))
        if answer.ok:
            return Receipt("done", part.target_id)
        reason = self.writer.refusal(answer)
        if answer.status == 400 and self._can_be_mailed(part.target_id or ""):
            return Receipt("waiting", part.target_id, reason, "xero.email_refused")
        return Receipt("refused", part.target_id, reason, "xero.email")

    def _can_be_mailed(self, invoice_id: str) -> bool:
        """Whether the invoice and its contact have what an e-mail needs."""
        invoice = self._read("Invoices", invoice_id) or {}
        contact = self._read("Contacts", str(wire.member(invoice, "Contact.ContactID") or "")) or {}
        return invoice.get("Status") in SENDABLE and bool(contact.get("EmailAddress"))

    @contextmanager
    def _alone(self, contact_id: str) -> Iterator[str]:
        """One invoice of a contact at a time: Xero mails the address that the contact has at that moment."""
        with self._guard:
            lock = self._locks.setdefault(contact_id, threading.Lock())
        with lock:
            yield contact_id

    def _read(self, path: str, key: str) -> Row | None:
        """A record: as it was read ahead, if that was a moment ago, and each of them once."""
        read, row = self._ahead.pop(key.lower(), (0.0, None))
        if row is not None and time.monotonic() - read < FRESH:
            return row
        rows = self.client.one(f"{path}/{key}").get(path) if wire.is_guid(key) else None
        return next(iter(rows or ()), None)
