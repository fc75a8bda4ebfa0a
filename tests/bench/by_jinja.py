"""The same mapping as many tools do it: a Jinja template per field, which makes text for each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import jinja2

INVOICE = {
    "Type": "ACCREC",
    "Contact": "{{ invoice.customer_id }}",
    "Date": "{{ invoice.date }}",
    "DueDate": "{{ invoice.due_date or days(invoice.date, (invoice.project or {}).due_days or due_days) }}",
    "LineAmountTypes": "Exclusive",
    "Reference": "{{ invoice.reference or '' }}",
    "CurrencyCode": "{{ invoice.currency }}",
    "Status": "{{ status }}",
}
EXACT = (
    "{% set exact = line.quantity and line.unit_price and line.quantity > 0"
    " and fourths(line.unit_price) == line.unit_price"
    " and cents(line.quantity * line.unit_price) == cents(line.amount_ex_vat) %}"
)
LINE = {
    "Description": "{{ [line.number, line.name, line.description] | select | join(' ') }}",
    "Quantity": EXACT + "{{ line.quantity if exact else 1 }}",
    "UnitAmount": EXACT + "{{ line.unit_price if exact else cents(line.amount_ex_vat) }}",
    "AccountCode": "{{ codes.get(line.gl_account or account) or names[line.gl_account or account] }}",
    "TaxType": "{{ tax_types.get(line.tax_category) or '' }}",
    "TrackingName": "{{ line.tracking_category or '' }}",
    "TrackingOption": "{{ line.tracking_option or '' }}",
}


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _fourths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


class ByJinja:
    """Compiles the templates once; `__call__` renders every field of one invoice."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        accounts: Sequence[Mapping[str, Any]],
        tax_types: Sequence[Mapping[str, str]],
    ) -> None:
        environment = jinja2.Environment(autoescape=False)
        environment.globals |= {
            "days": lambda date, count: date + timedelta(days=count),
            "cents": _cents,
            "fourths": _fourths,
            "due_days": settings["due_days"],
            "status": settings["invoice_status"],
            "account": settings["revenue_account"],
            "codes": {row["Code"]: row["Code"] for row in accounts if "Code" in row},
            "names": {row["Name"]: row.get("Code") for row in accounts if "Name" in row},
            "tax_types": {row["category"]: row["TaxType"] for row in tax_types},
        }
        self.invoice = {name: environment.from_string(text) for name, text in INVOICE.items()}
        self.line = {name: environment.from_string(text) for name, text in LINE.items()}

    def __call__(self, invoice: Mapping[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {name: field.render(invoice=invoice) for name, field in self.invoice.items()}
        body["LineItems"] = [
            {name: field.render(line=line) for name, field in self.line.items()} for line in invoice["lines"]
        ]
        return body
