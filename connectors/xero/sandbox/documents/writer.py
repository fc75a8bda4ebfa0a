"""Create and change documents of any kind in batches (connectors/xero/API.md, 5, 6 and 9)."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.xero.sandbox.books.history import note
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.contacts import store as contact_store
from connectors.xero.sandbox.documents import contact as document_contacts
from connectors.xero.sandbox.documents import echo, store
from connectors.xero.sandbox.documents import rules as document_rules
from connectors.xero.sandbox.documents.kinds import FINAL, Kind
from connectors.xero.sandbox.documents.rules import PAID_EDIT
from connectors.xero.sandbox.protocol import listing
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call
from connectors.xero.sandbox.protocol.envelope import Outcome, new_id, posted, written
from connectors.xero.sandbox.protocol.listing import Field, Table, document_field
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk.sandbox import Answer, Refused

# A document with its contact, as the answer to a write carries it.
Shown = Callable[[Call, Json, Json], Json]


def table(kind: Kind, **more: Field) -> Table:
    """What lists of documents are drawn from, with the fields that every kind can be filtered by."""
    return Table(
        kind.of,
        f"{kind.table} r LEFT JOIN contacts c ON c.id = r.contact_id",
        {
            kind.id.lower(): Field("guid", "r.id"),
            "type": Field("text", "r.type"),
            "reference": Field("text", "r.reference"),
            "status": Field("text", "r.status"),
            "date": Field("date", "r.date"),
            "updateddateutc": Field("date", "r.updated_ms"),
            "contact.contactid": Field("guid", "r.contact_id"),
            "contact.name": Field("text", "c.name"),
            "contact.contactnumber": Field("text", "c.number"),
            **{name.lower(): document_field("text", name) for name in ("CurrencyCode", "LineAmountTypes")},
            **{name.lower(): document_field("number", name) for name in ("SubTotal", "TotalTax", "Total")},
            "fullypaidondate": document_field("date", "FullyPaidOnDate"),
            "brandingthemeid": document_field("guid", "BrandingThemeID"),
            **more,
        },
    )


def with_stubs(call: Call, page: listing.Page) -> list[tuple[Json, Json]]:
    """The documents of a page, each with its contact in brief."""
    people = contact_store.many(call.tx, (record["ContactID"] for record in page.documents))
    return [(record, contact_store.stub(people[record["ContactID"]])) for record in page.documents]


def complete_contact(call: Call, record: Json) -> Json:
    return contact_store.complete(call.tx, contact_store.by_id(call.tx, record["ContactID"]) or {})


@dataclass(frozen=True, slots=True)
class Writer:
    """Carries out PUT and POST for one kind of document."""

    kind: Kind
    shown: Shown

    def __call__(self, call: Call) -> Answer:
        kind, elements = self.kind, posted(call, self.kind.collection)
        if call.key:
            target = store.find(call.tx, kind, call.key)
            if target is None:
                return NO_SUCH_RECORD
            elements = [{**elements[0], kind.id: target[kind.id]}]
        wanted = [self._read(call, element) for element in elements]
        books, today = Books.of(call.tx), call.today
        outcomes = [self._write(call, books, today, want) for want in wanted]
        return written(call, kind.collection, outcomes, "HasErrors")

    def _read(self, call: Call, element: Json) -> Json:
        """Read one element; an invoice's unknown id refuses all elements (connectors/xero/API.md, 5)."""
        wanted = document_rules.read(self.kind, element)
        if not self.kind.unknown and self._is_unknown(call, wanted):
            raise Refused(NO_SUCH_RECORD)
        if "Contact" in wanted:
            wanted["Contact"] = document_contacts.read(call, wanted["Contact"])
        return wanted

    def _is_unknown(self, call: Call, wanted: Json) -> bool:
        key = wanted.get(self.kind.id)
        return key is not None and store.by_id(call.tx, self.kind, key) is None

    def _write(self, call: Call, books: Books, today: str, wanted: Json) -> Outcome:
        kind, current = self.kind, self._target(call, wanted)
        if self._is_unknown(call, wanted):
            return self._refused(call, None, wanted, [kind.unknown])
        if current is not None and call.method == "PUT":
            return self._refused(call, None, wanted, [document_rules.wrong_status_for_creation(kind)])
        revision = document_rules.revise(kind, books, wanted, current, today, call.unit_places)
        record = revision.record
        contact, errors = None, list[str]()
        if current is None or wanted.get("Status") not in FINAL:
            contact, errors = document_contacts.revise(call, books, wanted.get("Contact"), current)
        errors = [*revision.errors, *errors, *self._contact_fixed(contact, current)]
        errors += self._number_taken(call, record)
        if errors:
            return self._refused(call, current, wanted, list(dict.fromkeys(errors)), revision.warnings)
        if contact is not None:
            record["ContactID"] = document_contacts.keep(call, contact)
        self._keep(call, record, current, touch=revision.touches)
        complete = self._complete(call, record)
        if current is not None and record["Status"] == "VOIDED":
            # The answer to the void still has what was due; reads have 0 (connectors/xero/API.md, 6.3).
            complete[kind.open] = current[kind.open]
        return Outcome(complete, warnings=revision.warnings)

    def _complete(self, call: Call, record: Json) -> Json:
        return self.shown(call, record, complete_contact(call, record))

    def _target(self, call: Call, wanted: Json) -> Json | None:
        """By id; in a POST also by the number of one of sales in any state (connectors/xero/API.md, 6.4)."""
        kind = self.kind
        if wanted.get(kind.id):
            return store.by_id(call.tx, kind, wanted[kind.id])
        if call.method == "POST" and wanted.get(kind.number) and wanted.get("Type", kind.sales) == kind.sales:
            return store.by_number(call.tx, kind, wanted[kind.number])
        return None

    def _contact_fixed(self, contact: Json | None, current: Json | None) -> list[str]:
        """Another contact is refused where credit was set against it, or it against an invoice."""
        if contact is None or current is None or contact["ContactID"] == current["ContactID"]:
            return []
        return [PAID_EDIT] if current[self.kind.settled[1]] else []

    def _number_taken(self, call: Call, record: Json) -> list[str]:
        kind = self.kind
        if record["Type"] != kind.sales or not record.get(kind.number):
            return []
        other = store.by_number(call.tx, kind, record[kind.number])
        return (
            [] if other is None or other[kind.id] == record[kind.id] else [document_rules.number_taken(kind)]
        )

    def _keep(self, call: Call, record: Json, current: Json | None, *, touch: bool) -> None:
        kind = self.kind
        if current is None:
            record[kind.id] = new_id()
            record["client_id"] = call.client_id
            if record["Type"] == kind.sales and not record.get(kind.number):
                record[kind.number] = store.next_number(call.tx, kind)
        elif not record.get(kind.number) and current.get(kind.number):
            record[kind.number] = current[kind.number]
        if touch or current is None:
            record["updated_ms"] = call.now_ms
        store.save(call.tx, kind, record)
        changes = "Created" if current is None else _changes(current, record)
        details = f"{changes} through the API, total {record['Total']} {record['CurrencyCode']}"
        note(call, record[kind.id], changes, details)

    def _refused(
        self,
        call: Call,
        current: Json | None,
        wanted: Json,
        errors: list[str],
        warnings: list[str] | None = None,
    ) -> Outcome:
        return Outcome(echo.refused(call, self.kind, wanted, current), errors, warnings or [])


def _changes(current: Json, record: Json) -> str:
    if current["Status"] == record["Status"]:
        return "Edited"
    return {"AUTHORISED": "Approved", "VOIDED": "Voided", "DELETED": "Deleted"}.get(
        record["Status"], "Edited"
    )
