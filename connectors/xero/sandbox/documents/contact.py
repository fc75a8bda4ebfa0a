"""The contact of a posted document: found, changed by the fields sent with its id, or created.

Facts: connectors/xero/API.md, 6.
"""

from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.contacts import endpoints as contacts
from connectors.xero.sandbox.contacts import rules as contact_rules
from connectors.xero.sandbox.contacts import store as contact_store
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk.sandbox import Refused

NO_CONTACT = "A Contact must be specified for this type of transaction"
CONTACT_ARCHIVED = (
    "The contact with the specified contact details has been archived."
    " The contact must be un-archived before creating new invoices or credit notes."
)


def read(call: Call, element: Json) -> Json:
    """A posted contact, typed; an unknown ContactID refuses the request (connectors/xero/API.md, 5)."""
    wanted = contact_rules.read(element)
    contact_id = wanted.get("ContactID")
    if contact_id and contact_store.by_id(call.tx, contact_id) is None:
        raise Refused(NO_SUCH_RECORD)
    return wanted


def revise(
    call: Call, books: Books, wanted: Json | None, current: Json | None
) -> tuple[Json | None, list[str]]:
    """The document's contact as it would become; None if it stays as it is."""
    if not wanted:
        return None, [] if current is not None and wanted is None else [NO_CONTACT]
    known = _known(call, wanted)
    if known is None:
        return (
            contact_rules.revise(call.tx, books, wanted, None) if wanted.get("Name") else (None, [NO_CONTACT])
        )
    if known["ContactStatus"] != "ACTIVE" and (current is None or current["ContactID"] != known["ContactID"]):
        return None, [CONTACT_ARCHIVED]
    if all(known.get(name) == value for name, value in wanted.items()):
        return known, []
    return contact_rules.revise(call.tx, books, wanted, known)


def keep(call: Call, contact: Json) -> str:
    """Save the contact if it changed; returns its id."""
    key = contact["ContactID"]
    unchanged = bool(key) and contact_store.by_id(call.tx, key) == contact
    return str(key if unchanged else contacts.keep(call, contact)["ContactID"])


def _known(call: Call, wanted: Json) -> Json | None:
    if wanted.get("ContactID"):
        return contact_store.by_id(call.tx, wanted["ContactID"])
    if wanted.get("ContactNumber") and (known := contact_store.by_number(call.tx, wanted["ContactNumber"])):
        return known
    return contact_store.by_name(call.tx, wanted["Name"]) if wanted.get("Name") else None
