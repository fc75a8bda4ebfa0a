"""Why Xero would refuse a body, as far as reading shows, before anything is sent.

The rules are in `connectors/xero/rules`; what a field alone decides is declared with its stream. Reads only
what the bodies name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.xero import wire
from connectors.xero.reading import Reader
from connectors.xero.resource import Document, Resource
from connectors.xero.rules import documents, states
from connectors.xero.rules.books import BookRules
from connectors.xero.rules.taken import TakenValues
from connectors.xero.taxes import Taxes
from engine.sdk import Finding

Body = Mapping[str, Any]
Values = Mapping[str, Any]


def preflight(
    reader: Reader,
    taxes: Taxes,
    taken: TakenValues,
    resource: Resource,
    bodies: Sequence[Body],
    current: Sequence[Values] | None = None,
    created: Sequence[Body] = (),
) -> list[list[Finding]]:
    """For each body the findings, each of them once. `current`: the records that they update; None if they
    are new. `created`: new ones of the same plan, which are written before them.
    """
    if not bodies:
        return []
    contacts = contacts_of(reader, bodies) if resource.document else {}
    books = BookRules(lambda wanted: [record.values for record in reader.reference(wanted)])
    checks = _Checks(books, taxes, contacts)
    before: Sequence[Values | None] = [None] * len(bodies) if current is None else current
    unique = taken.faults(resource, bodies, before, created)
    return [
        list(dict.fromkeys([*checks.of(resource, body, now), *unique[index]]))
        for index, (body, now) in enumerate(zip(bodies, before, strict=True))
    ]


def contacts_of(reader: Reader, bodies: Sequence[Body]) -> dict[str, Values]:
    """The contacts of documents, by their ids in small letters."""
    ids = {wire.member(body, "Contact.ContactID") for body in bodies}
    known = sorted(key for key in ids if isinstance(key, str) and wire.is_guid(key))
    records = reader.contacts(known) if known else []
    return {record.address.key.lower(): record.values for record in records}


@dataclass(frozen=True, slots=True)
class _Checks:
    books: BookRules
    taxes: Taxes
    contacts: Mapping[str, Values]

    def of(self, resource: Resource, body: Body, current: Values | None) -> Iterator[Finding]:
        yield from self.books.currency(body.get(resource.currency), resource.currency)
        if resource.document is not None:
            yield from self._document(resource, resource.document, body, current)
        elif current is not None:
            yield from states.contact_faults(current, "it updates", "")

    def _document(
        self, resource: Resource, document: Document, body: Body, current: Values | None
    ) -> Iterator[Finding]:
        stream, now = resource.stream, current or {}
        status = str(body.get("Status") or now.get("Status") or "DRAFT")
        yield from documents.type_faults(stream, document, body.get("Type"))
        if current is None:
            yield from documents.creation_faults(body)
        else:
            yield from states.document_faults(body, now)
        yield from self._contact(wire.member(body, "Contact.ContactID"), now)
        yield from documents.due_faults(stream, body, now, status)
        yield from documents.rate_faults(body)
        yield from self.books.period(body.get("Date"), status, new=current is None)
        yield from self.books.period(now.get("Date"), str(now.get("Status")), new=False)
        lines = [line for line in body.get("LineItems") or () if isinstance(line, Mapping)]
        for index, line in enumerate(lines):
            yield from self.books.line(line, status, f"LineItems[{index}]")
        yield from documents.line_faults(stream, lines, status)
        yield from documents.total_faults(document, body, lines, self.taxes.rates)

    def _contact(self, wanted: Any, current: Values) -> Iterator[Finding]:
        """A document that stays with its contact is not refused because of that one's state."""
        if not isinstance(wanted, str) or not wanted:
            return
        if wanted == wire.member(current, "Contact.ContactID"):
            return
        row = self.contacts.get(wanted.lower())
        if row is None:
            yield Finding("contact_unknown", f"Xero has no contact {wanted}", path="Contact")
        else:
            yield from states.contact_faults(row, wanted, "Contact")
