"""PSOhub, opened: the sdk's `System` over the rooms beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from decimal import Context as Arithmetic
from typing import Any
from urllib.parse import urlsplit

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client
from connectors.psohub.reading import Reader
from connectors.psohub.settings import PsohubSettings
from connectors.psohub.writing import write
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
    UnavailableError,
)

CENT = Decimal("0.01")
WIDE = Arithmetic(prec=80)


class PsohubSystem:
    """One PSOhub account."""

    def __init__(self, settings: PsohubSettings, context: Context) -> None:
        self._settings = settings
        self._client = Client(settings, context)
        self._cleaner = Cleaner(settings.fields)
        self._reader = Reader(self._client, self._cleaner, context.system)

    @property
    def requests(self) -> int:
        return self._client.http.requests

    def quotas(self) -> Mapping[str, str]:
        return self._client.http.quotas()

    def identity(self) -> str:
        """The API's host and the business unit: PSOhub tells of no account id (FACTS 3)."""
        host = urlsplit(self._settings.api_url).hostname or ""
        return f"{host} {self._settings.business_unit}" if self._settings.business_unit else host

    def close(self) -> None:
        self._client.http.close()

    def check(self) -> Sequence[Finding]:
        """Read one company; what PSOhub says against it is shown as it is."""
        try:
            self._client.rows("companies", limit=1)
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
        del since  # there is no filter for changes: all is read (FACTS 3)
        return self._reader.read(stream, keys, paths)

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        return self._reader.find(stream, rules) if rules else []

    def preflight(self, stream: str, bodies: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Finding]]:
        del stream
        return [[] for _ in bodies]

    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        del stream, body
        return {}

    def settle_difference(
        self, stream: str, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        del stream, body, policy, totals
        return None

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return write(self._client, self._cleaner, batch)

    def act(self, batch: Batch) -> Sequence[Receipt]:
        reason = f"psohub.{batch.stream} has no verb {batch.verb}"
        return [Receipt("refused", part.target_id, reason, "psohub.verb") for part in batch.parts]

    def acted(self, stream: str, verb: str, target_id: str) -> bool | None:
        del stream, verb, target_id
        return None

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        """Where an invoice stands, to the cent: paid or not; PSOhub knows nothing between (FACTS 4)."""
        if stream != "invoices" or "total_inc_vat" not in values:
            return None
        # A total may come with eight decimals (FACTS 3); what is owed is cents.
        total = Decimal(values["total_inc_vat"]).quantize(CENT, ROUND_HALF_UP, WIDE)
        paid = values.get("status") == "paid"
        currency = str(values.get("currency") or "")
        return Standing("paid" if paid else "open", currency, total, total if paid else Decimal(0))

    def address_for_people(self, stream: str, key: str) -> str:
        """None: where PSOhub shows a record to people is not documented (FACTS 3)."""
        del stream, key
        return ""
