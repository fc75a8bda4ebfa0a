"""What an invoice or credit note must be in itself: status, due date, lines, amounts
(connectors/xero/API.md, 6, 7 and 9). Pure.

`status` is the one that the document will have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.xero import money
from connectors.xero.money import Rates
from connectors.xero.resource import Document
from engine.sdk import Finding, Stream

Body = Mapping[str, Any]
APPROVED = ("AUTHORISED", "PAID")
AT_CREATION = ("DRAFT", "SUBMITTED", "AUTHORISED")
AMOUNTS = ("Quantity", "UnitAmount", "LineAmount", "TaxAmount")
PRICES = ("Quantity", "UnitAmount", "LineAmount")
DISCOUNTS = ("DiscountRate", "DiscountAmount")
LARGEST = Decimal("9999999999.99")
HUNDRED = 100


def is_priced(line: Body) -> bool:
    """Whether a line has an amount; one of words alone needs no account."""
    return any(line.get(name) is not None for name in PRICES)


def type_faults(stream: Stream, document: Document, wanted: Any) -> Iterator[Finding]:
    """Another type would be written, never found again, and created in every run."""
    if isinstance(wanted, str) and wanted != document.type:
        message = f"type {wanted} cannot be written to xero.{stream.name}, which has sales documents only"
        yield Finding("type_unfit", message, document.type, "Type")


def creation_faults(body: Body) -> Iterator[Finding]:
    status = body.get("Status")
    if isinstance(status, str) and status not in AT_CREATION:
        message = f"a new document cannot be {status}; it can be {', '.join(AT_CREATION)}"
        yield Finding("status_unfit", message, path="Status")


def due_faults(stream: Stream, body: Body, current: Body, status: str) -> Iterator[Finding]:
    """An invoice needs a due date to be approved. `current`: what it updates; empty for a new one."""
    due = body["DueDate"] if "DueDate" in body else current.get("DueDate")
    if "DueDate" in stream.fields and status in APPROVED and "Status" in body and not due:
        message = f"an invoice needs a due date to be {status}"
        yield Finding("due_date_missing", message, path="DueDate")


def line_faults(stream: Stream, lines: Sequence[Body], status: str) -> Iterator[Finding]:
    """What is wrong with lines of their own."""
    for index, line in enumerate(lines):
        path = f"LineItems[{index}]"
        if not line.get("Description"):
            message = f"line {index + 1} has no description"
            yield Finding("description_missing", message, path=f"{path}.Description")
        named = line.get("AccountCode") or line.get("AccountID") or line.get("ItemCode")
        if status in APPROVED and is_priced(line) and not named:
            message = f"line {index + 1} needs an account to be {status}"
            yield Finding("account_missing", message, path=f"{path}.AccountCode")
        yield from _amount_faults(line, index, path)
        if not _unfit_discounts(stream, line):
            yield from _discount_faults(line, index, path)
    if any(_unfit_discounts(stream, line) for line in lines):
        message = "credit notes cannot have discounts; reduce the line amounts instead"
        yield Finding("discount_unfit", message)
    if any(is_negative(line.get("Quantity")) for line in lines):
        message = "Xero does not accept negative quantities; make the unit amount negative"
        yield Finding("quantity_negative", message)


def total_faults(
    document: Document, body: Body, lines: Sequence[Body], rates: Callable[[], Rates]
) -> Iterator[Finding]:
    """`rates` is called only if a line is negative."""
    if any(is_negative(line.get(name)) for line in lines for name in AMOUNTS):
        total = money.totals(body, rates())["Total"]
        if total < 0:
            yield Finding("total_negative", document.negative.format(f"{total:,f}"))


def rate_faults(body: Body) -> Iterator[Finding]:
    rate = body.get("CurrencyRate")
    if isinstance(rate, int | Decimal) and rate <= 0:
        yield Finding("rate_unfit", f"CurrencyRate is {rate:f}; it must be positive", path="CurrencyRate")


def is_negative(value: Any) -> bool:
    return isinstance(value, int | Decimal) and value < 0


def _amount_faults(line: Body, index: int, path: str) -> Iterator[Finding]:
    amount = money.line_amount(line)
    if abs(amount) > LARGEST:
        message = f"line {index + 1} amounts to {amount:,f}; at most {LARGEST:,f} is accepted"
        yield Finding("too_large", message, path=path)
    sent = line.get("LineAmount")
    complete = line.get("Quantity") is not None and line.get("UnitAmount") is not None
    if complete and isinstance(sent, int | Decimal) and money.cents(Decimal(sent)) != amount:
        message = f"line {index + 1} has LineAmount {sent:,f}, but its quantity and price make {amount:,f}"
        yield Finding("line_amount_unfit", message, path=f"{path}.LineAmount")


def _discount_faults(line: Body, index: int, path: str) -> Iterator[Finding]:
    rate, off = (line.get(name) for name in DISCOUNTS)
    if rate is None and off is None:
        return
    message = ""
    if line.get("UnitAmount") is None:
        message = "has a discount and no unit amount"
    elif isinstance(rate, int | Decimal) and not 0 <= rate <= HUNDRED:
        message = f"has a discount of {rate:f} %; it must be between 0 and {HUNDRED}"
    elif rate is None and isinstance(off, int | Decimal) and money.line_amount(line) < 0:
        message = f"has a discount of {off:,f}, which is more than the line total"
    elif (rate or off) and line.get("LineAmount") is not None and not money.line_amount(line):
        message = "is discounted to 0.00: leave LineAmount out"
    if message:
        yield Finding("discount_unfit", f"line {index + 1} {message}", path=path)


def _unfit_discounts(stream: Stream, line: Body) -> bool:
    """Xero takes discounts on sales invoices only."""
    known = stream.fields["LineItems"].type.of
    return known is not None and any(line.get(name) for name in DISCOUNTS if name not in known.fields)
