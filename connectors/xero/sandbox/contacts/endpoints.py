"""The Contacts endpoints (connectors/xero/API.md, 5 and 10)."""

from connectors.xero.sandbox.books.history import note
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.contacts import echo, rules, store
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call
from connectors.xero.sandbox.protocol.envelope import NO_ID, Outcome, answer, new_id, posted, written
from connectors.xero.sandbox.protocol.listing import (
    Conditions,
    Field,
    Table,
    document_field,
    matches_term,
    page,
    several,
)
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk.sandbox import Answer, Refused


def _trades(kind: str) -> Field:
    """Whether there are invoices of this type."""
    documents = f"SELECT 1 FROM invoices i WHERE i.contact_id = r.id AND i.type = '{kind}'"
    return Field("bool", f"EXISTS ({documents} AND i.status <> 'DELETED')")


TABLE = Table(
    "Contact",
    "contacts r",
    {
        "contactid": Field("guid", "r.id"),
        "name": Field("text", "r.name"),
        "emailaddress": Field("text", "r.email"),
        "accountnumber": Field("text", "r.account_number"),
        "contactnumber": Field("text", "r.number"),
        "contactstatus": Field("text", "r.status"),
        "iscustomer": _trades("ACCREC"),
        "issupplier": _trades("ACCPAY"),
        "hasattachments": Field("bool", "0"),
        "updateddateutc": Field("date", "r.updated_ms"),
        **{
            name.lower(): document_field("text", name)
            for name in ("FirstName", "LastName", "CompanyNumber", "TaxNumber", "DefaultCurrency")
        },
    },
)
_SEARCHED = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")


def read_list(call: Call) -> Answer:
    conditions = Conditions()
    conditions.among("r.id", [key.lower() for key in several(call, "IDs")])
    if not call.asks("includeArchived"):
        conditions.add("r.status = 'ACTIVE'")
    if term := call.query.get("searchTerm"):
        rows = call.tx.execute("SELECT id FROM contacts r")
        names = {row["id"]: store.by_id(call.tx, row["id"]) or {} for row in rows.fetchall()}
        hits = [
            key
            for key, record in names.items()
            if matches_term(term, *(record.get(name) for name in _SEARCHED))
        ]
        conditions.among("r.id", hits or [NO_ID])
    summary = call.asks("summaryOnly")
    contacts = page(call, TABLE, conditions, paged=summary)
    elements = [_listed(_shown(call, record, computed=not summary)) for record in contacts.documents]
    if not contacts.paged:
        for element in elements:
            element.pop("MergedToContactID", None)
    return answer(call, "Contacts", elements, contacts.pagination)


def read_one(call: Call) -> Answer:
    record = find(call, call.key)
    return (
        NO_SUCH_RECORD if record is None else answer(call, "Contacts", [_shown(call, record, computed=True)])
    )


def find(call: Call, key: str) -> Json | None:
    """By ContactID, or by ContactNumber in its place."""
    return store.by_id(call.tx, key) or store.by_number(call.tx, key)


def write(call: Call) -> Answer:
    elements = posted(call, "Contacts")
    if call.key:
        target = find(call, call.key)
        if target is None:
            return NO_SUCH_RECORD
        elements = [{**elements[0], "ContactID": target["ContactID"]}]
    wanted = [rules.read(element) for element in elements]
    for contact_id in (want["ContactID"] for want in wanted if "ContactID" in want):
        if store.by_id(call.tx, contact_id) is None:
            # An unknown id refuses the entire request, other elements included (connectors/xero/API.md, 5).
            raise Refused(NO_SUCH_RECORD)
    books = Books.of(call.tx)
    outcomes = [_write_one(call, books, want) for want in wanted]
    return written(call, "Contacts", outcomes, "HasValidationErrors")


def _write_one(call: Call, books: Books, wanted: Json) -> Outcome:
    current = _target(call, wanted)
    if call.method == "PUT" and current is not None:
        taken = rules.name_taken(wanted.get("Name") or current["Name"])
        message = taken if current["ContactStatus"] == "ACTIVE" else rules.ARCHIVED
        return Outcome(echo.refused(wanted, None), [message])
    if current is None and not wanted.get("Name"):
        return Outcome(echo.refused(wanted, None), [rules.UNNAMED])
    record, errors = rules.revise(call.tx, books, wanted, current, restores=not call.options.strict)
    if errors:
        return Outcome(echo.refused(wanted, current), errors)
    return Outcome(store.complete(call.tx, keep(call, record)))


def _target(call: Call, wanted: Json) -> Json | None:
    """The contact a posted one speaks of: by id, by number, and by name only if the option says so."""
    if "ContactID" in wanted:
        return store.by_id(call.tx, wanted["ContactID"])
    if wanted.get("ContactNumber") and (known := store.by_number(call.tx, wanted["ContactNumber"])):
        return known
    if call.method == "POST" and call.options.post_taken_name_updates and wanted.get("Name"):
        return store.by_name(call.tx, wanted["Name"])
    return None


def keep(call: Call, record: Json) -> Json:
    """Save a revised contact; a new one gets its id."""
    new = not record["ContactID"]
    saved = store.save(call.tx, {**record, "ContactID": record["ContactID"] or new_id()}, call.now_ms)
    note(
        call,
        saved["ContactID"],
        "Created" if new else "Edited",
        f"{'Created' if new else 'Edited'} through the API",
    )
    return saved


def _listed(element: Json) -> Json:
    """Lists leave out what is blank, and the tracking (connectors/xero/API.md, 8.3)."""
    unlisted = ("SalesTrackingCategories", "PurchasesTrackingCategories")
    shown = {name: value for name, value in element.items() if value != "" and name not in unlisted}
    for name in ("Addresses", "Phones"):
        shown[name] = [{member: value for member, value in part.items() if value} for part in shown[name]]
    return shown


def _shown(call: Call, record: Json, *, computed: bool) -> Json:
    shown = {**store.complete(call.tx, record), "HasAttachments": False}
    if not computed:
        for name in ("IsSupplier", "IsCustomer"):
            shown.pop(name)
        return shown
    return {**shown, **store.computed(call.tx, record, call.today)}
