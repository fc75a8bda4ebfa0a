"""Xero, opened: the sdk's `System` over the rooms beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from connectors.xero import finding, money, standing
from connectors.xero.client import Client
from connectors.xero.endpoints import DOCUMENTS, ENDPOINTS
from connectors.xero.preflight import preflight
from connectors.xero.reading import Reader
from connectors.xero.settings import XeroSettings
from connectors.xero.taxes import Taxes
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


class XeroSystem:
    """One organisation. `write` and `act` may be called from five threads at once."""

    def __init__(self, settings: XeroSettings, context: Context) -> None:
        self.settings = settings
        self._client = Client(settings, context)
        self._reader = Reader(self._client, context.system)
        self._writer = Writer(self._client)
        self._taxes = Taxes(self._reader)

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
            self._client.http.json(self._client.answer("Organisation"), "GET Organisation")
        except (SignInError, UnavailableError, RequestRefusedError) as error:
            return [Finding.of(error)]
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
        return preflight(self._reader, self._taxes, stream, bodies)

    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        return money.totals(body, self._taxes.rates()) if stream in DOCUMENTS else {}

    def settle_difference(
        self, stream: str, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        if stream not in DOCUMENTS:
            return None
        rates, taxes = self._taxes.rates(), self._taxes
        if policy == "adjust_tax":
            return money.adjust_tax(body, totals, rates)
        if policy == "rounding_line":
            return money.rounding_line(body, totals, rates, taxes.rounding_account(), taxes.no_tax())
        return None

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return self._writer.write(batch)

    def act(self, batch: Batch) -> Sequence[Receipt]:
        if (batch.stream, batch.verb) != ("invoices", "email"):
            reason = f"xero.{batch.stream} has no verb {batch.verb}"
            return [Receipt("refused", part.target_id, reason, "xero.verb") for part in batch.parts]
        return self._writer.email(batch)

    def acted(self, stream: str, verb: str, target_id: str) -> bool | None:
        """Whether an invoice is marked as sent to its contact."""
        if (stream, verb) != ("invoices", "email"):
            return None
        found = self._client.one(f"Invoices/{target_id}").get("Invoices") or [{}]
        return found[0].get("SentToContact") is True

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        return standing.standing(stream, values)

    def address_for_people(self, stream: str, key: str) -> str:
        """Where the record is shown; the long form switches the reader to this organisation (API-FACTS 8)."""
        view = ENDPOINTS[stream].view if stream in ENDPOINTS else ""
        if not view:
            return ""
        try:
            code = next(iter(self._reader.reference("organisation"))).values.get("ShortCode")
        except (SyncError, StopIteration):
            return ""
        entry = (
            f"{self.settings.web_url}/organisationlogin/default.aspx?shortcode={quote(str(code), safe='')}"
        )
        return f"{entry}&redirecturl={view}{key}" if code else ""
