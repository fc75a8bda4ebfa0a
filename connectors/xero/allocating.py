"""Allocate credit notes to the invoices that they credit (connectors/xero/API.md, 9.5 to 9.9).

The amount is what is left of the credit note or what is due on the invoice, whichever is less, read just
before: afterwards nothing is left of one of them, so a repeated request cannot allocate twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from connectors.xero import wire
from connectors.xero.client import Client
from connectors.xero.streams.documents import UNAPPROVED
from connectors.xero.writing import SUMMARIZE, Writer, messages
from engine.sdk import ActionPreview, Batch, InDoubtError, Part, Receipt

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing can be allocated. `skipped`: there is nothing to do; `refused`: a person has to look at it;
    `waiting`: it is not approved yet.
    """

    reason: str
    outcome: Literal["skipped", "refused", "waiting"] = "skipped"


def allocatable(note: Row, invoice: Row) -> Decimal | Obstacle:
    """How much of a credit note can be allocated to an invoice, or why nothing can."""
    credit_note, document = _name(note), _name(invoice)
    if reason := _differs(note, invoice):
        return Obstacle(reason, "refused")
    for name, row in ((credit_note, note), (document, invoice)):
        if row.get("Status") in UNAPPROVED:
            return Obstacle(f"{name} is {row.get('Status')}; it waits until a person approves it", "waiting")
    if note.get("Status") not in ("AUTHORISED", "PAID"):
        return Obstacle(
            f"{credit_note} is {note.get('Status')}; only authorised credit notes can be allocated"
        )
    if invoice.get("Status") != "AUTHORISED":
        return Obstacle(f"{document} is {invoice.get('Status')}; {_left(note)}")
    amount = min(_amount(note, "RemainingCredit"), _amount(invoice, "AmountDue"))
    return amount if amount > 0 else Obstacle(f"nothing is due on {document}; {_left(note)}")


def foresee(previews: Sequence[ActionPreview]) -> list[Receipt]:
    """What allocating one after the other would answer: each finds due what the ones before have left."""
    due: dict[str, Decimal] = {}
    receipts = []
    for preview in previews:
        if not preview.values or not preview.to_values:
            missing = (
                f"invoice of {preview.to_key}" if preview.values else f"credit note for {preview.to_key}"
            )
            receipts.append(Receipt("refused", None, f"Xero has no {missing}", "xero.allocate"))
            continue
        left = due.setdefault(preview.to_key, _amount(_with_due(preview.to_values), "AmountDue"))
        note, invoice = _with_credit(preview.values), {**preview.to_values, "AmountDue": left}
        if not left and invoice.get("Status") == "AUTHORISED":
            invoice["Status"] = "PAID"  # by the ones before
        amount = allocatable(note, invoice)
        if isinstance(amount, Obstacle):
            receipts.append(Receipt(amount.outcome, None, amount.reason, "xero.allocate"))
        else:
            due[preview.to_key] = left - amount
            receipts.append(_done(note, invoice, amount))
    return receipts


def _with_due(invoice: Row) -> Row:
    """An invoice that does not exist yet will be due in full."""
    return {"AmountDue": invoice.get("Total"), **invoice}


def _with_credit(note: Row) -> Row:
    """Nothing is used of a credit note that does not exist yet."""
    return {"RemainingCredit": note.get("Total"), **note}


def _done(note: Row, invoice: Row, amount: Decimal) -> Receipt:
    """The amount, with a sentence if something of the credit note is left."""
    left, currency = _amount(note, "RemainingCredit") - amount, str(note.get("CurrencyCode", ""))
    rest = _left({**note, "RemainingCredit": left})
    told = f"{amount:,.2f} {currency} allocated to {_name(invoice)}; {rest}" if left else ""
    return Receipt("done", note.get("CreditNoteID"), told, amounts={currency: amount})


@dataclass(slots=True)
class Allocator:
    """Allocates for one opened system."""

    client: Client
    writer: Writer

    def allocate(self, batch: Batch) -> list[Receipt]:
        """One allocation for each part: its body names the invoice, `{"to": {"InvoiceID": …}}`."""
        single = len(batch.parts) == 1
        return [
            self._allocate(batch, part, batch.key if single else f"{batch.key}-{index}")
            for index, part in enumerate(batch.parts)
        ]

    def is_allocated(self, credit_note_id: str, body: Row) -> bool:
        """Whether something of the credit note is allocated to the invoice."""
        note = self._read("CreditNotes", credit_note_id)
        return note is not None and _is_allocated(note, _invoice_id(body))

    def _allocate(self, batch: Batch, part: Part, key: str) -> Receipt:
        invoice_id, note_id = _invoice_id(part.body), part.target_id or ""
        note, invoice = self._read("CreditNotes", note_id), self._read("Invoices", invoice_id)
        if note is not None and not invoice_id:
            reason = f"no invoice is named that it credits; {_left(note)}"
            return Receipt("skipped", part.target_id, reason, "xero.allocate")
        if note is None or invoice is None:
            missing = f"credit note {note_id}" if note is None else f"invoice {invoice_id}"
            return Receipt("refused", part.target_id, f"Xero has no {missing}", "xero.allocate")
        amount = allocatable(note, invoice)
        if isinstance(amount, Obstacle) and amount.outcome == "skipped" and _is_allocated(note, invoice_id):
            return Receipt("done", part.target_id)  # by a person, in the meantime
        if isinstance(amount, Obstacle):
            return Receipt(amount.outcome, part.target_id, amount.reason, "xero.allocate")
        refused = self._send(batch, note, invoice, amount, key)
        if refused:
            return Receipt("refused", part.target_id, refused, "xero.allocate")
        return _done(note, invoice, amount)

    def _send(self, batch: Batch, note: Row, invoice: Row, amount: Decimal, key: str) -> str:
        """Send it; returns why Xero refused it, empty if it did not."""
        # One page demands the date, another calls it read-only: the later of both documents' dates.
        days = [day for row in (note, invoice) if (day := wire.day(str(row.get("Date"))))]
        dated = {"Date": max(days).isoformat()} if days else {}
        body = {"Amount": amount, **dated, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
        deadline = self.writer.deadline(batch)
        answer = self.client.post("PUT", path, {"Allocations": [body]}, key, SUMMARIZE, deadline)
        if not answer.ok:
            return self.writer.refusal(answer)
        elements = self.writer.elements(answer, f"PUT {path}", "Allocations")
        if not elements:
            raise InDoubtError(f"Xero's answer to PUT {path} contains no allocation")
        reasons = dict.fromkeys(message for element in elements for message in messages(element))
        bad = any(element.get("StatusAttributeString") == "ERROR" for element in elements)
        return " · ".join(reasons) or ("refused without a reason" if bad else "")

    def _read(self, path: str, key: str) -> Row | None:
        rows = self.client.one(f"{path}/{key}", {"unitdp": 4}).get(path) if wire.is_guid(key) else None
        return next(iter(rows or ()), None)


def _differs(note: Row, invoice: Row) -> str:
    """Why the two do not belong together: Xero allocates within one contact and one currency."""
    credit_note, document = _name(note), _name(invoice)
    ours, theirs = (str(wire.member(row, "Contact.ContactID")) for row in (note, invoice))
    if not _same(ours, theirs):
        names = [wire.member(row, "Contact.Name") for row in (invoice, note)]
        if not all(names) or names[0] == names[1]:  # namesakes
            keys = (theirs, ours)
            names = [f"{name} ({key})" if name else key for name, key in zip(names, keys, strict=True)]
        return (
            f"{document} has another contact than {credit_note}: {names[0]} and {names[1]}; Xero allocates a "
            "credit note to invoices of its own contact only"
        )
    ours, theirs = str(note.get("CurrencyCode")), str(invoice.get("CurrencyCode"))
    if not _same(ours, theirs):
        return f"{document} has another currency than {credit_note}: {theirs} and {ours}"
    return ""


def _is_allocated(note: Row, invoice_id: str) -> bool:
    allocations = note.get("Allocations") or ()
    return any(_same(wire.member(one, "Invoice.InvoiceID"), invoice_id) for one in allocations)


def _same(ours: Any, theirs: Any) -> bool:
    """Ids are compared without case."""
    return str(ours).lower() == str(theirs).lower()


def _invoice_id(body: Row) -> str:
    return str(wire.member(body, "to.InvoiceID") or "")


def _amount(row: Row, name: str) -> Decimal:
    return Decimal(row.get(name) or 0)


def _name(row: Row) -> str:
    return str(
        row.get("CreditNoteNumber")
        or row.get("InvoiceNumber")
        or row.get("CreditNoteID")
        or row.get("InvoiceID")
    )


def _left(note: Row) -> str:
    """`12.00 of 60.50 is left on CN-0001`."""
    left, total = _amount(note, "RemainingCredit"), _amount(note, "Total")
    return f"{left:,.2f} of {total:,.2f} is left on {_name(note)}"
