"""Allocating credit notes: how much, to what, and why not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.allocating import Obstacle, allocatable
from engine.sdk import Receipt, System
from tests.connectors.xero.bodies_kit import credit, invoice
from tests.connectors.xero.xero_kit import Books, batch

NOTE = {
    "CreditNoteNumber": "CN-1", "Status": "AUTHORISED", "Contact": {"ContactID": "a"}, "CurrencyCode": "EUR",
    "Total": Decimal("60.50"), "RemainingCredit": Decimal("60.50"),
}  # fmt: skip
INVOICE = {
    "InvoiceNumber": "INV-1", "Status": "AUTHORISED", "Contact": {"ContactID": "A"}, "CurrencyCode": "EUR",
    "AmountDue": Decimal("48.50"),
}  # fmt: skip
LEFT = "60.50 of 60.50 is left on CN-1"


@pytest.mark.parametrize(
    ("note", "document", "expected"),
    [
        ({}, {}, Decimal("48.50")),
        ({"RemainingCredit": Decimal(10)}, {}, Decimal(10)),
        ({}, {"AmountDue": Decimal(0)}, f"nothing is due on INV-1; {LEFT}"),
        ({}, {"Status": "PAID"}, f"INV-1 is PAID; {LEFT}"),
        ({}, {"Status": "VOIDED"}, f"INV-1 is VOIDED; {LEFT}"),
        ({"Status": "VOIDED"}, {}, "CN-1 is VOIDED; only authorised credit notes can be allocated"),
    ],
)
def test_as_much_as_both_allow(
    note: dict[str, Any], document: dict[str, Any], expected: Decimal | str
) -> None:
    found = allocatable({**NOTE, **note}, {**INVOICE, **document})
    assert found == (Obstacle(expected) if isinstance(expected, str) else expected)


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_what_is_not_approved_yet_waits(status: str) -> None:
    found = allocatable({**NOTE, "Status": status}, INVOICE)
    assert found == Obstacle(f"CN-1 is {status}; it waits until a person approves it", "waiting")
    found = allocatable(NOTE, {**INVOICE, "Status": status})
    assert found == Obstacle(f"INV-1 is {status}; it waits until a person approves it", "waiting")


@pytest.mark.parametrize(
    ("document", "what"),
    [({"CurrencyCode": "USD"}, "currency"), ({"Contact": {"ContactID": "b"}}, "contact")],
)
def test_another_contact_or_currency_is_a_mistake(document: dict[str, Any], what: str) -> None:
    found = allocatable(NOTE, {**INVOICE, **document})
    assert isinstance(found, Obstacle)
    assert found.outcome == "refused"
    assert found.reason.startswith(f"INV-1 has another {what} than CN-1")


@pytest.fixture
def note(xero: System, customer: str) -> str:
    """A credit note of 121."""
    return _written(xero, "credit_notes", credit(customer, "N", line={"Quantity": 1, "UnitAmount": 100}))


def _written(xero: System, stream: str, body: dict[str, Any]) -> str:
    (receipt,) = xero.target.write(batch(stream, "create", [body]))
    assert receipt.target_id, receipt.reason
    return receipt.target_id


def _invoice(xero: System, customer: str, amount: int) -> str:
    return _written(xero, "invoices", invoice(customer, "I", line={"Quantity": 1, "UnitAmount": amount}))


def allocate(xero: System, note: str, invoice_id: str) -> Receipt:
    (receipt,) = xero.actions.act(
        batch("credit_notes", "allocate", [{"to": {"InvoiceID": invoice_id}}], [note])
    )
    return receipt


def read(xero: System, stream: str, key: str) -> Any:
    (record,) = xero.source.read(stream, keys=[key])
    return record.values  # type: ignore[union-attr]


def test_the_rest_is_in_the_receipt(xero: System, customer: str, note: str) -> None:
    target = _invoice(xero, customer, 50)
    number = read(xero, "invoices", target)["InvoiceNumber"]
    receipt = allocate(xero, note, target)
    assert receipt.outcome == "done"
    assert receipt.reason.startswith(f"60.50 EUR allocated to {number}; 60.50 of 121.00 is left on CN-")
    assert xero.actions.acted("credit_notes", "allocate", note, {"to": {"InvoiceID": target}}) is True
    again = allocate(xero, note, target)
    assert (again.outcome, again.reason) == ("done", "")
    assert read(xero, "credit_notes", note)["RemainingCredit"] == Decimal("60.5")


def test_what_a_person_allocated_in_the_meantime_counts(
    books: Books, xero: System, customer: str, note: str
) -> None:
    target, other = _invoice(xero, customer, 50), _invoice(xero, customer, 80)
    books.allocate(note, other, Decimal("96.80"))
    assert xero.actions.acted("credit_notes", "allocate", note, {"to": {"InvoiceID": target}}) is False
    assert allocate(xero, note, target).outcome == "done"
    amounts = [row["Amount"] for row in read(xero, "credit_notes", note)["Allocations"]]
    assert amounts == [Decimal("96.8"), Decimal("24.2")]


def test_an_invoice_that_xero_does_not_have_is_refused(xero: System, note: str) -> None:
    missing = "289662a0-7926-4145-a880-984972111223"
    receipt = allocate(xero, note, missing)
    assert (receipt.outcome, receipt.reason) == ("refused", f"Xero has no invoice {missing}")


def test_xeros_own_refusal_is_shown(books: Books, xero: System, customer: str, note: str) -> None:
    books.fault("status", f"/CreditNotes/{note}/Allocations", status=400, body=REFUSAL)
    receipt = allocate(xero, note, _invoice(xero, customer, 50))
    assert (receipt.outcome, receipt.reason) == ("refused", "Amount is greater than amount outstanding")
    assert read(xero, "credit_notes", note)["RemainingCredit"] == 121


REFUSAL = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [{"ValidationErrors": [{"Message": "Amount is greater than amount outstanding"}]}],
}
