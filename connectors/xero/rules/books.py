"""What the organisation's own lists allow: accounts, tax types, tracking, currencies, lock dates
(connectors/xero/API.md, 11 and 13).

A suggestion is the nearest value that Xero would accept. `rows` reads a list, at most once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.xero import suggestions
from connectors.xero.resource import Resource
from connectors.xero.rules.documents import APPROVED, is_priced
from connectors.xero.streams import ACCOUNTS, CURRENCIES, ORGANISATION, TAX_RATES, TRACKING
from connectors.xero.streams.reference import is_live_option, takes_sales
from engine.sdk import DATE, Finding, NotTyped, Remedy, typed_value

Values = Mapping[str, Any]
# By its class, which tax types an account takes (connectors/xero/API.md, 11 and 13).
APPLIES = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


@dataclass(frozen=True, slots=True)
class BookRules:
    rows: Callable[[Resource], Sequence[Values]]

    def currency(self, wanted: Any, path: str) -> Iterator[Finding]:
        if not isinstance(wanted, str):
            return
        codes = [str(row.get("Code")) for row in self.rows(CURRENCIES)]
        if wanted not in codes:
            nearest = next(iter(difflib.get_close_matches(wanted, codes, 1, 0.6)), "")
            message = f"currency {wanted} is not enabled in Xero"
            yield Finding("currency_disabled", message, nearest, path)

    def line(self, line: Values, status: str, path: str) -> Iterator[Finding]:
        wanted, account = self._account_of(line)
        if wanted:
            yield from self._account(wanted, account, f"{path}.AccountCode")
        yield from self._tax(line, account or {}, path)
        if account is not None and status in APPROVED and is_priced(line):
            yield from _tax_missing(line, account, path)
        for index, option in enumerate(line.get("Tracking") or ()):
            if isinstance(option, Mapping):
                yield from self._tracking(option, f"{path}.Tracking[{index}]")

    def _account_of(self, line: Values) -> tuple[str, Values | None]:
        """The account that a line names by code or id, and its row; an empty text if it names none."""
        for name, column in (("AccountCode", "Code"), ("AccountID", "AccountID")):
            if isinstance(wanted := line.get(name), str):
                rows = self.rows(ACCOUNTS)
                return wanted, next((row for row in rows if _same(row.get(column), wanted)), None)
        return "", None

    def _account(self, wanted: str, row: Values | None, path: str) -> Iterator[Finding]:
        usable = [account for account in self.rows(ACCOUNTS) if takes_sales(account) and account.get("Code")]
        if row is None:
            nearest = suggestions.nearest(wanted, usable)
            yield Finding("account_unknown", f"Xero has no account {wanted}", nearest, path)
            return
        name, replacement = suggestions.account_text(row), suggestions.replacement(row, usable)
        if row.get("Status") != "ACTIVE":
            yield Finding("account_archived", f"account {name} is archived", replacement, path)
        elif not takes_sales(row):
            kind = "a bank account" if row.get("Type") == "BANK" else "managed by Xero itself"
            message = f"account {name} is {kind} and cannot be used for sales"
            yield Finding("account_unfit", message, replacement, path)

    def _tax(self, line: Values, account: Values, path: str) -> Iterator[Finding]:
        wanted, path = line.get("TaxType"), f"{path}.TaxType"
        if not isinstance(wanted, str):
            return
        rates = self.rows(TAX_RATES)
        row = next((rate for rate in rates if rate.get("TaxType") == wanted), None)
        applies = APPLIES.get(str(account.get("Class")), "CanApplyToRevenue")
        usable = {
            str(rate["TaxType"]): f"{rate['TaxType']} {rate.get('Name', '')}".strip()
            for rate in rates
            if rate.get("Status") == "ACTIVE" and rate.get(applies) is not False
        }
        nearest = next((usable[name] for name in difflib.get_close_matches(wanted, list(usable), 1, 0.5)), "")
        if row is None:
            yield Finding("tax_unknown", f"Xero has no tax type {wanted}", nearest, path)
            return
        nearest = usable.get(str(account.get("TaxType")), nearest)
        name = f"tax type {wanted} ({row.get('Name', '')})"
        if row.get("Status") != "ACTIVE":
            yield Finding("tax_inactive", f"{name} is not active", nearest, path)
        elif row.get(applies) is False:
            where = f"account {suggestions.account_text(account)}" if account else "sales"
            yield Finding("tax_unfit", f"{name} cannot be used for {where}", nearest, path)

    def _tracking(self, wanted: Values, path: str) -> Iterator[Finding]:
        by_category = "TrackingCategoryID" if "TrackingCategoryID" in wanted else "Name"
        by_option = "TrackingOptionID" if "TrackingOptionID" in wanted else "Option"
        category, option = wanted.get(by_category), wanted.get(by_option)
        if not isinstance(category, str) or not isinstance(option, str) or not category or not option:
            message = "a tracking element needs both a category and an option"
            yield Finding("tracking_incomplete", f"{path}: {message}", path=path)
            return
        rows = self.rows(TRACKING)
        inside = [row for row in rows if _same(row.get(by_category), category)]
        row = next((row for row in inside if _same(row.get(by_option), option)), None)
        usable = [f"{tag.get('Name')}: {tag.get('Option')}" for tag in inside or rows if is_live_option(tag)]
        nearest = next(iter(difflib.get_close_matches(f"{category}: {option}", usable, 1, 0.5)), "")
        if row is None:
            what = f"tracking category {category} has no option {option}" if inside else ""
            message = what or f"Xero has no tracking category {category}"
            yield Finding("tracking_unknown", message, nearest, path)
        elif not is_live_option(row):
            message = f"tracking option {category}: {option} is archived"
            yield Finding("tracking_archived", message, nearest, path)

    def period(self, wanted: Any, status: str, *, new: bool) -> Iterator[Finding]:
        """A date in a locked period: an approved document is refused, any other stays unapproved.

        A new one may become a draft instead.
        """
        if (lock := self.lock_of(wanted)) is None:
            return
        day, name, until = lock
        closed = f"dated {day}, but the books are closed up to the {name} lock date {until}"
        if status in APPROVED:
            draft = f"{closed}: created as DRAFT, it cannot be approved there and is not e-mailed"
            remedy = Remedy("on_locked_period", "draft", (("Status", "DRAFT"),), draft) if new else None
            yield Finding("locked_period", closed, path="Date", remedy=remedy)
        else:
            message = f"{closed}: it stays {status} and cannot be approved"
            yield Finding("locked_draft", message, path="Date", refuses=False)

    def lock_of(self, wanted: Any) -> tuple[date, str, date] | None:
        """The day that a value says, and the lock date that it is not after; None if there is none."""
        try:
            day = typed_value(wanted, DATE)
        except NotTyped:
            return None
        if not isinstance(day, date):
            return None
        organisation = next(iter(self.rows(ORGANISATION)), {})
        for name, lock_name in (("PeriodLockDate", "period"), ("EndOfYearLockDate", "end of year")):
            until = organisation.get(name)
            if isinstance(until, date) and day <= until:
                return day, lock_name, until
        return None


def _tax_missing(line: Values, account: Values, path: str) -> Iterator[Finding]:
    if not line.get("TaxType") and not account.get("TaxType"):
        name = suggestions.account_text(account)
        message = f"the line has no tax type, and neither has account {name}"
        yield Finding("tax_missing", message, path=f"{path}.TaxType")


def _same(value: Any, wanted: str) -> bool:
    return isinstance(value, str) and value.strip().casefold() == wanted.strip().casefold()
