"""What befalls the requests of a run, at random: lost answers, outages, refusals, a batch that breaks."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.properties.month import Month

WRITES = (
    ("xero", "PUT", "/Invoices"),
    ("xero", "PUT", "/Invoices"),
    ("xero", "PUT", "/CreditNotes"),
    ("xero", "PUT", "/Contacts"),
    ("xero", "POST", "/Contacts"),
    ("xero", "POST", "/Invoices/*/Email"),
    ("xero", "PUT", "/CreditNotes/*/Allocations"),
    ("psohub", "PATCH", "/invoice*"),
)
DAY_LIMIT = {"X-Rate-Limit-Problem": "day", "Retry-After": "1"}


def make_trouble(month: Month) -> None:
    """None for some of the runs; else up to three faults."""
    random = month.random
    for _ in range(random.choice([0, 0, 1, 2, 3])):
        system, method, path = random.choice(WRITES)
        month.systems.fault(system, method=method, path=path, **_fault(random, system))
    if month.sales and random.random() < 0.2:
        number = random.choice([*month.rows.values()])["InvoiceNumber"]
        poison = [
            {
                "do": "status",
                "status": 500,
                "times": 100,
                "on": {"method": "PUT", "path": "/Invoices", "body": number},
            }
        ]
        month.systems.faults("xero", poison)


def _fault(random: Random, system: str) -> dict[str, Any]:
    lost: list[dict[str, Any]] = [
        {"do": "drop_before"},
        {"do": "drop_after"},
        {"do": "drop_after", "skip": 1},
        {"do": "status_after", "status": 500},
        {"do": "status_after", "status": 500, "skip": 1},
        {"do": "status", "status": 500},
    ]
    if system == "psohub":
        return random.choice([*lost, {"do": "status", "status": 200, "body": {"success": False}}])
    return random.choice([*lost, {"do": "status", "status": 429, "headers": DAY_LIMIT}])
