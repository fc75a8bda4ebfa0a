"""Random faults in what PSOhub says: every kind of value that people have typed into such a system.

A fault changes one invoice, one of its lines or one customer, in place. What is right to do about it is not
said here: the tests say what must hold in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any

Row = dict[str, Any]
Fault = Callable[[Random, Row], None]

LONG = "Groot onderhoud aan de installatie. "
NAMES = (
    "Acme <Holding> B.V.",
    "  Acme   Holding  ",
    "Acme\u200b Holding\ufeff",
    "Cafe\u0301 Noir",
    "A" * 256,
    "Acme\x02 Holding",
    "-",
    "株式会社アクメ",
    "O'Neill & Söhne",
    "Acme \U0001f680 Ltd",
)
EMAILS = (
    "one@a.example; two@a.example",
    "one@a.example,two@a.example",
    "Ann Other <ann@a.example>",
    "ann@a",
    "ann at a.example",
    "jürgen@a.example",
    "o\ufb03ce@a.example",
    "ann@münchen.example",
    " ann@a.example ",
    "-",
    "a@b@c.example",
    "ann..other@a.example",
    "x" * 250 + "@a.example",
)
COUNTRIES = ("Bosnia & Herzegovina", "Netherlands (NL)", "Côte d'Ivoire", "N" * 60, "2nd Republic", "日本")
PHONES = (
    "+31 20 123 45 67 ext. 12345 or the other number of the office",
    "0" * 60,
    "n/a",
    "\u202d+31 20 1234567",
)
NUMBERS = ("INV\u20112026\u20110900", "INV 2026/0901", "Ångström-1", "N" * 256, "inv-2026-0001", " ")
TEXTS = (
    "a\x0bb\x02c",
    LONG * 200,
    "Line one\nline two",
    "Fee\u200b for <b>May</b>",
    "-",
    " ",
    "\ufffe\uffff",
    "ﬁnal ﬀort",
)
ACCOUNTS = ("999", "299", "090", "429", "Sales ", "sales", "0200", "610", "860", "-", "Consulting revenue")
TAXES = ("21% btw", "19% MwSt", "0% EU services", "21% BTW ", "-", "verlegd")
CURRENCIES = ("EUR", "eur", "KWD", "SEK", "-", "€", "USD", "GBP")
DATES = (
    "2026-08-31T22:00:00.000Z",
    "2026-02-28T00:00:00.000Z",
    "2024-01-01T00:00:00.000Z",
    "-",
    "31-12-2026",
    "2026-12-31",
)
STATUSES = ("Sent", "Draft", "Approved", "Verzonden", "Partially paid", "Paid", "sent ")


def _of(member: str, values: Sequence[Any]) -> Fault:
    def set_it(random: Random, row: Row) -> None:
        row[member] = random.choice(values)

    return set_it


def _without(member: str) -> Fault:
    def remove(_: Random, row: Row) -> None:
        row.pop(member, None)

    return remove


def _in_a_line(fault: Fault) -> Fault:
    def change(random: Random, row: Row) -> None:
        if isinstance(lines := row.get("InvoiceLines"), list) and lines:
            fault(random, random.choice(lines))

    return change


def _negative(_: Random, line: Row) -> None:
    """A discount that is larger than what it is given on."""
    line |= {"Quantity": 1, "UnitPrice": Decimal(-90_000), "AmountExVAT": Decimal(-90_000)}


def _fractions(random: Random, row: Row) -> None:
    """A quantity of eight decimals at a price for which four are too few, or are not."""
    price = random.choice([Decimal(150), Decimal(4500), Decimal("0.123456")])
    quantity = Decimal("33.33333333")
    amount = (quantity * price).quantize(Decimal("0.01"))
    row |= {"Quantity": quantity, "UnitPrice": price, "AmountExVAT": amount}


def _amounts(random: Random, row: Row) -> None:
    row[random.choice(["Quantity", "UnitPrice", "AmountExVAT"])] = random.choice(
        ["1.234,50", "-", 0, Decimal("-1"), Decimal("1e12"), "12.5", " 3 ", Decimal("0.005")]
    )


def _tracking(random: Random, row: Row) -> None:
    pairs = [("Region", "North"), ("Region", "-"), ("-", "North"), ("Region", "Overseas"), ("Branch", "1")]
    row["TrackingCategory"], row["TrackingOption"] = random.choice(pairs)


def _no_lines(random: Random, row: Row) -> None:
    row["InvoiceLines"] = random.choice([[], "-", None, [{"LineName": "Only words"}], [{}]])


OF_INVOICE: tuple[Fault, ...] = (
    _of("InvoiceNumber", NUMBERS),
    _of("InvoiceStatus", STATUSES),
    _of("InvoiceDate", DATES),
    _of("InvoiceDueDate", DATES),
    _of("InvoiceCurrencyCode", CURRENCIES),
    _of("Reference", (*TEXTS, "R" * 300)),
    _of("InvoiceContactEmail", EMAILS),
    _of("TotalAmountExVAT", ["1.234,50", Decimal("0.01"), "-"]),
    _of("TotalAmountIncVAT", ["1.234,50", Decimal("10.125"), "-"]),
    _of("CustomerID", ["-", 1, 999]),
    _without("InvoiceCurrencyCode"),
    _without("InvoiceNumber"),
    _without("BusinessUnitID"),
    _without("CustomerID"),
    _no_lines,
    _in_a_line(_negative),
    _in_a_line(_fractions),
    _in_a_line(_amounts),
    _in_a_line(_tracking),
    _in_a_line(_of("GLAccount", ACCOUNTS)),
    _in_a_line(_of("TaxCategory", TAXES)),
    _in_a_line(_without("TaxCategory")),
    _in_a_line(_of("LineName", TEXTS)),
    _in_a_line(_of("LineDescription", TEXTS)),
)
OF_COMPANY: tuple[Fault, ...] = (
    _of("CompanyName", NAMES),
    _of("Country", COUNTRIES),
    _of("PhoneNumber", PHONES),
    _of("TaxNumber", ["T" * 51, " NL 1234 ", "NL\u200b1234", "-"]),
    _of("City", [*TEXTS, "C" * 300]),
    _of("PostalCode", ["P" * 60, "1234\u00a0AB"]),
    _of("Address", [*TEXTS, "S" * 600]),
)


def spoil(random: Random, invoices: Sequence[Row], companies: Sequence[Row]) -> None:
    """Put a fault, at times two, into about half of the invoices and customers, in place."""
    for rows, faults in ((invoices, OF_INVOICE), (companies, OF_COMPANY)):
        for row in rows:
            for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
                random.choice(faults)(random, row)
