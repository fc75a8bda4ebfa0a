"""What lines and totals come to (connectors/xero/API.md, 7)."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, Xero


def sums(invoice: Any) -> tuple[Any, Any, Any]:
    return invoice["SubTotal"], invoice["TotalTax"], invoice["Total"]


def test_tax_is_rounded_on_each_line_and_then_summed(xero: Xero, line: MakeLine) -> None:
    amounts = ("25.06", "25.61", "25.63")
    invoice = xero.invoice(LineItems=[line(UnitAmount=amount, TaxType="RROUTPUT") for amount in amounts])
    assert [made["TaxAmount"] for made in invoice["LineItems"]] == [2.26, 2.30, 2.31]
    # On the sum it would be 6.867, that is 6.87 as well; the half cents show the rule below.
    assert sums(invoice) == (76.30, 6.87, 83.17)
    halves = xero.invoice(LineItems=[line(UnitAmount="0.50")] * 3)
    assert [made["TaxAmount"] for made in halves["LineItems"]] == [0.11, 0.11, 0.11]
    assert sums(halves) == (1.50, 0.33, 1.83)


def test_half_cents_go_up(xero: Xero, line: MakeLine) -> None:
    (made,) = xero.invoice(LineItems=[line(UnitAmount="0.50", Quantity="0.01")])["LineItems"]
    assert made["LineAmount"] == 0.01


def test_inclusive_lines_hold_their_tax(xero: Xero, line: MakeLine) -> None:
    invoice = xero.invoice(LineAmountTypes="Inclusive", LineItems=[line(UnitAmount=121), line(UnitAmount=10)])
    assert [made["TaxAmount"] for made in invoice["LineItems"]] == [21, 1.74]
    assert sums(invoice) == (108.26, 22.74, 131)


def test_no_tax_has_none(xero: Xero, line: MakeLine) -> None:
    invoice = xero.invoice(LineAmountTypes="NoTax", LineItems=[line(TaxType="OUTPUT2", TaxAmount=5)])
    assert invoice["LineItems"][0]["TaxType"] == "NONE"
    assert sums(invoice) == (100, 0, 100)


def test_unit_amounts_have_two_places_unless_four_are_asked_for(xero: Xero, line: MakeLine) -> None:
    body = xero.approved(LineItems=[line(UnitAmount="1.2345", Quantity=1000)])
    two = xero.put("/Invoices", body).json()["Invoices"][0]
    assert (two["LineItems"][0]["UnitAmount"], two["SubTotal"]) == (1.23, 1230)
    four = xero.put("/Invoices", body, unitdp="4").json()["Invoices"][0]
    assert (four["LineItems"][0]["UnitAmount"], four["SubTotal"]) == (1.2345, 1234.5)
    shown = xero.get(f"/Invoices/{four['InvoiceID']}").json()["Invoices"][0]["LineItems"][0]
    assert (shown["UnitAmount"], shown["LineAmount"]) == (1.23, 1234.5)


def test_line_amount_that_differs_is_refused(xero: Xero, said: Messages, line: MakeLine) -> None:
    answer = xero.put(
        "/Invoices", xero.approved(LineItems=[line(Quantity=3, UnitAmount="33.33", LineAmount=100)])
    )
    assert said(answer) == ["The line total 100.00 does not match the expected line total 99.99"]


@pytest.mark.parametrize(
    ("given", "quantity", "unit"),
    [
        ({"LineAmount": 10}, 1, 10),
        ({"LineAmount": 10, "Quantity": 4}, 4, 2.5),
        ({"LineAmount": 10, "UnitAmount": "2.5"}, 4, 2.5),
        ({"UnitAmount": 10}, 1, 10),
    ],
)
def test_line_amount_stands_in_for_what_is_missing(
    xero: Xero, given: dict[str, Any], quantity: int, unit: float
) -> None:
    (made,) = xero.invoice(LineItems=[{"Description": "x", "AccountCode": "200", **given}])["LineItems"]
    assert (made["Quantity"], made["UnitAmount"], made["LineAmount"]) == (quantity, unit, 10)


def test_description_alone_is_a_line(xero: Xero, line: MakeLine) -> None:
    invoice = xero.invoice(LineItems=[{"Description": "October"}, line()])
    assert invoice["LineItems"][0]["Description"] == "October"
    assert sums(invoice) == (100, 21, 121)


def test_discounts_come_in_per_cent_or_as_an_amount(xero: Xero, line: MakeLine) -> None:
    rate, off = line(DiscountRate=10), line(DiscountAmount=30)
    invoice = xero.invoice(LineItems=[rate, off])
    assert [made["LineAmount"] for made in invoice["LineItems"]] == [90, 70]
    assert (invoice["IsDiscounted"], invoice["TotalDiscount"]) == (True, 40)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"DiscountRate": 101},
            "The discount rate '101' is invalid. Discount must not be greater than the line total.",
        ),
        (
            {"DiscountAmount": 101},
            "The discount rate '101' is invalid. Discount must not be greater than the line total.",
        ),
        (
            {"DiscountAmount": 0, "UnitAmount": -1},
            "The discount rate '0' is invalid. Discount must not be greater than the line total.",
        ),
        (
            {"DiscountRate": 10, "UnitAmount": None, "LineAmount": 90},
            "The UnitAmount should be used when specifying a discount for a line item.",
        ),
        (
            {"DiscountRate": 100, "LineAmount": 0},
            "The line total 0.00 of a discounted line must not be specified.",
        ),
    ],
)
def test_discount_that_makes_no_sense_is_refused(
    xero: Xero, said: Messages, line: MakeLine, fields: dict[str, Any], message: str
) -> None:
    assert message in said(xero.put("/Invoices", xero.approved(LineItems=[line(**fields), line()])))


def test_line_discounted_away_is_fine_without_its_amount(xero: Xero, line: MakeLine) -> None:
    assert xero.invoice(LineItems=[line(DiscountRate=100), line()])["SubTotal"] == 100


def test_negative_total_is_refused_and_a_negative_line_is_not(
    xero: Xero, said: Messages, line: MakeLine
) -> None:
    assert xero.invoice(LineItems=[line(), line(UnitAmount=-40)])["SubTotal"] == 60
    answer = xero.put("/Invoices", xero.approved(LineItems=[line(UnitAmount=-1)]))
    assert said(answer) == ["The invoice total must not be negative; use a credit note instead."]


def test_negative_quantity_is_refused(xero: Xero, said: Messages, line: MakeLine) -> None:
    answer = xero.put("/Invoices", xero.approved(LineItems=[line(), line(Quantity=-1, UnitAmount=10)]))
    assert said(answer) == ["Quantity must not be negative; use a negative unit amount instead."]


def test_tax_amount_overrides_and_total_is_checked_against_it(
    xero: Xero, said: Messages, line: MakeLine
) -> None:
    invoice = xero.invoice(LineItems=[line(TaxAmount="21.01")], Total="121.01")
    assert sums(invoice) == (100, 21.01, 121.01)
    answer = xero.put("/Invoices", xero.approved(LineItems=[line(TaxAmount="21.01")], Total="121.00"))
    assert said(answer) == ["The invoice total does not equal the sum of the lines."]


def test_given_tax_amount_stands_until_the_line_is_priced_anew(xero: Xero, line: MakeLine) -> None:
    invoice = xero.invoice(LineItems=[line(TaxAmount="21.01")])
    own = {"LineItemID": invoice["LineItems"][0]["LineItemID"]}
    kept = xero.change(invoice["InvoiceID"], LineItems=[{**own, "Description": "Other"}]).json()["Invoices"][
        0
    ]
    assert sums(kept) == (100, 21.01, 121.01)
    anew = xero.change(invoice["InvoiceID"], LineItems=[{**own, "UnitAmount": 200}]).json()["Invoices"][0]
    assert sums(anew) == (200, 42, 242)


def test_cent_is_set_right_on_the_rounding_account(xero: Xero, line: MakeLine) -> None:
    invoice = xero.invoice(
        LineItems=[line(), line(Description="Rounding", UnitAmount="0.01", AccountCode="860")]
    )
    assert sums(invoice) == (100.01, 21, 121.01)


def test_change_of_tax_mode_computes_the_lines_anew(xero: Xero) -> None:
    invoice = xero.invoice()
    changed = xero.change(invoice["InvoiceID"], LineAmountTypes="Inclusive").json()["Invoices"][0]
    assert sums(changed) == (82.64, 17.36, 100)


def test_amounts_may_come_as_text(xero: Xero, line: MakeLine) -> None:
    assert xero.invoice(LineItems=[line(Quantity="2", UnitAmount="0.10")])["SubTotal"] == 0.2


def test_quantities_are_kept_with_four_decimals(xero: Xero, line: MakeLine) -> None:
    (made,) = xero.invoice(LineItems=[line(Quantity="33.33333333", UnitAmount=4500)])["LineItems"]
    assert (made["Quantity"], made["LineAmount"]) == (33.3333, 149999.85)
