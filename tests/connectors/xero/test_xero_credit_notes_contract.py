"""Every promise that the sdk asks of a target, kept by Xero's credit notes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from xero_kit import Books, batch

from connectors.xero import connector
from engine.testing.contracts import Promised, TargetContract


class TestCreditNotes(TargetContract):
    @pytest.fixture
    def promised(self, books: Books) -> Promised:
        system = books.open()
        (found,) = system.find("contacts", [{"Name": "Credited"}])
        customer = found[0].address.key if found else None
        if customer is None:
            (receipt,) = system.write(batch("contacts", "create", [{"Name": "Credited"}]))
            customer = receipt.target_id
        line = {"Description": "work", "Quantity": 1, "UnitAmount": Decimal("9.99"), "AccountCode": "200"}
        base = {
            "Type": "ACCRECCREDIT",
            "Contact": {"ContactID": customer},
            "Date": "2026-11-02",
            "LineItems": [line],
        }
        if not next(iter(system.read("credit_notes")), None):
            system.write(batch("credit_notes", "create", [base]))
        system.close()
        return Promised(
            connector,
            books.open,
            "credit_notes",
            body=lambda n: {**base, "CreditNoteNumber": f"contract-{n}"},
            wrong=lambda: {**base, "LineItems": [{**line, "DiscountRate": 10}]},
            changed={"Reference": "contract changed"},
            rule=lambda n: {"CreditNoteNumber": f"contract-{n}"},
        )
