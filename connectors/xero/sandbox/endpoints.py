"""Every accounting address that is played: its handlers by method, and its scope (API-FACTS 2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.xero.sandbox import contacts, history, invoices, payments, reference, sending
from connectors.xero.sandbox.call import Call, Handler
from connectors.xero.sandbox.wire import Json

INVOICES, CONTACTS = "accounting.invoices", "accounting.contacts"
PAYMENTS, SETTINGS = "accounting.payments", "accounting.settings"


@dataclass(frozen=True, slots=True)
class Endpoint:
    path: str
    scope: str
    methods: Mapping[str, Handler]


def _invoice_id(call: Call) -> str | None:
    return _id(invoices.find(call, call.key), "InvoiceID")


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
        {"GET": history.lister(_invoice_id), "PUT": history.adder(_invoice_id)},
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
    (re.compile(endpoint.path.replace("{key}", "(?P<key>[^/]+)") + "/?", re.IGNORECASE), endpoint)
    for endpoint in ENDPOINTS
]


def find_endpoint(path: str) -> tuple[Endpoint | None, str]:
    """The endpoint of an address below the accounting base, and the id or number in it."""
    for pattern, endpoint in _PATTERNS:
        if found := pattern.fullmatch(path):
            return endpoint, found.groupdict().get("key") or ""
    return None, ""
