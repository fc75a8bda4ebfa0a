"""PSOhub, opened: the parts of the sdk's `System`, over one client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client
from connectors.psohub.reading import Reader
from connectors.psohub.settings import PsohubSettings
from connectors.psohub.streams import RESOURCES
from connectors.psohub.writing import Writer
from engine.sdk import (
    Batch,
    Books,
    Context,
    Entry,
    Finding,
    Receipt,
    Record,
    RequestRefusedError,
    SignInError,
    Source,
    Standing,
    System,
    Target,
    UnavailableError,
    decimals,
    in_money,
)

NOT_ISSUED = ("draft", "approved")  # no book of PSOhub's has them yet


def open_psohub(settings: PsohubSettings, context: Context) -> System:
    """One PSOhub account. Sends no request yet."""
    client, cleaner = Client(settings, context), Cleaner(settings)
    reader = Reader(client, cleaner, context.system)
    return System(
        source=PsohubSource(client, reader), target=PsohubTarget(client, cleaner, reader), books=PsohubBooks()
    )


class PsohubSource(Source):
    def __init__(self, client: Client, reader: Reader) -> None:
        self._client, self._reader = client, reader

    @property
    def settings(self) -> PsohubSettings:
        return self._client.settings

    @property
    def requests(self) -> int:
        return self._client.http.requests

    def quotas(self) -> Mapping[str, str]:
        return self._client.http.quotas()

    def identity(self) -> str:
        """The API's host and the business unit: PSOhub has no account id (connectors/psohub/API.md, 3)."""
        host = urlsplit(self.settings.api_url).hostname or ""
        return f"{host} {self.settings.business_unit}" if self.settings.business_unit else host

    def widen(self, stream: str) -> bool:
        """`limit` is all that PSOhub has (connectors/psohub/API.md, 3): a server may cap it."""
        return RESOURCES[stream].stream.work_queue and self._client.widen()

    def continues(self, known: str) -> bool:
        """The business unit used to be a label for people, or was left out: the id may take its place."""
        if known == self.identity():
            return True
        host, _, label = known.partition(" ")
        own_host, _, unit = self.identity().partition(" ")
        return host == own_host and bool(unit) and not label.isdecimal()

    def close(self) -> None:
        self._client.http.close()

    def check(self) -> Sequence[Finding]:
        """Read one company."""
        try:
            self._client.rows("companies", limit=1)
        except (SignInError, UnavailableError, RequestRefusedError) as error:
            return [Finding.from_error(error)]
        return []

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Entry]:
        del since  # there is no filter for changes: everything is read (connectors/psohub/API.md, 3)
        return self._reader.read(RESOURCES[stream], keys, paths)


class PsohubTarget(Target):
    def __init__(self, client: Client, cleaner: Cleaner, reader: Reader) -> None:
        self._reader, self._writer = reader, Writer(client, cleaner)

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        return self._reader.find(RESOURCES[stream], rules) if rules else []

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return self._writer.write(batch)


class PsohubBooks(Books):
    """PSOhub does not document where a person sees a record (connectors/psohub/API.md, 3): there are no
    links.
    """

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        """An invoice is not issued until it is sent; then it is open or paid (connectors/psohub/API.md, 4):
        PSOhub has no partial payments.
        """
        if stream != "invoices" or "total_inc_vat" not in values:
            return None
        # A total may have eight decimals (connectors/psohub/API.md, 3); what is owed is money.
        status, currency = values.get("status"), str(values.get("currency") or "")
        total = in_money(Decimal(values["total_inc_vat"]), decimals(currency))
        if status in NOT_ISSUED:
            return Standing("draft", currency, total)
        paid = status == "paid"
        return Standing("paid" if paid else "open", currency, total, total if paid else Decimal(0))
