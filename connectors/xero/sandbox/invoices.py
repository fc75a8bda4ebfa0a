"""The Invoices endpoints: reading, and creating and changing in batches (API-FACTS 5 to 8)."""

from connectors.xero.sandbox import contact_rules, contact_store, contacts, invoice_rules, listing
from connectors.xero.sandbox import invoice_store as store
from connectors.xero.sandbox.call import NO_SUCH_RECORD, Answer, Call, Refused
from connectors.xero.sandbox.envelope import NO_ID, Outcome, answer, new_id, posted, written
from connectors.xero.sandbox.history import note
from connectors.xero.sandbox.invoice_rules import NOT_CREATED_SO, NUMBER_TAKEN
from connectors.xero.sandbox.listing import Conditions, Field, Table, document_field, several
from connectors.xero.sandbox.reference import Books
from connectors.xero.sandbox.wire import Json

NO_CONTACT = "A Contact must be specified for this type of transaction"
CONTACT_ARCHIVED = (
    "The contact with the specified contact details has been archived."
    " The contact must be un-archived before creating new invoices or credit notes."
)

TABLE = Table(
    "Invoice",
    "invoices r LEFT JOIN contacts c ON c.id = r.contact_id",
    {
        "invoiceid": Field("guid", "r.id"),
        "type": Field("text", "r.type"),
        "invoicenumber": Field("text", "r.number"),
        "reference": Field("text", "r.reference"),
        "status": Field("text", "r.status"),
        "date": Field("date", "r.date"),
        "duedate": Field("date", "r.due_date"),
        "amountdue": Field("number", "r.amount_due"),
        "amountpaid": Field("number", "r.amount_paid"),
        "updateddateutc": Field("date", "r.updated_ms"),
        "contact.contactid": Field("guid", "r.contact_id"),
        "contact.name": Field("text", "c.name"),
        "contact.contactnumber": Field("text", "c.number"),
        **{name.lower(): document_field("text", name) for name in ("CurrencyCode", "LineAmountTypes", "Url")},
        **{
            name.lower(): document_field("number", name)
            for name in ("SubTotal", "TotalTax", "Total", "AmountCredited")
        },
        **{name.lower(): document_field("date", name) for name in ("FullyPaidOnDate", "ExpectedPaymentDate")},
        "senttocontact": document_field("bool", "SentToContact"),
        "brandingthemeid": document_field("guid", "BrandingThemeID"),
    },
)


def find(call: Call, key: str) -> Json | None:
    """By InvoiceID, or by InvoiceNumber in its place."""
    return store.by_id(call.tx, key) or store.by_number(call.tx, key)


def listed(call: Call) -> Answer:
    conditions = Conditions()
    conditions.among("r.id", [one.lower() for one in several(call, "IDs")])
    conditions.among("r.number_key", [one.casefold() for one in several(call, "InvoiceNumbers")])
    conditions.among("r.contact_id", [one.lower() for one in several(call, "ContactIDs")])
    conditions.among("r.status", [one.upper() for one in several(call, "Statuses")])
    if call.asks("createdByMyApp"):
        conditions.add("r.client_id = ?", call.client_id)
    if term := call.query.get("searchTerm"):
        pattern = "%" + term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.add("(r.number LIKE ? ESCAPE '\\' OR r.reference LIKE ? ESCAPE '\\')", pattern, pattern)
    summary = call.asks("summaryOnly")
    page = listing.page(call, TABLE, conditions, paged=summary or "Statuses" in call.query)
    people = contact_store.many(call.tx, (record["ContactID"] for record in page.documents))
    elements: list[Json] = []
    for record in page.documents:
        stub = contact_store.stub(people[record["ContactID"]])
        element = store.shown(record, stub, call.unit_places, lines=page.paged and not summary)
        added = (
            {"AmountCredited": record["AmountCredited"]} if summary else store.reading_adds(call.tx, record)
        )
        elements.append({**element, **added})
    return answer(call, "Invoices", elements, page.pagination)


def one(call: Call) -> Answer:
    record = find(call, call.key)
    if record is None:
        return NO_SUCH_RECORD
    return answer(call, "Invoices", [{**whole(call, record), **store.reading_adds(call.tx, record)}])


def whole(call: Call, record: Json) -> Json:
    contact = contact_store.by_id(call.tx, record["ContactID"]) or {}
    return store.shown(record, contact_store.whole(call.tx, contact), call.unit_places)


def write(call: Call) -> Answer:
    elements = posted(call, "Invoices")
    if call.key:
        target = find(call, call.key)
        if target is None:
            return NO_SUCH_RECORD
        elements = [{**elements[0], "InvoiceID": target["InvoiceID"]}]
    wanted = [_read(call, element) for element in elements]
    books, today = Books.of(call.tx), contacts.today(call)
    outcomes = [_write_one(call, books, today, *pair) for pair in zip(elements, wanted, strict=True)]
    return written(call, "Invoices", outcomes, "HasErrors")


def _read(call: Call, element: Json) -> Json:
    """Read one element; an unknown InvoiceID or ContactID refuses the whole request (API-FACTS 5)."""
    wanted = invoice_rules.read(element)
    if wanted.get("InvoiceID") and store.by_id(call.tx, wanted["InvoiceID"]) is None:
        raise Refused(NO_SUCH_RECORD)
    if "Contact" in wanted:
        wanted["Contact"] = contact_rules.read(wanted["Contact"])
        contact_id = wanted["Contact"].get("ContactID")
        if contact_id and contact_store.by_id(call.tx, contact_id) is None:
            raise Refused(NO_SUCH_RECORD)
    return wanted


def _write_one(call: Call, books: Books, today: str, element: Json, wanted: Json) -> Outcome:
    current = _target(call, wanted)
    if current is not None and call.method == "PUT":
        return _refused(call, None, element, [NOT_CREATED_SO])
    revision = invoice_rules.revise(books, wanted, current, today, call.unit_places)
    record = revision.record
    if wanted.get("Status") in invoice_rules.FINAL and current is not None:
        contact, errors = None, list[str]()
    else:
        contact, errors = _contact(call, books, wanted.get("Contact"), current)
    errors = [*revision.errors, *errors, *_number_taken(call, record)]
    if errors:
        return _refused(call, current, element, list(dict.fromkeys(errors)), revision.warnings)
    if contact is not None:
        record["ContactID"] = (
            contact["ContactID"] if _stands(call, contact) else contacts.keep(call, contact)["ContactID"]
        )
    _keep(call, record, current, touch=revision.touches)
    return Outcome(whole(call, record), warnings=revision.warnings)


def _target(call: Call, wanted: Json) -> Json | None:
    """By id; in a POST also by the number of a sales invoice in any state (API-FACTS 6, "used twice")."""
    if wanted.get("InvoiceID"):
        return store.by_id(call.tx, wanted["InvoiceID"])
    if call.method == "POST" and wanted.get("InvoiceNumber") and wanted.get("Type", "ACCREC") == "ACCREC":
        return store.by_number(call.tx, wanted["InvoiceNumber"])
    return None


def _number_taken(call: Call, record: Json) -> list[str]:
    if record["Type"] != "ACCREC" or not record.get("InvoiceNumber"):
        return []
    other = store.by_number(call.tx, record["InvoiceNumber"])
    return [NUMBER_TAKEN] if other is not None and other["InvoiceID"] != record["InvoiceID"] else []


def _contact(
    call: Call, books: Books, wanted: Json | None, current: Json | None
) -> tuple[Json | None, list[str]]:
    """The invoice's contact as it would stand. Members beside its id change the contact (API-FACTS 6)."""
    if not wanted:
        return None, [] if current is not None and wanted is None else [NO_CONTACT]
    known = _known_contact(call, wanted)
    if known is None:
        return (
            contact_rules.revise(call.tx, books, wanted, None) if wanted.get("Name") else (None, [NO_CONTACT])
        )
    if known["ContactStatus"] != "ACTIVE" and (current is None or current["ContactID"] != known["ContactID"]):
        return None, [CONTACT_ARCHIVED]
    if all(known.get(name) == value for name, value in wanted.items()):
        return known, []
    return contact_rules.revise(call.tx, books, wanted, known)


def _known_contact(call: Call, wanted: Json) -> Json | None:
    if wanted.get("ContactID"):
        return contact_store.by_id(call.tx, wanted["ContactID"])
    if wanted.get("ContactNumber") and (known := contact_store.by_number(call.tx, wanted["ContactNumber"])):
        return known
    return contact_store.by_name(call.tx, wanted["Name"]) if wanted.get("Name") else None


def _stands(call: Call, contact: Json) -> bool:
    return bool(contact["ContactID"]) and contact_store.by_id(call.tx, contact["ContactID"]) == contact


def _keep(call: Call, record: Json, current: Json | None, *, touch: bool) -> None:
    if current is None:
        record["InvoiceID"] = new_id()
        record["client_id"] = call.client_id
        if record["Type"] == "ACCREC" and not record.get("InvoiceNumber"):
            record["InvoiceNumber"] = store.next_number(call.tx)
    elif not record.get("InvoiceNumber") and current.get("InvoiceNumber"):
        record["InvoiceNumber"] = current["InvoiceNumber"]
    if touch or current is None:
        record["updated_ms"] = call.now_ms
    store.save(call.tx, record)
    changes = "Created" if current is None else _changes(current, record)
    note(
        call,
        record["InvoiceID"],
        changes,
        f"{changes} through the API, total {record['Total']} {record['CurrencyCode']}",
    )


def _changes(current: Json, record: Json) -> str:
    if current["Status"] == record["Status"]:
        return "Edited"
    return {"AUTHORISED": "Approved", "VOIDED": "Voided", "DELETED": "Deleted"}.get(
        record["Status"], "Edited"
    )


def _refused(
    call: Call, current: Json | None, element: Json, errors: list[str], warnings: list[str] | None = None
) -> Outcome:
    """A refused element echoes the request: an update merged with what stands, a new one under no id."""
    if current is None:
        return Outcome({**element, "InvoiceID": NO_ID}, errors, warnings or [])
    return Outcome(
        {**whole(call, current), **element, "InvoiceID": current["InvoiceID"]}, errors, warnings or []
    )
