"""With what an invoice was settled: money, credit notes or both; and lists that do not show it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.standing import invoice_standing, is_unclear, settled_by, settlement

NOTE = {"CreditNoteID": "1", "AppliedAmount": Decimal(40), "Total": Decimal(90)}
PREPAID = {"PrepaymentID": "2", "AppliedAmount": Decimal(115)}
OVERPAID = {"OverpaymentID": "3", "AppliedAmount": Decimal(60)}


def row(paid: int = 0, credited: int = 0, **lists: Any) -> dict[str, Any]:
    due = 115 - paid - credited
    amounts = {"Total": 115, "AmountDue": due, "AmountPaid": paid, "AmountCredited": credited}
    decimals = {name: Decimal(value) for name, value in amounts.items()}
    return {"Status": "AUTHORISED" if due else "PAID", **decimals, **lists}


@pytest.mark.parametrize(
    ("values", "by", "state"),
    [
        (row(), "none", "open"),
        (row(paid=115), "money", "paid"),
        (row(paid=15, CreditNotes=[]), "money", "part_paid"),
        (row(credited=115, Prepayments=[PREPAID]), "money", "paid"),
        (row(credited=60, CreditNotes=[], Overpayments=[OVERPAID]), "money", "part_paid"),
        (row(credited=40, CreditNotes=[NOTE]), "credit", "credited"),
        (row(paid=75, credited=40, CreditNotes=[NOTE]), "both", "paid"),
        (row(paid=15, credited=100, CreditNotes=[NOTE], Overpayments=[OVERPAID]), "both", "paid"),
    ],
)
def test_prepayments_and_overpayments_are_money_and_credit_notes_are_not(
    values: dict[str, Any], by: str, state: str
) -> None:
    assert settled_by(values) == by
    assert not is_unclear(values)
    assert invoice_standing(values, "EUR").state == state


def test_both_are_shown_with_how_much_of_each() -> None:
    standing = invoice_standing(row(paid=75, credited=40, CreditNotes=[NOTE]), "EUR")
    assert standing.settlement == "75.00 paid, 40.00 credited of 115.00 EUR"
    assert invoice_standing(row(paid=15), "EUR").settlement == "15.00 of 115.00 EUR"


@pytest.mark.parametrize(
    "values",
    [
        row(credited=115),
        row(credited=115, CreditNotes=[]),
        row(credited=115, CreditNotes=[], Prepayments=[], Overpayments=[]),
        row(credited=100, CreditNotes=[NOTE]),
        row(credited=115, Prepayments=[{"PrepaymentID": "2"}]),
    ],
)
def test_credit_that_the_lists_do_not_explain_is_not_taken_for_either(values: dict[str, Any]) -> None:
    assert is_unclear(values)
    assert settled_by(values) is None
    standing = invoice_standing(values, "EUR")
    assert standing.state == "credited"
    assert standing.settlement.endswith(" EUR credited, and Xero does not show by what")


def test_one_kind_alone_explains_it_if_every_list_is_there() -> None:
    lists: dict[str, Any] = {"CreditNotes": [], "Overpayments": [], "Prepayments": [{"PrepaymentID": "2"}]}
    assert settlement(row(credited=115, **lists)).money == 115
    lists = {"CreditNotes": [{"CreditNoteID": "1"}], "Overpayments": [], "Prepayments": []}
    assert settlement(row(credited=115, **lists)).credit == 115
