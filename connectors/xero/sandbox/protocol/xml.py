"""Posted XML, which some clients still send, as the object that JSON would have been.

All values are text, as the handlers read numbers and truths out of texts too.
"""

from typing import Any
from xml.etree import ElementTree

from connectors.xero.sandbox.protocol.wire import Json

# Members that are lists: of elements with a name of their own.
LISTS = (
    "Addresses", "Allocations", "ContactPersons", "Contacts", "CreditNotes", "HistoryRecords", "Invoices",
    "LineItems", "Payments", "Phones", "Tracking",
)  # fmt: skip


def read_xml(body: bytes) -> Json:
    """`<Invoices><Invoice>…` as `{"Invoices": […]}`, `<Invoice>…` as its members. Raises ValueError."""
    if b"<!" in body.replace(b"<!--", b""):  # no document types, and so no entities of the sender's
        raise ValueError("a document type or CDATA is not read")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  without document types there is nothing to expand
    except ElementTree.ParseError as mistake:
        raise ValueError(str(mistake)) from mistake
    value = _value(root)
    return {root.tag: value} if isinstance(value, list) else value if isinstance(value, dict) else {}


def _value(element: ElementTree.Element) -> Any:
    if element.tag in LISTS:
        return [_value(inner) for inner in element]
    if len(element):
        return {inner.tag: _value(inner) for inner in element}
    return element.text or ""
