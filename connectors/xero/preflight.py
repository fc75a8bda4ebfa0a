"""Why Xero would refuse a body, as far as reading shows, before anything is sent (connectors/xero/API.md, 6
to 13).

Reads only what the bodies name. A suggestion is the nearest value that Xero would accept.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.xero import money, suggestions, wire
from connectors.xero.reading import Reader
from connectors.xero.resource import Document, Resource
from connectors.xero.streams import ACCOUNTS, CURRENCIES, ORGANISATION, TAX_RATES, TRACKING
from connectors.xero.streams.reference import is_live_option, takes_sales
from connectors.xero.taxes import Taxes
from engine.sdk import DATE, Finding, NotTyped, Stream, typed_value

Body = Mapping[str, Any]
Values = Mapping[str, Any]
AMOUNTS = ("Quantity", "UnitAmount", "LineAmount", "TaxAmount")
DISCOUNTS = ("DiscountRate", "DiscountAmount")
# By its class, which tax types an account takes (connectors/xero/API.md, 11 and 13).
APPLIES = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


def preflight(
    reader: Reader, taxes: Taxes, resource: Resource, bodies: Sequence[Body]
) -> list[list[Finding]]:
    """For each body the findings, each of them once."""
    if not bodies:
        return []
    contacts = _contacts(reader, bodies) if resource.document else {}
    checks = _Checks(reader, taxes, contacts)
    return [list(dict.fromkeys(checks.of(resource, body))) for body in bodies]


def _contacts(reader: Reader, bodies: Sequence[Body]) -> dict[str, Values]:
    ids = {wire.member(body, "Contact.ContactID") for body in bodies}
    known = sorted(key for key in ids if isinstance(key, str) and wire.is_guid(key))
    records = reader.contacts(known) if known else []
    return {record.address.key.lower(): record.values for record in records}


@dataclass(slots=True)
class _Checks:
    reader: Reader
    taxes: Taxes
    contacts: Mapping[str, Values]

    def of(self, resource: Resource, body: Body) -> Iterator[Finding]:
        yield from self._currency(body.get(resource.currency))
        if resource.document is None:
            return
        yield from _type(resource.stream, resource.document, body.get("Type"))
        yield from self._contact(wire.member(body, "Contact.ContactID"))
        yield from self._period(body.get("Date"))
        lines = [line for line in body.get("LineItems") or () if isinstance(line, Mapping)]
        for line in lines:
            yield from self._account(line)
            yield from self._tax(line)
            for tracking in line.get("Tracking") or ():
                if isinstance(tracking, Mapping):
                    yield from self._tracking(tracking)
        yield from _discounts(resource.stream, lines)
        if any(_negative(line.get("Quantity")) for line in lines):
            yield Finding(
                "quantity_negative", "Xero does not accept negative quantities; make the unit amount negative"
            )
        if any(_negative(line.get(name)) for line in lines for name in AMOUNTS):
            yield from self._total(resource.document, body)

    def _total(self, document: Document, body: Body) -> Iterator[Finding]:
        total = money.totals(body, self.taxes.rates())["Total"]
        if total < 0:
            yield Finding("total_negative", document.negative.format(f"{total:,f}"))

    def _rows(self, resource: Resource) -> list[Values]:
        return [record.values for record in self.reader.reference(resource)]

    def _account_of(self, line: Body) -> tuple[str, Values | None]:
        """The account that a line names by code or id, and its row; an empty text if it names none."""
        for name, column in (("AccountCode", "Code"), ("AccountID", "AccountID")):
            if isinstance(wanted := line.get(name), str):
                rows = self._rows(ACCOUNTS)
                return wanted, next((row for row in rows if _same(row.get(column), wanted)), None)
        return "", None

    def _account(self, line: Body) -> Iterator[Finding]:
        wanted, row = self._account_of(line)
        if not wanted:
            return
        usable = [account for account in self._rows(ACCOUNTS) if takes_sales(account) and account.get("Code")]
        if row is None:
            nearest = suggestions.nearest(wanted, usable)
            yield Finding("account_unknown", f"Xero has no account {wanted}", nearest)
            return
        name, replacement = suggestions.account_text(row), suggestions.replacement(row, usable)
        if row.get("Status") != "ACTIVE":
            yield Finding("account_archived", f"account {name} is archived", replacement)
        elif not takes_sales(row):
            kind = "a bank account" if row.get("Type") == "BANK" else "managed by Xero itself"
            message = f"account {name} is {kind}and cannot be used for sales"
            yield Finding("account_unfit", message, replacement)

    def _tax(self, line: Body) -> Iterator[Finding]:
        wanted = line.get("TaxType")
        if not isinstance(wanted, str):
            return
        rates, account = self._rows(TAX_RATES), self._account_of(line)[1] or {}
        row = next((rate for rate in rates if rate.get("TaxType") == wanted), None)
        applies = APPLIES.get(str(account.get("Class")), "CanApplyToRevenue")
        usable = {
            str(rate["TaxType"]): f"{rate['TaxType']} {rate.get('Name', '')}".strip()
            for rate in rates
            if rate.get("Status") == "ACTIVE" and rate.get(applies) is not False
        }
        nearest = next((usable[name] for name in difflib.get_close_matches(wanted, list(usable), 1, 0.5)), "")
        if row is None:
            yield Finding("tax_unknown", f"Xero has no tax type {wanted}", nearest)
            return
        nearest = usable.get(str(account.get("TaxType")), nearest)
        name = f"tax type {wanted} ({row.get('Name', '')})"
        if row.get("Status") != "ACTIVE":
            yield Finding("tax_inactive", f"{name} is not active", nearest)
        elif row.get(applies) is False:
            where = f"account {suggestions.account_text(account)}" if account else "sales"
            yield Finding("tax_unfit", f"{name} cannot be used for {where}", nearest)

    def _tracking(self, wanted: Body) -> Iterator[Finding]:
        by_category = "TrackingCategoryID" if "TrackingCategoryID" in wanted else "Name"
        by_option = "TrackingOptionID" if "TrackingOptionID" in wanted else "Option"
        category, option = wanted.get(by_category), wanted.get(by_option)
        if not isinstance(category, str) or not isinstance(option, str):
            return
        rows = self._rows(TRACKING)
        inside = [row for row in rows if _same(row.get(by_category), category)]
        row = next((row for row in inside if _same(row.get(by_option), option)), None)
        usable = [f"{tag.get('Name')}: {tag.get('Option')}" for tag in inside or rows if is_live_option(tag)]
        nearest = next(iter(difflib.get_close_matches(f"{category}: {option}", usable, 1, 0.5)), "")
        if row is None:
            what = f"tracking category {category} has no option {option}" if inside else ""
            yield Finding("tracking_unknown", what or f"Xero has no tracking category {category}", nearest)
        elif not is_live_option(row):
            yield Finding("tracking_archived", f"tracking option {category}: {option} is archived", nearest)

    def _currency(self, wanted: Any) -> Iterator[Finding]:
        if not isinstance(wanted, str):
            return
        codes = [str(row.get("Code")) for row in self._rows(CURRENCIES)]
        if wanted not in codes:
            nearest = next(iter(difflib.get_close_matches(wanted, codes, 1, 0.6)), "")
            yield Finding("currency_disabled", f"currency {wanted} is not enabled in Xero", nearest)

    def _contact(self, wanted: Any) -> Iterator[Finding]:
        if not isinstance(wanted, str) or not wanted:
            return
        row = self.contacts.get(wanted.lower())
        if row is None:
            yield Finding("contact_unknown", f"Xero has no contact {wanted}")
        elif row.get("ContactStatus") == "ARCHIVED":
            yield Finding("contact_archived", f"the contact {row.get('Name', wanted)} is archived")
        elif row.get("ContactStatus") == "GDPRREQUEST":
            yield Finding(
                "contact_erased", f"the contact {row.get('Name', wanted)} was erased after a GDPR request"
            )

    def _period(self, wanted: Any) -> Iterator[Finding]:
        try:
            day = typed_value(wanted, DATE)
        except NotTyped:
            return
        if not isinstance(day, date):
            return
        organisation = next(iter(self._rows(ORGANISATION)), {})
        for name, lock_name in (("PeriodLockDate", "period"), ("EndOfYearLockDate", "end of year")):
            lock = organisation.get(name)
            if isinstance(lock, date) and day <= lock:
                message = f"dated {day}, but the books are closed up to the {lock_name} lock date {lock}"
                yield Finding("locked_period", message)
                return


def _same(value: Any, wanted: str) -> bool:
    return isinstance(value, str) and value.strip().casefold() == wanted.strip().casefold()


def _type(stream: Stream, document: Document, wanted: Any) -> Iterator[Finding]:
    """Another type would be written, never found again, and created in every run."""
    if isinstance(wanted, str) and wanted != document.type:
        message = f"type {wanted} cannot be written to xero.{stream.name}, which has sales documents only"
        yield Finding("type_unfit", message, document.type)


def _discounts(stream: Stream, lines: Sequence[Body]) -> Iterator[Finding]:
    """Xero takes discounts on sales invoices only."""
    line = stream.fields["LineItems"].type.of
    unfit = [name for name in DISCOUNTS if line is not None and name not in line.fields]
    if any(line.get(name) for line in lines for name in unfit):
        message = "credit notes cannot have discounts; reduce the line amounts instead"
        yield Finding("discount_unfit", message)


def _negative(value: Any) -> bool:
    return isinstance(value, int | Decimal) and value < 0
