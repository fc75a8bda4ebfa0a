"""Cents: PSOhub's sums and Xero's agree, except on the invoices that were asked not to."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from connectors.psohub.sandbox.company.generate import generate
from connectors.psohub.sandbox.company.invoicing import MOST, invoices
from connectors.psohub.sandbox.company.model import Invoice, Line
from connectors.psohub.sandbox.company.money import (
    cents_difference,
    from_gross,
    psohub_totals,
    stated_ex_vat,
    totals_agree,
    xero_totals,
)
from connectors.psohub.sandbox.options import PsohubSandboxOptions
from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Row


def line(ex_vat: str, vat: str, percentage: int = 21, quantity: str = "1") -> Line:
    return Line(
        number="10.001",
        name="Business Review",
        description=None,
        gl_account=None,
        quantity=Decimal(quantity),
        unit_price=Decimal(ex_vat),
        amount_ex_vat=Decimal(quantity) * Decimal(ex_vat),
        vat_amount=Decimal(vat),
        vat_percentage=Decimal(percentage),
        tax_category="21% btw",
        tracking=None,
        contract_line_id=1,
    )


def company_invoices(**options: int) -> list[Invoice]:
    return list(invoices(generate(PsohubSandboxOptions(**options))))


def half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def as_xero_computes(rows: list[dict[str, Any]]) -> tuple[Decimal, Decimal]:
    """SubTotal and Total as connectors/xero/API.md, 7 has them, off the wire, apart from the sandbox's
    sums."""
    net = tax = Decimal(0)
    for row in rows:
        unit_amount = Decimal(row["UnitPrice"]).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        amount = half_up(row["Quantity"] * unit_amount)
        net += amount
        tax += half_up(amount * row["VATPercentage"] / 100)
    return net, net + tax


def test_default_company_on_the_wire_comes_to_the_same_cents_in_xero(invoices: list[Row]) -> None:
    for invoice in invoices:
        expected = half_up(Decimal(invoice["TotalAmountExVAT"])), invoice["TotalAmountIncVAT"]
        assert as_xero_computes(invoice["InvoiceLines"]) == expected, invoice["InvoiceNumber"]


def test_totals_on_the_wire_are_the_lines_sums_rounded_once_at_most(invoices: list[Row]) -> None:
    for invoice in invoices:
        lines = invoice["InvoiceLines"]
        exact = Decimal(sum(row["AmountExVAT"] for row in lines))
        assert invoice["TotalAmountExVAT"] in (exact, half_up(exact))
        assert invoice["TotalAmountIncVAT"] == half_up(Decimal(sum(row["TotalAmount"] for row in lines)))


def test_few_totals_without_tax_are_stated_with_eight_decimals(invoices: list[Row]) -> None:
    long = [
        invoice
        for invoice in invoices
        if (total := Decimal(invoice["TotalAmountExVAT"])) != total.quantize(Decimal("0.0001"))
    ]
    assert 3 <= len(long) <= len(invoices) / 2
    for invoice in long:
        exact = sum(row["AmountExVAT"] for row in invoice["InvoiceLines"])
        assert invoice["TotalAmountExVAT"] == exact
        assert invoice["TotalAmountIncVAT"] == half_up(Decimal(invoice["TotalAmountIncVAT"]))


def test_total_of_ordinary_lines_is_stated_to_the_cent() -> None:
    assert stated_ex_vat([line("0.1648", "0", quantity="101")]) == Decimal("16.64")


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_invoice_agrees_however_it_is_sent(seed: Any) -> None:
    written = company_invoices(seed=seed, invoices=500)
    assert len(written) == 500 + 25 + 25
    for invoice in written:
        assert totals_agree(invoice.lines), invoice.number
        assert xero_totals(invoice.lines) == (half_up(invoice.total_ex_vat), invoice.total_inc_vat)
        assert 0 < invoice.total_inc_vat <= MOST


@pytest.mark.parametrize("seed", range(1, 6))
def test_as_many_sent_invoices_differ_as_asked_for_by_one_or_two_cents(seed: Any) -> None:
    written = company_invoices(seed=seed, invoices=200, cents_differ=30)
    differences = {
        invoice.number: cents_difference(invoice.lines)
        for invoice in written
        if not totals_agree(invoice.lines)
    }
    assert len(differences) == 30
    assert {abs(cents) for cents in differences.values()} <= {Decimal("0.01"), Decimal("0.02")}
    assert all(invoice.status == "Sent" for invoice in written if invoice.number in differences)


def test_asking_for_differing_cents_changes_no_other_invoice() -> None:
    same, differing = company_invoices(seed=7), company_invoices(seed=7, cents_differ=5)
    changed = [one.number for one, other in zip(same, differing, strict=True) if one != other]
    assert len(changed) == 5


def test_documented_example_makes_a_cent_too_much_in_xero() -> None:
    ex_vat, vat = from_gross(Decimal(1200), Decimal(21))
    assert (ex_vat, vat) == (Decimal("991.73553719"), Decimal("208.26446281"))
    lines = (line(str(ex_vat), str(vat)),)
    assert psohub_totals(lines).inc_vat == 1200
    assert stated_ex_vat(lines) == ex_vat
    assert xero_totals(lines).inc_vat == Decimal("1200.01")
    assert cents_difference(lines) == Decimal("0.01")


def test_thousand_worked_back_from_gross_agrees() -> None:
    ex_vat, vat = from_gross(Decimal(1000), Decimal(21))
    assert (ex_vat, vat) == (Decimal("826.44628099"), Decimal("173.55371901"))
    assert totals_agree((line(str(ex_vat), str(vat)),))


def test_xero_taxes_line_by_line() -> None:
    lines = [line(amount, "0", 15) for amount in ("25.06", "25.61", "25.63")]
    assert xero_totals(lines) == (Decimal("76.30"), Decimal("87.74"))


def test_lines_that_agree_one_way_only_do_not_agree() -> None:
    # Four decimals of 0.00496 are 0.0050: one piece comes to a cent, a thousand of them to 5.00 and not 4.96.
    assert not totals_agree((line("0.00496", "0", 0, quantity="1000"),))
