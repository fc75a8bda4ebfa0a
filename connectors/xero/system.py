"""Xero, opened: the sdk's `System` over the rooms beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from connectors.xero import finding, money
from connectors.xero.client import Client
from connectors.xero.preflight import preflight
from connectors.xero.reading import Reader
from connectors.xero.settings import XeroSettings
from connectors.xero.writing import Writer
from engine.sdk import (
    Batch,
    Context,
    Finding,
    Notice,
    Receipt,
    Record,
    RequestRefusedError,
    SignInError,
    Standing,
    SyncError,
    UnavailableError,
)

State = Literal["open", "paid", "part_paid", "credited", "voided", "deleted"]
VIEWS = {
    "invoices": "/AccountsReceivable/View.aspx?InvoiceID=",
    "contacts": "/Contacts/View.aspx?contactID=",
}
CODES: tuple[tuple[type[SyncError], str], ...] = (
    (SignInError, "sign_in"),
    (UnavailableError, "unavailable"),
    (RequestRefusedError, "refused"),
)


class XeroSystem:
    """One organisation. `write` and `act` may be called from five threads at once."""

    def __init__(self, settings: XeroSettings, context: Context) -> None:
        self.settings = settings
        self._client = Client(settings, context)
        self._reader = Reader(self._client, context.system)
        self._writer = Writer(self._client)
        self._rates: money.Rates | None = None

    @property
    def requests(self) -> int:
        return self._client.http.requests

    def quotas(self) -> Mapping[str, str]:
        return self._client.http.quotas()

    def identity(self) -> str:
        """The tenant id."""
        return self._client.tenant()

    def close(self) -> None:
        self._client.http.close()

    def check(self) -> Sequence[Finding]:
        """Read the organisation; what Xero says against it is shown as it is."""
        try:
            self._client.json(self._client.answer("Organisation"), "GET Organisation")
        except (SignInError, UnavailableError, RequestRefusedError) as error:
            return [Finding(next(code for kind, code in CODES if isinstance(error, kind)), str(error))]
        return []

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Record | Notice]:
        del paths  # nothing here costs a further read
        return self._reader.read(stream, since, keys)

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        return finding.find(self._reader, stream, rules) if rules else []

    def preflight(self, stream: str, bodies: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Finding]]:
        return preflight(self._reader, stream, bodies)

    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        return money.totals(body, self._known_rates()) if stream == "invoices" else {}

    def settle_difference(
        self, stream: str, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        if stream != "invoices":
            return None
        rates = self._known_rates()
        if policy == "adjust_tax":
            return money.adjust_tax(body, totals, rates)
        if policy == "rounding_line":
            return money.rounding_line(body, totals, rates, self._rounding_account(), self._no_tax())
        return None

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return self._writer.write(batch)

    def act(self, batch: Batch) -> Sequence[Receipt]:
        if (batch.stream, batch.verb) != ("invoices", "email"):
            return [
                Receipt("refused", reason=f"xero.{batch.stream} has no verb {batch.verb}")
                for _ in batch.parts
            ]
        return self._writer.email(batch)

    def acted(self, stream: str, verb: str, target_id: str) -> bool | None:
        """Whether an invoice is marked as sent to its contact."""
        if (stream, verb) != ("invoices", "email"):
            return None
        found = self._client.one(f"Invoices/{target_id}").get("Invoices") or [{}]
        return found[0].get("SentToContact") is True

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        """Where an invoice stands; settled by credit alone is `credited`, not `paid` (API-FACTS 12)."""
        if stream != "invoices" or "Total" not in values:
            return None
        paid, credited = (Decimal(values.get(name) or 0) for name in ("AmountPaid", "AmountCredited"))
        state: State
        match values.get("Status"):
            case "VOIDED":
                state = "voided"
            case "DELETED":
                state = "deleted"
            case "PAID":
                state = "credited" if credited and not paid else "paid"
            case _:
                state = "part_paid" if paid else "credited" if credited else "open"
        return Standing(state, str(values.get("CurrencyCode") or ""), Decimal(values["Total"]), paid)

    def address_for_people(self, stream: str, key: str) -> str:
        """Where the record is shown; the long form switches the reader to this organisation (API-FACTS 8)."""
        if stream not in VIEWS:
            return ""
        try:
            code = next(iter(self._reader.reference("organisation"))).values.get("ShortCode")
        except (SyncError, StopIteration):
            return ""
        entry = (
            f"{self.settings.web_url}/organisationlogin/default.aspx?shortcode={quote(str(code), safe='')}"
        )
        return f"{entry}&redirecturl={VIEWS[stream]}{key}" if code else ""

    # -- what totals need ----------------------------------------------------------------------------------

    def _known_rates(self) -> money.Rates:
        if self._rates is None:
            rates = [one.values for one in self._reader.reference("tax_rates")]
            accounts = [one.values for one in self._reader.reference("accounts")]
            self._rates = money.Rates(
                {
                    str(one["TaxType"]): one.get("EffectiveRate", Decimal(0))
                    for one in rates
                    if "TaxType" in one
                },
                {
                    str(one[name]): str(one["TaxType"])
                    for one in accounts
                    for name in ("Code", "AccountID")
                    if name in one and "TaxType" in one
                },
            )
        return self._rates

    def _rounding_account(self) -> Mapping[str, Any] | None:
        rows = (one.values for one in self._reader.reference("accounts"))
        return next((one for one in rows if one.get("SystemAccount") == "ROUNDING"), None)

    def _no_tax(self) -> str | None:
        """The tax type for what bears no tax: Xero's own NONE, else an active one of 0 % for sales."""
        free = [
            str(one.values.get("TaxType"))
            for one in self._reader.reference("tax_rates")
            if one.values.get("Status") == "ACTIVE"
            and one.values.get("EffectiveRate") == 0
            and one.values.get("CanApplyToRevenue") is not False
        ]
        return "NONE" if "NONE" in free else next(iter(free), None)
