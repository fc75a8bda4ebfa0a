"""The accounting endpoints, each with its scope and its handlers by method (connectors/xero/API.md, 2)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.xero.sandbox.books import history, reference
from connectors.xero.sandbox.contacts import endpoints as contacts
from connectors.xero.sandbox.documents import credit_notes, invoices, pdf, sending
from connectors.xero.sandbox.documents import store as document_store
from connectors.xero.sandbox.documents.kinds import CREDIT_NOTES as CREDIT_NOTE
from connectors.xero.sandbox.documents.kinds import CREDITS, OVERPAYMENTS, PREPAYMENTS, Kind
from connectors.xero.sandbox.documents.kinds import INVOICES as INVOICE
from connectors.xero.sandbox.protocol.call import Call, Handler
from connectors.xero.sandbox.protocol.wire import Json
from connectors.xero.sandbox.settlements import advances, allocations, payments

INVOICES, CONTACTS = "accounting.invoices", "accounting.contacts"
PAYMENTS, SETTINGS = "accounting.payments", "accounting.settings"
BANK = "accounting.banktransactions"


@dataclass(frozen=True, slots=True)
class Endpoint:
    path: str
    scope: str
    methods: Mapping[str, Handler]
    printed: Handler | None = None  # a GET that accepts a PDF


Named = Mapping[str, str]
FindId = Callable[[Call], str | None]


def _document_id(kind: Kind) -> FindId:
    return lambda call: _id(document_store.find(call.tx, kind, call.key), kind.id)


def _contact_id(call: Call) -> str | None:
    return _id(contacts.find(call, call.key), "ContactID")


def _payment_id(call: Call) -> str | None:
    return _id(payments.find(call, call.key), "PaymentID")


def _id(record: Json | None, name: str) -> str | None:
    return None if record is None else str(record[name])


def _for_records(
    path: str,
    scope: str,
    read_list: Handler,
    read_one: Handler,
    write: Handler,
    key: FindId,
    printed: Handler | None = None,
) -> tuple[Endpoint, ...]:
    """Records that are listed, read one by one, written in batches and alone, and have a history."""
    return (
        Endpoint(path, scope, {"GET": read_list, "PUT": write, "POST": write}),
        Endpoint(f"{path}/{{key}}", scope, {"GET": read_one, "POST": write}, printed),
        _history(path, scope, key),
    )


def _history(path: str, scope: str, key: FindId) -> Endpoint:
    return Endpoint(f"{path}/{{key}}/History", scope, {"GET": history.lister(key), "PUT": history.adder(key)})


def _books(collection: str) -> tuple[Endpoint, ...]:
    """A fixed part of the books: listed, and read one by one."""
    return (
        Endpoint(collection, SETTINGS, {"GET": reference.lister(collection)}),
        Endpoint(f"{collection}/{{key}}", SETTINGS, {"GET": reference.reader(collection)}),
    )


def _allocations(kind: Kind) -> tuple[Endpoint, ...]:
    path, scope = f"{kind.collection}/{{key}}/Allocations", INVOICES if kind is CREDIT_NOTE else PAYMENTS
    return (
        Endpoint(path, scope, {"PUT": allocations.creator(kind)}),
        Endpoint(f"{path}/{{inner}}", scope, {"DELETE": allocations.remover(kind)}),
    )


def _advances(kind: Kind) -> tuple[Endpoint, ...]:
    """What was paid in advance: listed, and read one by one."""
    return (
        Endpoint(kind.collection, PAYMENTS, {"GET": advances.lister(kind)}),
        Endpoint(f"{kind.collection}/{{key}}", PAYMENTS, {"GET": advances.reader(kind)}),
    )


_ORGANISATION = ("Organisation", "Organisations")

ENDPOINTS = (
    *_for_records(
        "Invoices",
        INVOICES,
        invoices.read_list,
        invoices.read_one,
        invoices.write,
        _document_id(INVOICE),
        pdf.printer(INVOICE),
    ),
    Endpoint("Invoices/{key}/Email", INVOICES, {"POST": sending.email}),
    Endpoint("Invoices/{key}/OnlineInvoice", INVOICES, {"GET": sending.online_invoice}),
    # The scope of invoices covers credit notes (connectors/xero/API.md, 2). There is no e-mail
    # (connectors/xero/API.md, 9).
    *_for_records(
        "CreditNotes",
        INVOICES,
        credit_notes.read_list,
        credit_notes.read_one,
        credit_notes.write,
        _document_id(CREDIT_NOTE),
        pdf.printer(CREDIT_NOTE),
    ),
    *(endpoint for kind in CREDITS for endpoint in _allocations(kind)),
    *(endpoint for kind in (PREPAYMENTS, OVERPAYMENTS) for endpoint in _advances(kind)),
    Endpoint("BankTransactions", BANK, {"PUT": advances.receive}),
    *_for_records("Contacts", CONTACTS, contacts.read_list, contacts.read_one, contacts.write, _contact_id),
    Endpoint(
        "Payments", PAYMENTS, {"GET": payments.read_list, "PUT": payments.create, "POST": payments.create}
    ),
    Endpoint("Payments/{key}", PAYMENTS, {"GET": payments.read_one, "POST": payments.change}),
    _history("Payments", PAYMENTS, _payment_id),
    # Some clients ask for the plural only.
    *(Endpoint(name, SETTINGS, {"GET": reference.organisation}) for name in _ORGANISATION),
    *(Endpoint(f"{name}/Actions", SETTINGS, {"GET": reference.actions}) for name in _ORGANISATION),
    *(endpoint for collection in reference.KINDS for endpoint in _books(collection)),
)
# Collections of Xero's API that this sandbox does not simulate (connectors/README.md, "The sandboxes").
NOT_SIMULATED = (
    "Attachments", "BankTransfers", "BatchPayments", "Budgets", "ContactGroups", "Employees", "ExpenseClaims",
    "InvoiceReminders", "Items", "Journals", "LinkedTransactions", "ManualJournals", "PaymentServices",
    "PurchaseOrders", "Quotes", "Receipts", "RepeatingInvoices", "Reports", "Setup", "Users",
)  # fmt: skip
_PATTERNS = [
    (re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", endpoint.path) + "/?", re.IGNORECASE), endpoint)
    for endpoint in ENDPOINTS
]


def find_endpoint(path: str) -> tuple[Endpoint | None, Named]:
    """The endpoint of an address below the accounting base, and the ids or numbers in it."""
    for pattern, endpoint in _PATTERNS:
        if match := pattern.fullmatch(path):
            return endpoint, match.groupdict()
    return None, {}


def not_simulated(path: str) -> str:
    """The collection in an address that Xero has and this sandbox has not; empty if there is none."""
    words = {word.lower() for word in path.split("/")}
    return next((name for name in NOT_SIMULATED if name.lower() in words), "")
