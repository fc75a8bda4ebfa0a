"""Every promise that the sdk asks of a target, kept by each stream of Xero's that is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.xero import connector
from engine.sdk import System
from engine.testing.contracts import Promised, TargetContract
from tests.connectors.xero.xero_kit import Books, batch

LINE = {"Description": "work", "Quantity": 1, "UnitAmount": Decimal("9.99"), "AccountCode": "200"}


def contact_of(system: System, name: str) -> str | None:
    """The id of the contact of that name; a new one if there is none."""
    (found,) = system.target.find("contacts", [{"Name": name}])
    if found:
        return found[0].address.key
    (receipt,) = system.target.write(batch("contacts", "create", [{"Name": name}]))
    return receipt.target_id


def base_of(books: Books, stream: str, kind: str) -> dict[str, Any]:
    """A good document of its kind; one such stands, so that there is something to read."""
    system = books.open()
    contact = {"ContactID": contact_of(system, "Buyer")}
    base = {"Type": kind, "Contact": contact, "Date": "2026-11-02", "LineItems": [LINE]}
    if not next(iter(system.source.read(stream)), None):
        system.target.write(batch(stream, "create", [base]))
    system.source.close()
    return base


class TestContacts(TargetContract):
    @pytest.fixture
    def promised(self, books: Books) -> Promised:
        system = books.open()
        contact_of(system, "Somebody")
        system.source.close()
        return Promised(
            connector,
            books.open,
            "contacts",
            body=lambda n: {"Name": f"Contract {n}", "ContactNumber": f"contract-{n}"},
            wrong=lambda: {"ContactNumber": "no name", "EmailAddress": "no address"},
            changed={"FirstName": "Ada"},
            rule=lambda n: {"ContactNumber": f"contract-{n}"},
        )


class TestInvoices(TargetContract):
    @pytest.fixture
    def promised(self, books: Books) -> Promised:
        base = base_of(books, "invoices", "ACCREC")
        return Promised(
            connector,
            books.open,
            "invoices",
            body=lambda n: {**base, "Reference": f"contract {n}"},
            wrong=lambda: {**base, "LineItems": [{**LINE, "AccountCode": "999"}]},
            changed={"Reference": "contract changed"},
            rule=lambda n: {
                "Reference": f"contract {n}",
                "Contact.ContactID": base["Contact"]["ContactID"],
            },
        )


class TestCreditNotes(TargetContract):
    @pytest.fixture
    def promised(self, books: Books) -> Promised:
        base = base_of(books, "credit_notes", "ACCRECCREDIT")
        return Promised(
            connector,
            books.open,
            "credit_notes",
            body=lambda n: {**base, "CreditNoteNumber": f"contract-{n}"},
            wrong=lambda: {**base, "LineItems": [{**LINE, "DiscountRate": 10}]},
            changed={"Reference": "contract changed"},
            rule=lambda n: {"CreditNoteNumber": f"contract-{n}"},
        )


def test_each_stream_that_is_written_has_a_suite() -> None:
    suites = {name.removeprefix("Test").lower() for name in globals() if name.startswith("Test")}
    assert {stream.name.replace("_", "") for stream in connector.streams if stream.creates} <= suites
