"""Where a document stands in Xero's book (connectors/xero/API.md, 9 and 12). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from engine.sdk import Standing

State = Literal["open", "paid", "part_paid", "credited", "voided", "deleted"]
Values = Mapping[str, Any]
GONE: Mapping[Any, State] = {"VOIDED": "voided", "DELETED": "deleted"}


def standing(stream: str, values: Values) -> Standing | None:
    """None for streams that are no documents."""
    if stream not in _STANDINGS or "Total" not in values:
        return None
    return _STANDINGS[stream](values, str(values.get("CurrencyCode") or ""))


def _invoice(values: Values, currency: str) -> Standing:
    """Settled by credit alone it is `credited`, not `paid`."""
    paid, credited = (Decimal(values.get(name) or 0) for name in ("AmountPaid", "AmountCredited"))
    state: State
    if values.get("Status") in GONE:
        state = GONE[values["Status"]]
    # Settled means both (connectors/xero/API.md, 12).
    elif values.get("Status") == "PAID" and not values.get("AmountDue"):
        state = "credited" if credited and not paid else "paid"
    else:
        state = "part_paid" if paid else "credited" if credited else "open"
    return Standing(state, currency, Decimal(values["Total"]), paid)


def _credit_note(values: Values, currency: str) -> Standing:
    """It takes from the book, so its amounts are below zero; `paid` is used up, on invoices or paid back."""
    total, status = Decimal(values["Total"]), values.get("Status")
    left = Decimal(values.get("RemainingCredit", 0 if status == "PAID" else total))
    used = Decimal(0) if status in GONE else total - left
    state: State = GONE.get(status) or ("paid" if status == "PAID" else "part_paid" if used else "open")
    return Standing(state, currency, -total, -used)


_STANDINGS = {"invoices": _invoice, "credit_notes": _credit_note}
