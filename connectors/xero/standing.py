"""State of a document in Xero's books: what was settled, with money or by credit
(connectors/xero/API.md, 9 and 12). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from engine.sdk import Standing

State = Literal["open", "paid", "part_paid", "credited", "unallocated", "voided", "deleted"]
SettledBy = Literal["money", "credit", "both", "none"]
Values = Mapping[str, Any]
GONE: Mapping[Any, State] = {"VOIDED": "voided", "DELETED": "deleted"}
ADVANCES = ("Prepayments", "Overpayments")  # money that was received before the invoice
APPLIED = ("CreditNotes", *ADVANCES)  # what `AmountCredited` adds up


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an invoice was settled so far. `unclear` is credit of which Xero does not show the kind."""

    money: Decimal
    credit: Decimal
    unclear: Decimal = Decimal(0)


def settlement(values: Values) -> Settlement:
    """Payments, prepayments and overpayments are money; credit notes are not."""
    paid, credited = _amount(values, "AmountPaid"), _amount(values, "AmountCredited")
    applied = {name: values.get(name) or () for name in APPLIED}
    notes, advances = (
        _sum(applied["CreditNotes"]),
        sum((_sum(applied[name]) for name in ADVANCES), Decimal(0)),
    )
    if notes + advances == credited:
        return Settlement(paid + advances, notes)
    if all(name in values for name in APPLIED):  # nothing else was applied: one kind alone explains it all
        kinds = {name in ADVANCES for name, stubs in applied.items() if stubs}
        if kinds == {True}:
            return Settlement(paid + credited, Decimal(0))
        if kinds == {False}:
            return Settlement(paid, credited)
    return Settlement(paid, Decimal(0), credited)


def is_unclear(values: Values) -> bool:
    """Whether a row of a list does not show by what the invoice was credited; a read by id may."""
    return bool(settlement(values).unclear)


def settled_by(values: Values) -> SettledBy | None:
    """With what an invoice was settled so far, if only in part; None if Xero does not show it."""
    if values.get("Status") is None:
        return None
    settled = settlement(values)
    if settled.unclear:
        return None
    if settled.money and settled.credit:
        return "both"
    return "money" if settled.money else "credit" if settled.credit else "none"


def invoice_standing(values: Values, currency: str) -> Standing:
    """An invoice that was settled by credit alone is `credited`, not `paid`."""
    settled, total = settlement(values), Decimal(values["Total"])
    credit = settled.credit + settled.unclear
    state: State
    if values.get("Status") in GONE:
        state = GONE[values["Status"]]
    elif values.get("Status") == "PAID" and not values.get("AmountDue"):  # both (connectors/xero/API.md, 12)
        state = "credited" if credit and not settled.money else "paid"
    else:
        state = "part_paid" if settled.money else "credited" if credit else "open"
    note = (
        f"{settled.unclear:,.2f} {currency} credited, and Xero does not show by what"
        if settled.unclear
        else ""
    )
    return Standing(state, currency, total, settled.money, credit, note)


def credit_note_standing(values: Values, currency: str) -> Standing:
    """A credit note reduces the books, so its amounts are negative: `paid` is what was refunded, `credited`
    what was allocated to invoices.
    """
    total, status = Decimal(values["Total"]), values.get("Status")
    left = Decimal(values.get("RemainingCredit", 0 if status == "PAID" else total))
    used = Decimal(0) if status in GONE else total - left
    refunded = min(used, _sum(values.get("Payments") or (), "Amount"))
    allocated = used - refunded
    state: State = GONE.get(status) or (
        "unallocated"
        if left and status == "AUTHORISED"
        else "open"
        if left
        else "paid"
        if refunded
        else "credited"
    )
    parts = [
        *([f"{allocated:,.2f} allocated"] if allocated else []),
        *([f"{refunded:,.2f} refunded"] if refunded else []),
        *([f"{left:,.2f} of {total:,.2f} {currency} is left"] if left else []),
    ]
    return Standing(state, currency, -total, -refunded, -allocated, ", ".join(parts))


def _amount(values: Values, name: str) -> Decimal:
    return Decimal(values.get(name) or 0)


def _sum(stubs: Sequence[Values], name: str = "AppliedAmount") -> Decimal:
    return sum((_amount(stub, name) for stub in stubs), Decimal(0))
