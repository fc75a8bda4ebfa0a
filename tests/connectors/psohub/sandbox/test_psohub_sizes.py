"""The generator alone: any size, any seed, always the same company."""

from collections import Counter
from typing import Any

import pytest

from connectors.psohub.sandbox.company.generate import generate
from connectors.psohub.sandbox.company.invoicing import invoices, write_invoice
from connectors.psohub.sandbox.company.model import Company
from connectors.psohub.sandbox.options import PsohubSandboxOptions
from connectors.psohub.sandbox.traps import company_row, invoice_row
from connectors.psohub.sandbox.wire import dumps


def company(**options: Any) -> Company:
    return generate(PsohubSandboxOptions(**options))


def test_same_seed_gives_the_same_company_to_the_byte_and_another_seed_another_one() -> None:
    def text(seed: int) -> str:
        return dumps([invoice_row(invoice, with_pdf=True) for invoice in invoices(company(seed=seed))])

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_one_invoice_can_be_written_without_the_others() -> None:
    whole = company(seed=3)
    assert write_invoice(whole.seed, whole.orders[40]) == list(invoices(whole))[40]


def test_thousand_invoices_for_a_hundred_customers_use_each_of_them() -> None:
    whole = company(invoices=1000, customers=100)
    sent = [order for order in whole.orders if order.status == "Sent"]
    assert len(sent) == 1000
    assert len({order.customer.id for order in sent}) == 100
    assert len(whole.customers) > 100
    assert Counter(order.status for order in whole.orders) == {"Sent": 1000, "Draft": 50, "Approved": 50}


@pytest.mark.parametrize("seed", range(1, 6))
def test_default_rules_hold_for_other_seeds(seed: Any) -> None:
    written = list(invoices(company(seed=seed)))
    sent = [invoice for invoice in written if invoice.status == "Sent"]
    assert (len(sent), len(written)) == (64, 71)
    assert len({invoice.customer.id for invoice in sent}) == 15
    assert sum(invoice.total_inc_vat for invoice in sent) < 180_000
    assert 16 <= sum(invoice.project.contact.email is None for invoice in sent) <= 20
    assert {invoice.currency for invoice in sent} == {"EUR", "GBP", "USD"}
    undated = [invoice for invoice in sent if invoice.due_date is None]
    assert {invoice.project.due_days is None for invoice in undated} == {True, False}


@pytest.mark.parametrize(
    ("number", "customers"), [(0, None), (1, None), (1, 40), (14, 15), (64, 64), (65, 20)]
)
def test_odd_sizes_come_out_as_asked(number: int, customers: int | None) -> None:
    whole = company(invoices=number, customers=customers)
    sent = [order for order in whole.orders if order.status == "Sent"]
    assert len(sent) == number
    assert len({order.customer.id for order in sent}) == min(number, customers or 15)


def test_names_and_ids_stay_unique_in_a_large_company() -> None:
    customers = company(invoices=20_000, customers=10_000).customers
    names = [str(company_row(customer)["CompanyName"]) for customer in customers]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(name == " ".join(name.split()) for name in names)
    contacts = [contact.id for customer in customers for contact in customer.contacts]
    assert len(set(contacts)) == len(contacts)
