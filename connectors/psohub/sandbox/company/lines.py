"""Draw contract lines of the kinds that PSOhub knows (connectors/psohub/API.md, 4): fixed fee, T&M, retainer,
product, expenses, discount.
"""

from decimal import Decimal
from random import Random
from typing import NamedTuple

from connectors.psohub.sandbox.company.catalogue import (
    ACCOUNTS,
    DISCOUNTS,
    EXPENSES,
    FIXED,
    PRODUCTS,
    RATES,
    RETAINERS,
    ROLES,
    TRACKING,
    WORK,
)
from connectors.psohub.sandbox.company.model import Line
from connectors.psohub.sandbox.company.money import EIGHTH, from_gross

Taxes = tuple[tuple[str, Decimal], ...]
KINDS = ("time", "fixed", "retainer", "product", "expense")
ONE = Decimal(1)


class Sale(NamedTuple):
    """What a line sells, before tax, account and tracking."""

    kind: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    description: str | None = None
    vat_amount: Decimal | None = None  # given where the amounts were worked back from the gross


def ordinary_lines(random: Random, taxes: Taxes, first_id: int) -> tuple[Line, ...]:
    """Draw 1 to 8 lines that come to a few hundred or thousand together; a discount may end them."""
    count = random.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8))
    discounted = count > 2 and random.random() < 0.35
    budget = random.randint(180, 2000) // count
    lines = [_line(random, n, first_id, taxes, None, budget) for n in range(count - discounted)]
    if discounted:
        off = int(sum(line.amount_ex_vat for line in lines) * random.randint(5, 15) / 100)
        # In full units, so that its tax has no half cents: how negative ones are rounded is not documented.
        sale = Sale("discount", random.choice(DISCOUNTS), ONE, -Decimal(max(off, 1)))
        lines.append(_finish(random, count - 1, first_id, taxes[0], sale))
    return tuple(lines)


def differing_lines(random: Random, taxes: Taxes, first_id: int) -> tuple[Line, ...]:
    """Draw lines whose cents depend on where they are rounded: worked back from the gross (1200 at 21 %:
    991.73553719 and 208.26446281, of which Xero makes 1200.01), or thirds of a fee if there is no tax."""
    count = random.randint(1, 3)
    if taxes[0][1]:
        return tuple(_line(random, n, first_id, taxes[:1], "expense", 2200 // count) for n in range(count))
    fee = Decimal(random.randint(100, 600)) / 3
    sales = (Sale("fixed", f"Instalment {n + 1} of 3", ONE, fee.quantize(EIGHTH)) for n in range(count + 1))
    return tuple(_finish(random, n, first_id, taxes[0], sale) for n, sale in enumerate(sales))


def _line(random: Random, n: int, first_id: int, taxes: Taxes, kind: str | None, budget: int) -> Line:
    tax = random.choice(taxes[1:]) if len(taxes) > 1 and random.random() < 0.12 else taxes[0]
    sale = _sale(random, kind or random.choice(KINDS), max(budget, 20), tax[1])
    return _finish(random, n, first_id, tax, sale)


def _sale(random: Random, kind: str, budget: int, percentage: Decimal) -> Sale:
    match kind:
        case "time":
            rate = random.choice(RATES)
            quarters = max(1, round(budget * 4 / rate))
            work = "\n".join(random.sample(WORK, random.randint(1, 3)))
            return Sale(kind, random.choice(ROLES), Decimal(quarters) / 4, rate, work)
        case "fixed":
            amount = Decimal(random.randint(budget * 50, budget * 120)) / 100
            return Sale(kind, random.choice(FIXED), ONE, amount)
        case "retainer":
            return Sale(
                kind, random.choice(RETAINERS), ONE, Decimal(max(1, round(budget / 50)) * 50), "Per month"
            )
        case "product":
            name, price = random.choice(PRODUCTS)
            return Sale(kind, name, Decimal(max(1, round(budget / price))), price)
        case _:
            gross = Decimal(random.randint(budget // 2, budget))
            ex_vat, vat = from_gross(gross, percentage)
            return Sale(
                kind,
                random.choice(EXPENSES),
                ONE,
                ex_vat,
                "Receipts attached to the timesheet\nno mark-up",
                vat,
            )


def _finish(random: Random, n: int, first_id: int, tax: tuple[str, Decimal], sale: Sale) -> Line:
    category, percentage = tax
    amount = sale.quantity * sale.unit_price
    tracked = random.choice(tuple(TRACKING)) if random.random() < 0.6 else None
    return Line(
        number=f"{10 * (1 + n // 4)}.{n % 4 + 1:03}",
        name=sale.name,
        description=sale.description if random.random() < 0.7 else None,
        gl_account=random.choice(ACCOUNTS[sale.kind]) if random.random() < 0.7 else None,
        quantity=sale.quantity,
        unit_price=sale.unit_price,
        amount_ex_vat=amount,
        vat_amount=amount * percentage / 100 if sale.vat_amount is None else sale.vat_amount,
        vat_percentage=percentage,
        tax_category=category,
        tracking=(tracked, random.choice(TRACKING[tracked])) if tracked else None,
        contract_line_id=first_id + n,
    )
