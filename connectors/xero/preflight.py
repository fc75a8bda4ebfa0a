"""Why Xero would refuse a body, as far as reading tells, before anything is sent
(connectors/xero/API.md, 6 to 13).

Reads only what the bodies name. Texts are ours: `near` holds the nearest value that would do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.xero import money, near, wire
from connectors.xero.endpoints import DOCUMENTS
from connectors.xero.reading import Reader
from connectors.xero.streams import BY_NAME
from connectors.xero.taxes import Taxes
from engine.sdk import DATE, Finding, NotTyped, typed_value

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
NEGATIVE = {
    "invoices": "an invoice of {0} is a credit note",
    "credit_notes": "the amounts of a credit note are positive, and this one comes to {0}",
}


def preflight(reader: Reader, taxes: Taxes, stream: str, bodies: Sequence[Body]) -> list[list[Finding]]:
    """For each body the findings, none twice."""
    if not bodies:
        return []
    contacts = _contacts(reader, bodies) if stream in DOCUMENTS else {}
    checks = _Checks(reader, taxes, contacts)
    return [list(dict.fromkeys(checks.of(stream, body))) for body in bodies]


def _contacts(reader: Reader, bodies: Sequence[Body]) -> dict[str, Values]:
    ids = {wire.member(body, "Contact.ContactID") for body in bodies}
    known = sorted(one for one in ids if isinstance(one, str) and wire.is_guid(one))
    found = reader.by_ids("contacts", known) if known else []
    return {one.address.key.lower(): one.values for one in found}


@dataclass(slots=True)
class _Checks:
    reader: Reader
    taxes: Taxes
    contacts: Mapping[str, Values]

    def of(self, stream: str, body: Body) -> Iterator[Finding]:
        yield from self._currency(body.get("DefaultCurrency" if stream == "contacts" else "CurrencyCode"))
        if stream not in DOCUMENTS:
            return
        yield from _type(stream, body.get("Type"))
        yield from self._contact(wire.member(body, "Contact.ContactID"))
        yield from self._period(body.get("Date"))
        lines = [line for line in body.get("LineItems") or () if isinstance(line, Mapping)]
        for line in lines:
            yield from self._account(line)
            yield from self._tax(line)
            for tracking in line.get("Tracking") or ():
                if isinstance(tracking, Mapping):
                    yield from self._tracking(tracking)
        yield from _discounts(stream, lines)
        if any(_below_zero(line.get("Quantity")) for line in lines):
            yield Finding(
                "quantity_negative", "Xero takes no negative quantity; make the unit amount negative"
            )
        if any(_below_zero(line.get(name)) for line in lines for name in AMOUNTS):
            yield from self._total(stream, body)

    def _total(self, stream: str, body: Body) -> Iterator[Finding]:
        total = money.totals(body, self.taxes.rates())["Total"]
        if total < 0:
            yield Finding("total_negative", NEGATIVE[stream].format(f"{total:,f}"))

    def _rows(self, stream: str) -> list[Values]:
        return [one.values for one in self.reader.reference(stream)]

    def _account_row(self, line: Body) -> tuple[str, Values | None]:
        """What a line names as its account, by code or by id, and that account."""
        for name, column in (("AccountCode", "Code"), ("AccountID", "AccountID")):
            if isinstance(wanted := line.get(name), str):
                rows = self._rows("accounts")
                return wanted, next((one for one in rows if _same(one.get(column), wanted)), None)
        return "", None

    def _account(self, line: Body) -> Iterator[Finding]:
        wanted, row = self._account_row(line)
        if not wanted:
            return
        fit = [one for one in self._rows("accounts") if near.fit(one) and one.get("Code")]
        if row is None:
            yield Finding("account_unknown", f"Xero has no account {wanted}", near.nearest(wanted, fit))
        elif row.get("Status") != "ACTIVE":
            yield Finding("account_archived", f"account {near.spelled(row)} is archived", near.like(row, fit))
        elif not near.fit(row):
            kind = "a bank account" if row.get("Type") == "BANK" else "kept by Xero itself"
            yield Finding(
                "account_unfit",
                f"account {near.spelled(row)} is {kind} and takes no lines of sales",
                near.like(row, fit),
            )

    def _tax(self, line: Body) -> Iterator[Finding]:
        wanted = line.get("TaxType")
        if not isinstance(wanted, str):
            return
        rows, account = self._rows("tax_rates"), self._account_row(line)[1] or {}
        row = next((one for one in rows if one.get("TaxType") == wanted), None)
        applies = APPLIES.get(str(account.get("Class")), "CanApplyToRevenue")
        good = {
            str(one["TaxType"]): f"{one['TaxType']} {one.get('Name', '')}".strip()
            for one in rows
            if one.get("Status") == "ACTIVE" and one.get(applies) is not False
        }
        close = next((good[one] for one in difflib.get_close_matches(wanted, list(good), 1, 0.5)), "")
        close = good.get(str(account.get("TaxType")), close) if row is not None else close
        if row is None:
            yield Finding("tax_unknown", f"Xero has no tax type {wanted}", close)
        elif row.get("Status") != "ACTIVE":
            yield Finding("tax_inactive", f"tax type {wanted} ({row.get('Name', '')}) is not active", close)
        elif row.get(applies) is False:
            where = f"account {near.spelled(account)}" if account else "sales"
            yield Finding("tax_unfit", f"tax type {wanted} ({row.get('Name', '')}) is not for {where}", close)

    def _tracking(self, wanted: Body) -> Iterator[Finding]:
        ids = "TrackingOptionID" in wanted
        category = wanted.get("TrackingCategoryID" if "TrackingCategoryID" in wanted else "Name")
        option = wanted.get("TrackingOptionID" if ids else "Option")
        if not isinstance(category, str) or not isinstance(option, str):
            return
        by = "TrackingCategoryID" if "TrackingCategoryID" in wanted else "Name"
        rows = self._rows("tracking")
        inside = [one for one in rows if _same(one.get(by), category)]
        row = next(
            (one for one in inside if _same(one.get("TrackingOptionID" if ids else "Option"), option)), None
        )
        live = [one for one in inside or rows if one.get("Status") == one.get("OptionStatus") == "ACTIVE"]
        spelled = {f"{one.get('Name')}: {one.get('Option')}": one for one in live}
        close = next(iter(difflib.get_close_matches(f"{category}: {option}", list(spelled), 1, 0.5)), "")
        if row is None:
            what = f"tracking category {category} has no option {option}" if inside else ""
            yield Finding("tracking_unknown", what or f"Xero has no tracking category {category}", close)
        elif not row.get("Status") == row.get("OptionStatus") == "ACTIVE":
            yield Finding("tracking_archived", f"tracking option {category}: {option} is archived", close)

    def _currency(self, wanted: Any) -> Iterator[Finding]:
        if not isinstance(wanted, str):
            return
        codes = [str(one.get("Code")) for one in self._rows("currencies")]
        if wanted not in codes:
            close = next(iter(difflib.get_close_matches(wanted, codes, 1, 0.6)), "")
            yield Finding("currency_disabled", f"currency {wanted} is not enabled in Xero", close)

    def _contact(self, wanted: Any) -> Iterator[Finding]:
        if not isinstance(wanted, str) or not wanted:
            return
        row = self.contacts.get(wanted.lower())
        if row is None:
            yield Finding("contact_unknown", f"Xero has no contact {wanted}")
        elif row.get("ContactStatus") == "ARCHIVED":
            yield Finding("contact_archived", f"the contact {row.get('Name', wanted)} is archived")
        elif row.get("ContactStatus") == "GDPRREQUEST":
            yield Finding("contact_erased", f"the contact {row.get('Name', wanted)} was erased on request")

    def _period(self, wanted: Any) -> Iterator[Finding]:
        try:
            day = typed_value(wanted, DATE)
        except NotTyped:
            return
        if not isinstance(day, date):
            return
        organisation = next(iter(self._rows("organisation")), {})
        for name, said in (("PeriodLockDate", "period"), ("EndOfYearLockDate", "end of year")):
            lock = organisation.get(name)
            if isinstance(lock, date) and day <= lock:
                yield Finding(
                    "locked_period",
                    f"dated {day}, but the books are closed up to the {said} lock date {lock}",
                )
                return


def _same(one: Any, other: str) -> bool:
    return isinstance(one, str) and one.strip().casefold() == other.strip().casefold()


def _type(stream: str, wanted: Any) -> Iterator[Finding]:
    """What is not of sales would be written and never found again: made anew, time after time."""
    ours = DOCUMENTS[stream].sales
    if isinstance(wanted, str) and wanted != ours:
        yield Finding("type_unfit", f"xero.{stream} holds documents of sales, and {wanted} is none", ours)


def _discounts(stream: str, lines: Sequence[Body]) -> Iterator[Finding]:
    """Xero takes discounts on sales invoices only."""
    line = BY_NAME[stream].fields["LineItems"].type.of
    unfit = [name for name in DISCOUNTS if line is not None and name not in line.fields]
    if any(one.get(name) for one in lines for name in unfit):
        yield Finding("discount_unfit", "a credit note takes no discounts; its lines hold what is credited")


def _below_zero(value: Any) -> bool:
    return isinstance(value, int | Decimal) and value < 0
