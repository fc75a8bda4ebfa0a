"""What a push can be answered about contacts and credit notes (connectors/xero/API.md, 9 and 10): people read
Xero's own words, what depends on the record is held with it, everything else goes on, and once the cause is
removed the next run puts it right.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served

KEYS = count(41939771881670001)
CONTACTS = [
    "The contact name A is already assigned to another contact. "
    "The contact name must be unique across all active contacts.",
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber",
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API.",
    "The Account Number already exists. Please enter a different Account Number.",
    "Email address must be valid.",
]
INVOICES = [
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes.",
]
CREDIT_NOTES = [
    "This document cannot be edited as it has a payment or credit note allocated to it.",
    "An existing Credit Note with the specified CreditNoteID could not be found",
]
ALLOCATIONS = [
    "Credit Note cannot be allocated as amount is greater than amount outstanding",
    "The invoice you are trying to allocate to has already been paid off",
    "Credit Note cannot be allocated to an incorrect invoice type.",
]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """A customer whose invoice is pushed."""
    folder = tmp_path_factory.mktemp("refusals")
    with served(folder, psohub={"invoices": 1, "customers": 1}, xero={}) as systems:
        harness = Harness(systems, systems.config(folder, settings={"auto_send": False}), Program(folder))
        assert harness.sync("run", harness.config).code == 0
        yield harness


def pushed_first(systems: Systems) -> Row:
    return next(row for row in systems.offered() if row["InvoiceNumber"].startswith("INV-"))


def added(systems: Systems, customer: int, *, sign: int = 1, **members: Any) -> Row:
    """A new invoice of a customer over 100 without tax; with `sign` -1 a credit note."""
    key = next(KEYS)
    first = pushed_first(systems)
    line = {"LineName": "Advice", "Quantity": 1, "UnitPrice": sign * 100, "AmountExVAT": sign * 100}
    return systems.add(
        **{
            **{name: first[name] for name in ("InvoiceDate", "BusinessUnitID", "ProjectID")},
            "InvoiceID": key,
            "InvoiceNumber": f"N-{key}",
            "CustomerID": customer,
            "InvoiceCurrencyCode": "EUR",
            "TotalAmountExVAT": Decimal(sign * 100),
            "TotalAmountIncVAT": Decimal(sign * 121),
            "InvoiceLines": [{**line, "TaxCategory": "21% btw"}],
            **members,
        }
    )


def known(systems: Systems) -> int:
    """The customer whose contact is in Xero already."""
    return int(pushed_first(systems)["CustomerID"])


def refuse(systems: Systems, method: str, path: str, message: str) -> None:
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": [{"ValidationErrors": [{"Message": message}]}],
    }
    systems.fault("xero", "status", method, path, status=400, body=body, times=100)


def run(harness: Harness, code: int) -> Any:
    ran = harness.sync("run", harness.config, "--output", "json")
    assert ran.code == code, ran.out
    return ran.json


def put_right(harness: Harness) -> None:
    harness.systems.reset()
    assert harness.sync("held", "retry", harness.config).code == 0
    run(harness, 0)


def references(harness: Harness) -> list[str]:
    return [one["Reference"] for one in harness.systems.pushed()]


@pytest.mark.parametrize("message", CONTACTS)
def test_a_refused_contact_holds_its_own_invoices_alone(harness: Harness, message: str) -> None:
    customer = next(KEYS)
    harness.systems.load({"companies": [{"CompanyID": customer, "CompanyName": f"Company {customer}"}]})
    waiting, other = added(harness.systems, customer), added(harness.systems, known(harness.systems))
    refuse(harness.systems, "PUT", "/Contacts", message)
    held = {one["address"]: one["reason"] for one in run(harness, 1)["held"]}
    assert held.keys() == {f"psohub.companies/{customer}", f"psohub.invoices/{waiting['InvoiceID']}"}
    assert held[f"psohub.companies/{customer}"] == message
    assert message in held[f"psohub.invoices/{waiting['InvoiceID']}"]
    assert other["InvoiceNumber"] in references(harness)
    assert waiting["InvoiceNumber"] not in references(harness)
    put_right(harness)
    assert references(harness).count(waiting["InvoiceNumber"]) == 1


@pytest.mark.parametrize(("path", "message"), [("/Invoices", text) for text in INVOICES])
def test_a_refused_invoice_is_held_in_xeros_words(harness: Harness, path: str, message: str) -> None:
    number = added(harness.systems, known(harness.systems))["InvoiceNumber"]
    refuse(harness.systems, "PUT", path, message)
    assert [(one["title"], one["reason"]) for one in run(harness, 1)["held"]] == [(number, message)]
    put_right(harness)
    assert references(harness).count(number) == 1


@pytest.mark.parametrize("message", CREDIT_NOTES)
def test_a_refused_credit_note_is_held_and_invoices_go_on(harness: Harness, message: str) -> None:
    customer = known(harness.systems)
    note, invoice = added(harness.systems, customer, sign=-1), added(harness.systems, customer)
    refuse(harness.systems, "PUT", "/CreditNotes", message)
    held = run(harness, 1)["held"]
    assert [(one["title"], one["reason"]) for one in held] == [(note["InvoiceNumber"], message)]
    assert invoice["InvoiceNumber"] in references(harness)
    put_right(harness)
    credited = [one["Reference"] for one in harness.systems.credited()]
    assert credited.count(note["InvoiceNumber"]) == 1


@pytest.mark.parametrize("message", ALLOCATIONS)
def test_a_refused_allocation_is_held_and_its_credit_note_is_kept(harness: Harness, message: str) -> None:
    customer = known(harness.systems)
    invoice = added(harness.systems, customer)
    note = added(harness.systems, customer, sign=-1, CreditedInvoiceID=invoice["InvoiceID"])
    refuse(harness.systems, "PUT", "/CreditNotes/*/Allocations", message)
    (held,) = run(harness, 1)["held"]
    assert (held["address"], held["reason"]) == (
        f"psohub.invoices/{note['InvoiceID']}",
        f"allocate: {message}",
    )
    (kept,) = [one for one in harness.systems.credited() if one["Reference"] == note["InvoiceNumber"]]
    assert (kept["Status"], kept["RemainingCredit"]) == ("AUTHORISED", 121)
    written = {row["InvoiceNumber"]: row["ExternalID"] for row in harness.systems.offered()}
    assert written[note["InvoiceNumber"]] == kept["CreditNoteNumber"]
    put_right(harness)
    (done,) = [one for one in harness.systems.credited() if one["Reference"] == note["InvoiceNumber"]]
    assert (done["Status"], done["RemainingCredit"], len(done["Allocations"])) == ("PAID", 0, 1)
