"""Every promise that the sdk asks of a target, kept by Xero."""

from __future__ import annotations

from decimal import Decimal

import pytest
from xero_kit import Books, batch

from connectors.xero import connector
from engine.testing.contracts import Promised, TargetContract


class TestContacts(TargetContract):
    @pytest.fixture
    def promised(self, books: Books) -> Promised:
        system = books.open()
        if not next(iter(system.read("contacts")), None):
            system.write(batch("contacts", "create", [{"Name": "Somebody"}]))
        system.close()
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
        system = books.open()
        (found,) = system.find("contacts", [{"Name": "Buyer"}])
        customer = found[0].address.key if found else None
        if customer is None:
            (receipt,) = system.write(batch("contacts", "create", [{"Name": "Buyer"}]))
            customer = receipt.target_id
        line = {"Description": "work", "Quantity": 1, "UnitAmount": Decimal("9.99"), "AccountCode": "200"}
        base = {
            "Type": "ACCREC",
            "Contact": {"ContactID": customer},
            "Date": "2026-11-02",
            "LineItems": [line],
        }
        if not next(iter(system.read("invoices")), None):
            system.write(batch("invoices", "create", [base]))
        system.close()
        return Promised(
            connector,
            books.open,
            "invoices",
            body=lambda n: {**base, "Reference": f"contract {n}"},
            wrong=lambda: {**base, "LineItems": [{**line, "AccountCode": "999"}]},
            changed={"Reference": "contract changed"},
            rule=lambda n: {"Reference": f"contract {n}", "Contact.ContactID": customer},
        )
