"""Generate a company from options: who its customers are, and which invoices go to whom and when.

Pure. Every part has a random generator of its own, so that a change to one (say `cents_differ`) leaves the
others as they were.
"""

from datetime import date, timedelta
from random import Random

from connectors.psohub.sandbox.company.customers import make_customers
from connectors.psohub.sandbox.company.model import Company, Customer, Order
from connectors.psohub.sandbox.options import PsohubSandboxOptions

FIRST_DAY = date(2026, 1, 5)
LAST_DAY = date(2026, 10, 31)
WORKDAYS = tuple(
    day
    for day in (FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))
    if day.weekday() < 5
)


def chance(seed: int, part: str) -> Random:
    """The random generator of one part of the company; text seeds are hashed alike on every machine and
    version of Python."""
    return Random(f"psohub/{seed}/{part}")  # noqa: S311  a believable company, not a secret


def generate(options: PsohubSandboxOptions) -> Company:
    """Generate the company that the options describe."""
    invoiced = options.invoiced_customers
    # connectors/psohub/API.md, 8.20 and the e-mail drills need customers that cannot be mailed: about four in
    # fifteen.
    without_email = round(invoiced * 4 / 15)
    # The default company has more contacts than an answer has rows.
    idle = 3 + invoiced // 10 + 16 * options.is_default
    customers = make_customers(chance(options.seed, "customers"), invoiced, without_email, idle)
    orders = _orders(options, customers[:invoiced])
    return Company(
        options.seed, customers, (*orders, *_orders_elsewhere(options, customers[invoiced:], orders))
    )


def _orders_elsewhere(
    options: PsohubSandboxOptions, customers: tuple[Customer, ...], before: tuple[Order, ...]
) -> tuple[Order, ...]:
    """Sent invoices of the other business unit, numbered after all others."""
    random = chance(options.seed, "orders of the other unit")
    return tuple(
        Order(len(before) + n, "Sent", LAST_DAY, random.choice(customers), cents_differ=False)
        for n in range(1, options.invoices_elsewhere + 1)
    )


def _orders(options: PsohubSandboxOptions, customers: tuple[Customer, ...]) -> tuple[Order, ...]:
    random = chance(options.seed, "orders")
    sent = options.invoices
    # A twentieth of each on top; they are numbered too: "has a number" is not "is approved"
    # (connectors/psohub/API.md, 2, contradictions).
    drafts, approved = -(-sent // 20), sent // 20
    buyers = (
        _buyers(random, sent, customers) + random.choices(customers, k=drafts + approved) if customers else []
    )
    statuses = ["Sent"] * sent + ["Draft"] * drafts + ["Approved"] * approved
    differing = set(chance(options.seed, "cents").sample(range(sent), options.cents_differ))
    rows = list(enumerate(zip(statuses, buyers, strict=True)))
    random.shuffle(rows)
    days = sorted(random.choices(WORKDAYS, k=len(rows)))
    return tuple(
        Order(number, status, day, customer, index in differing)
        for number, (day, (index, (status, customer))) in enumerate(zip(days, rows, strict=True), start=1)
    )


def _buyers(random: Random, invoices: int, customers: tuple[Customer, ...]) -> list[Customer]:
    """Deal the sent invoices: at least one to every customer, and two or three in ten to those without
    e-mail."""
    mute = [customer for customer in customers if customer.contacts[0].email is None]
    mailed = [customer for customer in customers if customer.contacts[0].email is not None]
    to_mute = max(len(mute), min(round(invoices * 0.28), invoices - len(mailed))) if mute else 0
    weights = [random.randint(1, 4) for _ in mailed]
    return [
        *(mute[n % len(mute)] for n in range(to_mute)),
        *mailed,
        *random.choices(mailed, weights, k=invoices - to_mute - len(mailed)),
    ]
