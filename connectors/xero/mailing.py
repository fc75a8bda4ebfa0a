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
from typing import Any, Literal

from connectors.xero import wire
from connectors.xero.client import Client
from connectors.xero.obstacles import (
    address_fault,
    contact_obstacle,
    invoice_obstacle,
    is_directed,
    key_of,
    obstacles,
)
from connectors.xero.recipients import Recipients, contact_change, recipients
from connectors.xero.resource import Resource
from connectors.xero.streams import CONTACTS, INVOICES
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
Row = Mapping[str, Any]


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

    def findings(self, verb: str, requests: Sequence[tuple[Row, Row]]) -> list[list[Finding]]:
        """What these requests would meet if they were made in this order. What is read is kept for them."""
        documents = [document for _, document in requests]
        invoices, contacts = self._read_ahead(documents)
        return list(obstacles(verb, requests, invoices, contacts))

    def prepare(self, invoice_ids: Sequence[str]) -> None:
        """Read the invoices and their contacts, many in one request."""
        if len(invoice_ids) > 1:
            self._read_ahead([{"InvoiceID": key} for key in invoice_ids])

    def _read_ahead(self, documents: Sequence[Row]) -> tuple[dict[str, Row], dict[str, Row]]:
        """The invoices among the documents as they are now, and the contacts of all of them, by their ids."""
        rows = self._read_many(INVOICES, [key_of(document, "InvoiceID") for document in documents])
        new = (document for document in documents if not key_of(document, "InvoiceID"))
        contact_ids = [_contact_id(row) for row in (*rows, *new)]
        contacts = self._read_many(CONTACTS, contact_ids)
        return (
            {key_of(row, "InvoiceID"): row for row in rows},
            {key_of(row, "ContactID"): row for row in contacts},
        )

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
        invoice = self._read("Invoices", part.target_id or "")
        if invoice is None:
            return Receipt("refused", part.target_id, f"Xero has no invoice {part.target_id}", "xero.email")
        if found := address_fault(batch.verb, part.body) or invoice_obstacle(invoice):
            return _receipt(part, found)
        with self._alone(_contact_id(invoice)) as contact_id:
            return self._to_contact(batch, part, key, contact_id)

    def _to_contact(self, batch: Batch, part: Part, key: str, contact_id: str) -> Receipt:
        contact = self._read("Contacts", contact_id)
        if contact is None:
            return Receipt(
                "refused", part.target_id, f"Xero has no contact {contact_id}", "xero.email_contact"
            )
        if found := contact_obstacle(batch.verb, contact, part.body):
            return _receipt(part, found)
        if not is_directed(batch.verb, part.body):
            return self._request(batch, part, key)
        return self._to_its_address(batch, part, key, contact, recipients(str(part.body["to"])))

    def _to_its_address(self, batch: Batch, part: Part, key: str, contact: Row, to: Recipients) -> Receipt:
        """Make the contact's address the one of the request, then request the e-mail."""
        change = contact_change(contact, to)
        try:
            fault = self._change(batch, change.body, key) if change.body else ""
        except InDoubtError as error:  # whether it changed or not: no e-mail was requested
            return Receipt("waiting", part.target_id, str(error), "xero.email_contact")
        if fault:
            return Receipt("refused", part.target_id, fault, "xero.email_contact")
        self._ahead[key_of(contact, "ContactID")] = time.monotonic(), {**contact, **change.body}
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
        contact = self._read("Contacts", _contact_id(invoice)) or {}
        return invoice_obstacle(invoice) is None and bool(contact.get("EmailAddress"))

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


def _contact_id(document: Row) -> str:
    return str(wire.member(document, "Contact.ContactID") or "").lower()


def _receipt(part: Part, finding: Finding) -> Receipt:
    """That an e-mail was not requested, and why."""
    outcome: Literal["refused", "waiting", "skipped"] = (
        "refused" if finding.outcome == "held" else finding.outcome
    )
    return Receipt(outcome, part.target_id, finding.message, finding.code)
