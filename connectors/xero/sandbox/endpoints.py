"""Every accounting address that is played: its handlers by method, and its scope (API-FACTS 2)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.xero.sandbox import (
    allocations,
    contacts,
    credit_notes,
    document_store,
    history,
    invoices,
    payments,
    reference,
    sending,
)
from connectors.xero.sandbox.call import Call, Handler
from connectors.xero.sandbox.document_kinds import CREDIT_NOTES, Kind
from connectors.xero.sandbox.document_kinds import INVOICES as INVOICE
from connectors.xero.sandbox.wire import Json

INVOICES, CONTACTS = "accounting.invoices", "accounting.contacts"
PAYMENTS, SETTINGS = "accounting.payments", "accounting.settings"


@dataclass(frozen=True, slots=True)
class Endpoint:
    path: str
    scope: str
    methods: Mapping[str, Handler]


Named = Mapping[str, str]


def _document_id(kind: Kind) -> Callable[[Call], str | None]:
    return lambda call: _id(document_store.find(call.tx, kind, call.key), kind.id)


def _contact_id(call: Call) -> str | None:
    return _id(contacts.find(call, call.key), "ContactID")


def _id(record: Json | None, name: str) -> str | None:
    return None if record is None else str(record[name])


ENDPOINTS = (
    Endpoint("Invoices", INVOICES, {"GET": invoices.listed, "PUT": invoices.write, "POST": invoices.write}),
    Endpoint("Invoices/{key}", INVOICES, {"GET": invoices.one, "POST": invoices.write}),
    Endpoint("Invoices/{key}/Email", INVOICES, {"POST": sending.email}),
    Endpoint("Invoices/{key}/OnlineInvoice", INVOICES, {"GET": sending.online_invoice}),
    Endpoint(
        "Invoices/{key}/History",
        INVOICES,
        {"GET": history.lister(_document_id(INVOICE)), "PUT": history.adder(_document_id(INVOICE))},
    ),
    # The scope of invoices covers credit notes (API-FACTS 2). There is no e-mail (API-FACTS 9).
    Endpoint(
        "CreditNotes",
        INVOICES,
        {"GET": credit_notes.listed, "PUT": credit_notes.write, "POST": credit_notes.write},
    ),
    Endpoint("CreditNotes/{key}", INVOICES, {"GET": credit_notes.one, "POST": credit_notes.write}),
    Endpoint("CreditNotes/{key}/Allocations", INVOICES, {"PUT": allocations.create}),
    Endpoint("CreditNotes/{key}/Allocations/{inner}", INVOICES, {"DELETE": allocations.remove}),
    Endpoint(
        "CreditNotes/{key}/History",
        INVOICES,
        {
            "GET": history.lister(_document_id(CREDIT_NOTES)),
            "PUT": history.adder(_document_id(CREDIT_NOTES)),
        },
    ),
    Endpoint("Contacts", CONTACTS, {"GET": contacts.listed, "PUT": contacts.write, "POST": contacts.write}),
    Endpoint("Contacts/{key}", CONTACTS, {"GET": contacts.one, "POST": contacts.write}),
    Endpoint(
        "Contacts/{key}/History",
        CONTACTS,
        {"GET": history.lister(_contact_id), "PUT": history.adder(_contact_id)},
    ),
    Endpoint("Payments", PAYMENTS, {"GET": payments.listed, "PUT": payments.create, "POST": payments.create}),
    Endpoint("Payments/{key}", PAYMENTS, {"GET": payments.one, "POST": payments.change}),
    Endpoint("Organisation", SETTINGS, {"GET": reference.organisation}),
    Endpoint("Organisation/Actions", SETTINGS, {"GET": reference.actions}),
    *(Endpoint(name, SETTINGS, {"GET": reference.lister(name)}) for name in reference.KINDS),
    *(Endpoint(f"{name}/{{key}}", SETTINGS, {"GET": reference.reader(name)}) for name in reference.KINDS),
)
_PATTERNS = [
    (re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", endpoint.path) + "/?", re.IGNORECASE), endpoint)
    for endpoint in ENDPOINTS
]


def find_endpoint(path: str) -> tuple[Endpoint | None, Named]:
    """The endpoint of an address below the accounting base, and the ids or numbers in it."""
    for pattern, endpoint in _PATTERNS:
        if found := pattern.fullmatch(path):
            return endpoint, found.groupdict()
    return None, {}
