"""A prepayment or an overpayment is money: PSOhub is told paid. A credit note is not, and is reported
(connectors/psohub/API.md, 8.17)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cases.harness import Case, opened

NAME = "23-paid-in-advance"
NUMBER = "INV-2026-0001"


def advance(case: Case, of: str, amount: Decimal, invoice: dict[str, Any]) -> None:
    """The customer paid in advance; the bookkeeper sets it against the invoice."""
    (made,) = case.systems.put(
        "BankTransactions",
        [
            {
                "Type": f"RECEIVE-{of.upper()}",
                "Contact": {"ContactID": invoice["Contact"]["ContactID"]},
                "BankAccount": {"Code": "090"},
                "LineItems": [{"Description": "In advance", "Quantity": 1, "UnitAmount": amount}],
                "CurrencyCode": invoice["CurrencyCode"],
            }
        ],
    )
    case.systems.allocate(f"{of}s/{made[f'{of}ID']}", invoice["InvoiceID"], amount)


def credit(case: Case, amount: Decimal, invoice: dict[str, Any]) -> None:
    (made,) = case.systems.put(
        "CreditNotes",
        [
            {
                "Type": "ACCRECCREDIT",
                "Contact": {"ContactID": invoice["Contact"]["ContactID"]},
                "LineAmountTypes": "NoTax",
                "LineItems": [{"Description": "Credit", "UnitAmount": amount, "AccountCode": "200"}],
                "CurrencyCode": invoice["CurrencyCode"],
                "Status": "AUTHORISED",
            }
        ],
    )
    case.systems.allocate(f"CreditNotes/{made['CreditNoteID']}", invoice["InvoiceID"], amount)


def row_of(report: Any, number: str) -> Any:
    return next(row for row in report["reconcile"]["rows"] if row["title"] == number)


@pytest.mark.parametrize("of", ["Prepayment", "Overpayment"])
def test_what_was_paid_in_advance_is_money(tmp_path: Path, of: str) -> None:
    with opened(NAME, tmp_path) as case:
        assert case.run().code == 0
        (invoice,) = case.systems.pushed()
        advance(case, of, case.read("xero/invoice-as-read.json")["AmountCredited"], invoice)
        ran = case.run()
        assert ran.code == 0
        assert case.psohub_invoice(NUMBER)["InvoiceStatus"] == "Paid"
        row = row_of(ran.json, invoice["InvoiceNumber"])
        assert (row["kind"], row["note"]) == ("paid", "115.00 of 115.00 NZD")
        again = case.run()
        assert (again.code, again.json["flows"]["invoice-status"]["updated"]) == (0, 0)


def test_a_credit_note_is_not_money(tmp_path: Path) -> None:
    with opened(NAME, tmp_path) as case:
        assert case.run().code == 0
        (invoice,) = case.systems.pushed()
        credit(case, Decimal(115), invoice)
        ran = case.run()
        assert case.psohub_invoice(NUMBER)["InvoiceStatus"] == "Sent"
        row = row_of(ran.json, invoice["InvoiceNumber"])
        assert (row["kind"], row["note"]) == ("credited", "115.00 of 115.00 NZD")


@pytest.mark.parametrize(("paid_when", "status"), [("money", "Sent"), ("part_money", "Paid")])
def test_where_both_settled_it_the_report_says_how_much_of_each(
    tmp_path: Path, paid_when: str, status: str
) -> None:
    with opened(NAME, tmp_path, settings={"paid_when": paid_when}) as case:
        assert case.run().code == 0
        (invoice,) = case.systems.pushed()
        advance(case, "Prepayment", Decimal(75), invoice)
        credit(case, Decimal(40), invoice)
        ran = case.run()
        assert case.psohub_invoice(NUMBER)["InvoiceStatus"] == status
        row = row_of(ran.json, invoice["InvoiceNumber"])
        assert (row["kind"], row["note"]) == ("paid", "75.00 paid, 40.00 credited of 115.00 NZD")
