"""What Xero would refuse of a credit note, found before it is sent; cents that are put right."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.sdk import System
from tests.connectors.xero.bodies_kit import credit, written
from tests.connectors.xero.xero_kit import Books, batch


def test_preflight_names_every_cause(books: Books, xero: System, customer: str) -> None:
    (gone,) = xero.target.write(batch("contacts", "create", [{"Name": "Archived Ltd"}]))
    xero.target.write(batch("contacts", "update", [{"ContactStatus": "ARCHIVED"}], [gone.target_id or ""]))
    cheap = {"UnitAmount": Decimal(-1)}
    bodies = [
        credit(customer, "P0"),
        credit(customer, "P1", line={"AccountCode": "20"}),
        credit(customer, "P2", line={"TaxType": "INPUT2"}),
        credit(customer, "P3", line={"Tracking": [{"Name": "Region", "Option": "Nort"}]}),
        credit(customer, "P4", CurrencyCode="JPY"),
        credit(gone.target_id or "", "P5"),
        credit(customer, "P6", line={"DiscountRate": Decimal(10)}),
        credit(customer, "P7", line={"DiscountAmount": Decimal(0)}),
        credit(customer, "P8", line=cheap),
        credit(customer, "P9", LineItems=[credit(customer, "x", line=cheap)["LineItems"][0]] * 2),
        {"Contact": None, "LineItems": [{"Description": "x", "AccountCode": None}]},
    ]
    found = xero.target.preflight("credit_notes", bodies)
    assert [[one.code for one in findings] for findings in found] == [
        [], ["account_unknown"], ["tax_unfit"], ["tracking_unknown"], ["currency_disabled"],
        ["contact_archived"], ["discount_unfit"], [], ["total_negative"], ["total_negative"], [],
    ]  # fmt: skip
    assert "-1.82" in found[8][0].message


def test_what_preflight_lets_pass_is_taken(xero: System, customer: str) -> None:
    line = credit(customer, "x")["LineItems"][0]
    bodies = [
        credit(customer, "G1", LineItems=[line, {**line, "UnitAmount": Decimal(-5)}]),
        credit(customer, "G2", LineAmountTypes="NoTax"),
        credit(customer, "G3", CurrencyCode="GBP"),
    ]
    assert xero.target.preflight("credit_notes", bodies) == [[], [], []]
    written(xero, *bodies)


def test_negative_invoice_is_held_before_it_is_sent(xero: System, customer: str) -> None:
    line = {"Description": "x", "Quantity": 1, "UnitAmount": Decimal(-10), "AccountCode": "200"}
    body = {"Type": "ACCREC", "Contact": {"ContactID": customer}, "LineItems": [line]}
    ((finding,),) = xero.target.preflight("invoices", [body])
    assert (finding.code, finding.message) == (
        "total_negative",
        "an invoice total cannot be negative (-12.10); send it as a credit note",
    )


def test_lock_date_is_found_before_the_push(served_with: Callable[..., Any]) -> None:
    with served_with(period_lock_date="2026-06-30") as books:
        xero = books.open()
        found = xero.target.preflight(
            "credit_notes", [{"Date": day, "Status": "AUTHORISED"} for day in ("2026-06-30", "2026-07-01")]
        )
        xero.source.close()
    assert [[one.code for one in findings] for findings in found] == [["locked_period"], []]


def test_settled_difference_comes_out_in_xero(xero: System, customer: str) -> None:
    body = credit(customer, "D1")
    body["LineItems"] = [
        {"Description": "x", "Quantity": 1, "UnitAmount": Decimal(one), "AccountCode": "200"}
        for one in ("25.06", "25.61", "25.63")
    ]
    has = xero.books.totals("credit_notes", body)
    wanted = {"SubTotal": has["SubTotal"], "Total": has["Total"] + Decimal("0.01")}
    for policy, reference in (("adjust_tax", "D2"), ("rounding_line", "D3")):
        settled = xero.books.settle_difference(
            "credit_notes", {**body, "Reference": reference}, policy, wanted
        )
        assert settled is not None
        (receipt,) = xero.target.write(batch("credit_notes", "create", [settled]))
        assert receipt.outcome == "done", receipt.reason
        assert receipt.observed["Total"] == wanted["Total"]
