"""State, total and paid amount of a document in Xero's books (connectors/xero/API.md, 9 and 12). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from engine.sdk import Standing

State = Literal["open", "paid", "part_paid", "credited", "voided", "deleted"]
Values = Mapping[str, Any]
GONE: Mapping[Any, State] = {"VOIDED": "voided", "DELETED": "deleted"}


def invoice_standing(values: Values, currency: str) -> Standing:
    """An invoice that was settled by credit alone is `credited`, not `paid`."""
    paid, credited = (Decimal(values.get(name) or 0) for name in ("AmountPaid", "AmountCredited"))
    state: State
    if values.get("Status") in GONE:
        state = GONE[values["Status"]]
    elif values.get("Status") == "PAID" and not values.get("AmountDue"):  # both (connectors/xero/API.md, 12)
        state = "credited" if credited and not paid else "paid"
    else:
        state = "part_paid" if paid else "credited" if credited else "open"
    return Standing(state, currency, Decimal(values["Total"]), paid)


def credit_note_standing(values: Values, currency: str) -> Standing:
    """A credit note reduces the books, so its amounts are negative; `paid` is what was allocated or
    refunded.
    """
    total, status = Decimal(values["Total"]), values.get("Status")
    left = Decimal(values.get("RemainingCredit", 0 if status == "PAID" else total))
    used = Decimal(0) if status in GONE else total - left
    state: State = GONE.get(status) or ("paid" if status == "PAID" else "part_paid" if used else "open")
    return Standing(state, currency, -total, -used)
