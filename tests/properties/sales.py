"""What people invoice in PSOhub in a month, at random: mostly ordinary, at times with something odd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

Row = dict[str, Any]

OURS, THEIRS = 2, 3  # business units
PROJECT = 500  # + unit: the project of a unit
COMPANY = 100  # + index of the name: the customer
NAMES = ("Harbour Café", "Quay Street", "Ferry & Sons", "Lighthouse", "Pilot Books", "Anchor")
QUIET = (4, 5)  # customers with whom nothing is wrong, and whom nobody touches in Xero
FIRST_DAY = "2026-01-01"  # the cut-off
LOCKED_UNTIL = "2026-08-31"
FIRST_KEY = 9_007_199_254_740_993  # ids beyond what a float holds
TAX = Decimal("0.21")
CENT = Decimal("0.01")


Odd = Callable[[Random, Row, list[Row], int], int]  # changes the invoice in place; gives its unit


@dataclass(frozen=True, slots=True)
class Sale:
    """A new invoice of PSOhub. `plain`: nothing is odd about it, so that it must arrive in Xero."""

    row: Row
    unit: int  # 0: nothing says it
    plain: bool


def companies() -> list[Row]:
    """The customers, about half of them with a tax number."""
    return [
        {
            "CompanyID": COMPANY + index,
            "CompanyName": f"{name} Ltd",
            "Country": "Netherlands",
            "TaxNumber": tax_number(index) or "-",
        }
        for index, name in enumerate(NAMES)
    ]


def tax_number(index: int) -> str:
    return f"NL00{index}123456B01" if index % 2 else ""


def projects() -> list[Row]:
    return [
        {"ProjectID": PROJECT + unit, "Name": "Project", "BusinessUnitID": unit, "CurrencyCode": "EUR"}
        for unit in (OURS, THEIRS)
    ]


def amounts(price: Decimal) -> Row:
    """One line of two pieces, with its tax, and the totals that they come to."""
    net = price * 2
    tax = (net * TAX).quantize(CENT, ROUND_HALF_UP)
    line = {
        "LineNumber": "1",
        "LineName": "Work",
        "Quantity": 2,
        "UnitPrice": price,
        "AmountExVAT": net,
        "TaxCategory": "21% btw",
    }
    return {"TotalAmountExVAT": net, "TotalAmountIncVAT": net + tax, "InvoiceLines": [line]}


def sale(random: Random, number: int, earlier: list[Row], odd: Odd | None = None) -> Sale:
    """The invoice with the given running number, after those that exist already. `odd` makes it so."""
    unit = random.choice([OURS, OURS, OURS, OURS, THEIRS])
    company = random.randrange(len(NAMES))
    price = Decimal(random.randint(1, 40_000)) / 100
    row: Row = {
        "InvoiceID": FIRST_KEY + number,
        "InvoiceNumber": f"INV-2026-{number:04}",
        "InvoiceStatus": random.choice(["Sent", "Sent", "Sent", "Approved", "Draft"]),
        "InvoiceDate": f"2026-09-{random.randint(1, 28):02}T00:00:00.000Z",
        "CustomerID": COMPANY + company,
        "CustomerName": f"{NAMES[company]} Ltd",
        "InvoiceCurrencyCode": "EUR",
        "InvoiceContactEmail": random.choice(
            [f"billing{company}@shop.example", f"ann{number}@shop.example"] * 2 + ["-"]
        ),
        **amounts(price),
    }
    row |= random.choice([{"BusinessUnitID": unit}, {"ProjectID": PROJECT + unit}])
    plain = unit == OURS and company in QUIET
    if odd is not None:
        row["InvoiceStatus"] = "Sent"
        plain &= odd in HARMLESS
        unit = odd(random, row, earlier, unit)
    return Sale(row, unit, plain)


def _credits(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row |= amounts(-row["InvoiceLines"][0]["UnitPrice"])
    if earlier and random.random() < 0.8:
        same = [one for one in earlier if one["CustomerID"] == row["CustomerID"]]
        row["CreditedInvoiceID"] = random.choice(same or earlier)["InvoiceID"]
    return unit


def _without_unit(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row.pop("BusinessUnitID", None)
    row.pop("ProjectID", None)
    return 0


def _contradicting_project(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    """The invoice's own unit counts, whatever its project's is."""
    row |= {"BusinessUnitID": unit, "ProjectID": PROJECT + OURS + THEIRS - unit}
    return unit


def _taken_number(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    if earlier:
        row["InvoiceNumber"] = random.choice(earlier)["InvoiceNumber"]
    return unit


def _currency(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["InvoiceCurrencyCode"] = random.choice(["USD", "KWD", "-", "-"])
    if row["InvoiceCurrencyCode"] == "KWD":
        row |= {"TotalAmountIncVAT": row["TotalAmountIncVAT"] + Decimal("0.004")}
    elif row["InvoiceCurrencyCode"] == "-" and random.random() < 0.5:
        row |= {f"{name}Base": row[name] for name in ("TotalAmountExVAT", "TotalAmountIncVAT")}
    return unit


def _nothing_due(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row |= amounts(Decimal(0))
    return unit


def _wrong_total(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["TotalAmountIncVAT"] += random.choice([CENT, Decimal(5)])
    return unit


def _status(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["InvoiceStatus"] = "Verzonden"
    return unit


def _paid_already(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["InvoiceStatus"] = "Paid"
    return unit


def _too_old(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["InvoiceDate"] = "2025-12-31T00:00:00.000Z"
    return unit


def _date(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["InvoiceDate"] = random.choice(["2026-08-15T00:00:00.000Z", "2026-09-03T22:00:00.000Z", "-"])
    return unit


def _several_addresses(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    name = f"zoe{row['InvoiceID'] % 1000}@shop.example"
    row["InvoiceContactEmail"] = random.choice([f"{name}; other@shop.example", f"Zoe <{name}>"])
    return unit


def _bad_address(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["InvoiceContactEmail"] = random.choice(["zoe@shop", "zoe at shop.example"])
    return unit


def _unknown_tax(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["InvoiceLines"][0]["TaxCategory"] = "verlegd"
    return unit


def _unknown_customer(random: Random, row: Row, earlier: list[Row], unit: int) -> int:
    row["CustomerID"] = random.choice(["-", 999])
    return unit


HARMLESS = (_several_addresses, _bad_address, _contradicting_project)
ODD: tuple[Odd, ...] = (
    *(_credits, _without_unit, _contradicting_project, _taken_number, _currency, _nothing_due, _wrong_total),
    *(_status, _paid_already, _too_old, _date, _several_addresses, _bad_address, _unknown_tax),
    _unknown_customer,
)
