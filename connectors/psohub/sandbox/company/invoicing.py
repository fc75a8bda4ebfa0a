"""Write a company's invoices: lines of every kind, small money, totals that agree with Xero's unless asked
otherwise.

Pure. Each invoice has its own random generator, so any one of them can be written without the others.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random

from connectors.psohub.sandbox.company.catalogue import NOTES
from connectors.psohub.sandbox.company.generate import chance
from connectors.psohub.sandbox.company.lines import differing_lines, ordinary_lines
from connectors.psohub.sandbox.company.model import (
    FIRST_CONTRACT_LINE_ID,
    FIRST_INVOICE_ID,
    Company,
    Invoice,
    Line,
    Order,
)
from connectors.psohub.sandbox.company.money import (
    cents_difference,
    psohub_totals,
    stated_ex_vat,
    totals_agree,
)

ORGANISATION_DUE_DAYS = 30
# 64 invoices must stay below 180,000 together (a config's `limits.amount` lets a default run pass), so no
# invoice may come to more than this.
MOST = Decimal(2750)
LEAST = Decimal(40)

Writer = Callable[[Random, Order], tuple[Line, ...]]


def invoices(company: Company) -> Iterator[Invoice]:
    """All invoices of the company by number, which is also by date and by id."""
    return (write_invoice(company.seed, order) for order in company.orders)


def write_invoice(seed: int, order: Order) -> Invoice:
    """Write out one invoice."""
    random = chance(seed, f"invoice/{order.number}")
    project = random.choice(order.customer.projects)
    lines = _lines(random, order)
    due_days = project.due_days or ORGANISATION_DUE_DAYS
    return Invoice(
        id=FIRST_INVOICE_ID + order.number - 1,
        number=number_of(FIRST_INVOICE_ID + order.number - 1, order.date.year),
        status=order.status,
        date=order.date,
        # Every fourth leaves the due date to its reader (connectors/psohub/API.md, 8.4), over projects
        # with and without due days.
        due_date=None if order.number % 4 == 3 else order.date + timedelta(days=due_days),
        note=random.choice(NOTES) if random.random() < 0.3 else None,
        reference=project.reference
        or (f"PO-{random.randint(1000, 9999)}/A" if random.random() < 0.2 else None),
        customer=order.customer,
        project=project,
        lines=lines,
        total_ex_vat=stated_ex_vat(lines),
        total_inc_vat=psohub_totals(lines).inc_vat,
    )


def number_of(invoice_id: int, year: int | str) -> str:
    """The number of a generated invoice; ids are given in the order of the numbers."""
    return f"INV-{year}-{invoice_id - FIRST_INVOICE_ID + 1:04}"


def _lines(random: Random, order: Order) -> tuple[Line, ...]:
    """Draw until the money is as wanted; about half of the draws agree, so this ends soon."""
    draw = differing_lines if order.cents_differ else ordinary_lines
    wanted = _differ if order.cents_differ else totals_agree
    first_id = FIRST_CONTRACT_LINE_ID + 8 * order.number
    while True:
        lines = draw(random, order.customer.country.taxes, first_id)
        if LEAST <= psohub_totals(lines).inc_vat <= MOST and wanted(lines):
            return lines


def _differ(lines: tuple[Line, ...]) -> bool:
    return Decimal(0) < abs(cents_difference(lines)) <= Decimal("0.02")
