"""Which records Xero still lets us change, and into what (connectors/xero/API.md, 6 and 10). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.xero import money
from engine.sdk import Finding

Values = Mapping[str, Any]
FINAL = ("VOIDED", "DELETED")
STEPS: Mapping[str, tuple[str, ...]] = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
    "PAID": ("PAID",),
}
# What does not change any more once money or credit was set against a document.
SETTLED_FIXED = ("Type", "Date", "LineAmountTypes", "CurrencyCode", "CurrencyRate")
RESTORE = "a person must press Restore in Xero, the API cannot"


def contact_faults(values: Values, name: str, path: str) -> Iterator[Finding]:
    """Why a contact takes no document and no change; `name` is what to call it if it has none."""
    name = str(values.get("Name") or name)
    if heir := values.get("MergedToContactID"):
        yield Finding("contact_merged", f"the contact {name} was merged into {heir}", path=path)
    elif values.get("ContactStatus") == "ARCHIVED":
        yield Finding("contact_archived", f"the contact {name} is archived; {RESTORE}", path=path)
    elif values.get("ContactStatus") == "GDPRREQUEST":
        message = f"the contact {name} was erased after a GDPR request"
        yield Finding("contact_erased", message, path=path)


def document_faults(body: Values, current: Values) -> Iterator[Finding]:
    """Why a document does not become what `body` says, from the state that it has now."""
    now = current.get("Status")
    wanted = body.get("Status", now)
    if now in FINAL:
        yield Finding("document_final", f"it is {now} in Xero and cannot be changed any more")
        return
    if settled := _settled(current):
        yield from _settled_faults(body, current, settled)
    if isinstance(now, str) and now in STEPS and wanted not in STEPS[now]:
        message = f"it is {now} in Xero and cannot become {wanted}"
        yield Finding("status_unfit", message, path="Status")


def _settled(current: Values) -> str:
    """What was set against a document, in words; empty if nothing was."""
    paid, credited = (Decimal(current.get(name) or 0) for name in ("AmountPaid", "AmountCredited"))
    if paid or credited:
        kinds = " and ".join(filter(None, ("payments" if paid else "", "credit" if credited else "")))
        return f"{kinds} of {paid + credited:,.2f}"
    left, total = current.get("RemainingCredit"), current.get("Total")
    if isinstance(left, int | Decimal) and isinstance(total, int | Decimal) and left < total:
        return f"allocations or refunds of {total - left:,.2f}"
    return ""


def _settled_faults(body: Values, current: Values, settled: str) -> Iterator[Finding]:
    fixed = [name for name in SETTLED_FIXED if name in body and _differ(body[name], current.get(name))]
    if "LineItems" in body and not _lines_stay(body["LineItems"], current.get("LineItems") or ()):
        fixed.append("LineItems")
    contact = (body.get("Contact") or {}) if isinstance(body.get("Contact"), Mapping) else {}
    credited = current.get("AmountCredited") or current.get("Allocations")
    if credited and contact.get("ContactID") not in (None, (current.get("Contact") or {}).get("ContactID")):
        fixed.append("Contact")
    if fixed:
        message = f"it has {settled} in Xero, so {', '.join(fixed)} cannot be changed any more"
        yield Finding("document_settled", message, path=fixed[0])


def _lines_stay(lines: Any, current: Any) -> bool:
    """Whether an update keeps the lines with their money: it has to name each by its id."""
    if not isinstance(lines, list | tuple) or len(lines) != len(current):
        return False
    return all(
        line.get("LineItemID") == now.get("LineItemID")
        and money.line_amount(line) == money.line_amount(now)
        and line.get("TaxType", now.get("TaxType")) == now.get("TaxType")
        for line, now in zip(lines, current, strict=True)
    )


def _differ(wanted: Any, now: Any) -> bool:
    if isinstance(now, date) and not isinstance(now, datetime):
        now = now.isoformat()
    return bool(wanted != now)
