"""Why Xero would refuse a body, as far as reading tells, before anything is sent (API-FACTS 6, 10, 11, 13).

Reads only what the bodies name. Texts are ours: `near` holds the nearest value that would do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from connectors.xero import wire
from connectors.xero.reading import Reader
from engine.sdk import DATE, Finding, NotTyped, typed_value

Body = Mapping[str, Any]
Values = Mapping[str, Any]
UNFIT = ("DEBTORS", "CREDITORS")


def preflight(reader: Reader, stream: str, bodies: Sequence[Body]) -> list[list[Finding]]:
    """For each body the findings, none twice."""
    if not bodies:
        return []
    contacts = _contacts(reader, bodies) if stream == "invoices" else {}
    checks = _Checks(reader, contacts)
    return [list(dict.fromkeys(checks.of(stream, body))) for body in bodies]


def _contacts(reader: Reader, bodies: Sequence[Body]) -> dict[str, Values]:
    ids = {wire.member(body, "Contact.ContactID") for body in bodies}
    known = sorted(one for one in ids if isinstance(one, str) and wire.is_guid(one))
    found = reader.by_ids("contacts", known) if known else []
    return {one.address.key.lower(): one.values for one in found}


@dataclass(slots=True)
class _Checks:
    reader: Reader
    contacts: Mapping[str, Values]

    def of(self, stream: str, body: Body) -> Iterator[Finding]:
        yield from self._currency(body.get("DefaultCurrency" if stream == "contacts" else "CurrencyCode"))
        if stream != "invoices":
            return
        yield from self._contact(wire.member(body, "Contact.ContactID"))
        yield from self._period(body.get("Date"))
        for line in body.get("LineItems") or ():
            if isinstance(line, Mapping):
                yield from self._account(line)
                yield from self._tax(line.get("TaxType"))
                for tracking in line.get("Tracking") or ():
                    if isinstance(tracking, Mapping):
                        yield from self._tracking(tracking)

    def _rows(self, stream: str) -> list[Values]:
        return [one.values for one in self.reader.reference(stream)]

    def _account(self, line: Body) -> Iterator[Finding]:
        name = "AccountCode" if isinstance(line.get("AccountCode"), str) else "AccountID"
        wanted = line.get(name)
        if not isinstance(wanted, str):
            return
        rows = self._rows("accounts")
        column = "Code" if name == "AccountCode" else "AccountID"
        row = next((one for one in rows if str(one.get(column, "")).lower() == wanted.lower()), None)
        fit = [one for one in rows if _fit(one) and one.get("Code")]
        if row is None:
            yield Finding("account_unknown", f"Xero has no account {wanted}", _nearest_account(wanted, fit))
        elif row.get("Status") != "ACTIVE":
            yield Finding("account_archived", f"account {_account(row)} is archived", _like(row, fit))
        elif not _fit(row):
            kind = "a bank account" if row.get("Type") == "BANK" else "kept by Xero itself"
            yield Finding(
                "account_unfit",
                f"account {_account(row)} is {kind} and takes no invoice lines",
                _like(row, fit),
            )

    def _tax(self, wanted: Any) -> Iterator[Finding]:
        if not isinstance(wanted, str):
            return
        rows = self._rows("tax_rates")
        row = next((one for one in rows if one.get("TaxType") == wanted), None)
        good = {
            str(one["TaxType"]): f"{one['TaxType']} {one.get('Name', '')}".strip()
            for one in rows
            if one.get("Status") == "ACTIVE" and one.get("CanApplyToRevenue") is not False
        }
        near = next((good[one] for one in difflib.get_close_matches(wanted, list(good), 1, 0.5)), "")
        if row is None:
            yield Finding("tax_unknown", f"Xero has no tax type {wanted}", near)
        elif row.get("Status") != "ACTIVE":
            yield Finding("tax_inactive", f"tax type {wanted} ({row.get('Name', '')}) is not active", near)
        elif row.get("CanApplyToRevenue") is False:
            yield Finding("tax_unfit", f"tax type {wanted} ({row.get('Name', '')}) is not for sales", near)

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
        near = next(iter(difflib.get_close_matches(f"{category}: {option}", list(spelled), 1, 0.5)), "")
        if row is None:
            what = f"tracking category {category} has no option {option}" if inside else ""
            yield Finding("tracking_unknown", what or f"Xero has no tracking category {category}", near)
        elif not row.get("Status") == row.get("OptionStatus") == "ACTIVE":
            yield Finding("tracking_archived", f"tracking option {category}: {option} is archived", near)

    def _currency(self, wanted: Any) -> Iterator[Finding]:
        if not isinstance(wanted, str):
            return
        codes = [str(one.get("Code")) for one in self._rows("currencies")]
        if wanted not in codes:
            near = next(iter(difflib.get_close_matches(wanted, codes, 1, 0.6)), "")
            yield Finding("currency_disabled", f"currency {wanted} is not enabled in Xero", near)

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


def _fit(row: Values) -> bool:
    return (
        row.get("Status") == "ACTIVE" and row.get("Type") != "BANK" and row.get("SystemAccount") not in UNFIT
    )


def _account(row: Values) -> str:
    return f"{row.get('Code', '')} {row.get('Name', '')}".strip()


def _nearest_account(wanted: str, fit: Sequence[Values]) -> str:
    """The account that was probably meant: by code or name, those for sales before the others."""
    sales = [one for one in fit if one.get("Class") == "REVENUE"]
    return _alike(wanted, sales) or _alike(wanted, fit) or _first_for_sales(sales, wanted)


def _alike(wanted: str, fit: Sequence[Values]) -> str:
    by_code = {str(one["Code"]): one for one in fit}
    by_name = {str(one.get("Name", "")).casefold(): one for one in fit}
    close = difflib.get_close_matches(wanted, list(by_code), max(1, len(by_code)), 0.5)
    if close:  # many codes are equally close: the one that begins alike is meant
        return _account(by_code[max(close, key=lambda code: _begins_alike(code, wanted))])
    named = difflib.get_close_matches(wanted.casefold(), list(by_name), 1, 0.6)
    return _account(by_name[named[0]]) if named else ""


def _begins_alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _like(row: Values, fit: Sequence[Values]) -> str:
    """Another account instead of a known one: of its own type if there is one."""
    return next((_account(one) for one in fit if one.get("Type") == row.get("Type")), _first_for_sales(fit))


def _first_for_sales(fit: Sequence[Values], wanted: str = "") -> str:
    """Some account for sales; the nearest number of those with as many digits, if a number was meant."""
    sales = [one for one in fit if one.get("Class") == "REVENUE"]
    alike = [one for one in sales if wanted.isdecimal() and _digits(one) == len(wanted)]
    if alike:
        return _account(min(alike, key=lambda one: abs(int(one["Code"]) - int(wanted))))
    return next((_account(one) for one in sales), "")


def _digits(row: Values) -> int:
    code = str(row["Code"])
    return len(code) if code.isdecimal() else 0


def _same(one: Any, other: str) -> bool:
    return isinstance(one, str) and one.strip().casefold() == other.strip().casefold()
