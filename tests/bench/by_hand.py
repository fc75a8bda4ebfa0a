"""What a good engineer would write instead of `mappings/psohub-xero/invoices.yaml` and `lines.yaml`.

The same rules, the same null checks (blank text is absent), the same payload with its match rules, control
totals and actions. `test_bench.py` compares the payloads: a change of the mapping is made here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.model.address import Address
from engine.model.payload import ActionRequest, Payload, Ref
from engine.model.record import Record

CENT = Decimal("0.01")
FOURTH = Decimal("0.0001")


class UnknownAccount(Exception):
    """No row of the chart of accounts has this code or name."""


class ByHand:
    """Reads settings and tables once; `__call__` maps one invoice."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        accounts: Sequence[Mapping[str, Any]],
        tax_types: Sequence[Mapping[str, str]],
    ) -> None:
        self.statuses = settings["push_statuses"]
        self.default_account = settings["revenue_account"]
        self.due_days = settings["due_days"]
        self.numbering = settings["numbering"]
        self.status = settings["invoice_status"]
        self.rounding, self.tolerance = settings["rounding"], settings["tolerance"]
        self.mails = bool(settings["auto_send"]) and self.status == "AUTHORISED"
        self.psohub_mails = settings["psohub_mails"]
        self.by_code = {row["Code"]: row["Code"] for row in accounts if "Code" in row}
        self.by_name = {row["Name"]: row.get("Code") for row in accounts if "Name" in row}
        self.tax_types = {row["category"]: row["TaxType"] for row in tax_types}

    def __call__(self, record: Record) -> Payload | None:
        invoice = record.values
        total, status = invoice.get("total_ex_vat"), invoice.get("status")
        if status not in self.statuses or total is None or total < 0:
            return None
        number, with_tax = invoice.get("number"), invoice.get("total_inc_vat")
        if not number or number.isspace():
            number = None
        totals = {"SubTotal": total}
        if with_tax is not None:
            totals["Total"] = with_tax
        mailed = self.mails and not (self.psohub_mails and status == "sent")
        email = invoice.get("contact_email")
        has_email = bool((email or "").strip())
        return Payload(
            record.address,
            "invoices",
            self.body(invoice, number),
            number or "",
            self.match(invoice, number),
            totals,
            self.rounding,
            self.tolerance,
            (ActionRequest("email"),) if mailed and has_email else (),
        )

    def match(self, invoice: Mapping[str, Any], number: str | None) -> tuple[dict[str, Any], ...]:
        """The rules for adoption; empty where a value is absent."""
        before = invoice.get("external_id")
        first = {"InvoiceNumber": before} if before and not before.isspace() else {}
        return (
            (first, {"Reference": number}, {"InvoiceNumber": number})
            if number is not None
            else (first, {}, {})
        )

    def body(self, invoice: Mapping[str, Any], number: str | None) -> dict[str, Any]:
        body: dict[str, Any] = {"Type": "ACCREC"}
        customer = invoice.get("customer_id")
        if customer and not customer.isspace():
            body["Contact"] = Ref("contacts", Address("psohub", "companies", customer))
        date = invoice.get("date")
        if date is not None:
            body["Date"] = date.isoformat()
        due = invoice.get("due_date")
        if due is None and date is not None:
            project = invoice.get("project")
            days = project.get("due_days") if project is not None else None
            due = date + timedelta(days=self.due_days if days is None else days)
        if due is not None:
            body["DueDate"] = due.isoformat()
        body["LineAmountTypes"] = "Exclusive"
        if self.numbering == "psohub" and number is not None:
            body["InvoiceNumber"] = number
        reference = invoice.get("reference")
        if reference and not reference.isspace():
            body["Reference"] = reference
        currency = invoice.get("currency")
        if currency and not currency.isspace():
            body["CurrencyCode"] = currency
        body["Status"] = self.status
        lines = invoice.get("lines")
        if lines:
            body["LineItems"] = [self.line(line) for line in lines]
        return body

    def line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        item: dict[str, Any] = {}
        words = [
            word
            for word in (line.get("number"), line.get("name"), line.get("description"))
            if word and not word.isspace()
        ]
        if words:
            text = " ".join(words)
            if len(text) > 4000:
                raise ValueError("the description is longer than 4000 characters")
            item["Description"] = text
        quantity, price, amount = line.get("quantity"), line.get("unit_price"), line.get("amount_ex_vat")
        if (
            quantity is not None
            and price is not None
            and amount is not None
            and quantity > 0
            and price.quantize(FOURTH, ROUND_HALF_UP) == price
            and (quantity * price).quantize(CENT, ROUND_HALF_UP) == amount.quantize(CENT, ROUND_HALF_UP)
        ):
            item["Quantity"], item["UnitAmount"] = quantity, price
        elif amount is not None:
            item["Quantity"], item["UnitAmount"] = 1, amount.quantize(CENT, ROUND_HALF_UP)
        else:
            if quantity is not None:
                item["Quantity"] = quantity
            if price is not None:
                item["UnitAmount"] = price
        wanted = line.get("gl_account")
        if not wanted or wanted.isspace():
            wanted = self.default_account
        wanted = wanted.strip()
        account = self.by_code.get(wanted) or self.by_name.get(wanted)
        if account is None:
            raise UnknownAccount(wanted)
        item["AccountCode"] = account
        category = line.get("tax_category")
        if category and not category.isspace():
            tax_type = self.tax_types.get(category.strip())
            if tax_type is not None:
                item["TaxType"] = tax_type
        name, option = line.get("tracking_category"), line.get("tracking_option")
        if name and option and not name.isspace() and not option.isspace():
            item["Tracking"] = [{"Name": name, "Option": option}]
        return item
