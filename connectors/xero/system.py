"""Xero, opened: the four parts of the sdk's `System`, over one client and one reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from connectors.xero import finding, money
from connectors.xero.allocating import Allocator, foresee
from connectors.xero.client import Client
from connectors.xero.mailing import MAILS, Mailer
from connectors.xero.obstacles import allowance
from connectors.xero.preflight import preflight
from connectors.xero.reading import Reader
from connectors.xero.resource import Resource
from connectors.xero.rules.taken import TakenValues
from connectors.xero.settings import XeroSettings
from connectors.xero.streams import ORGANISATION, RESOURCES, TRACKING
from connectors.xero.taxes import Taxes
from connectors.xero.tracking import with_option_ids
from connectors.xero.writing import Writer
from engine.sdk import (
    ActionPreview,
    Actions,
    Allowance,
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
    SyncError,
    System,
    Target,
    UnavailableError,
    refuse,
)


def open_xero(settings: XeroSettings, context: Context) -> System:
    """One organisation, ready for five writes at once. Sends no request yet."""
    client = Client(settings, context)
    reader, writer = Reader(client, context.system, context.since), Writer(client)
    taxes, mailer = Taxes(reader), Mailer(client, writer)
    taken = TakenValues(lambda resource, rules: finding.find(reader, resource, rules, taken))
    return System(
        source=XeroSource(client, reader),
        target=XeroTarget(reader, writer, taxes, taken, mailer),
        actions=XeroActions(reader, Allocator(client, writer), mailer),
        books=XeroBooks(reader, taxes),
    )


class XeroSource(Source):
    def __init__(self, client: Client, reader: Reader) -> None:
        self._client, self._reader = client, reader

    @property
    def settings(self) -> XeroSettings:
        return self._client.settings

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
        """Read the organisation."""
        try:
            self._client.http.json(self._client.answer("Organisation"), "GET Organisation")
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
        del paths  # no field needs another request
        return self._reader.read(RESOURCES[stream], since, keys)


class XeroTarget(Target):
    def __init__(
        self, reader: Reader, writer: Writer, taxes: Taxes, taken: TakenValues, mailer: Mailer
    ) -> None:
        self._reader, self._writer, self._taxes, self._taken = reader, writer, taxes, taken
        self._mailer = mailer

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        return finding.find(self._reader, RESOURCES[stream], rules, self._taken) if rules else []

    def preflight(self, stream: str, bodies: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Finding]]:
        return preflight(self._reader, self._taxes, self._taken, RESOURCES[stream], bodies)

    def preflight_updates(
        self,
        stream: str,
        bodies: Sequence[Mapping[str, Any]],
        current: Sequence[Mapping[str, Any]],
        created: Sequence[Mapping[str, Any]] = (),
    ) -> Sequence[Sequence[Finding]]:
        resource = RESOURCES[stream]
        return preflight(self._reader, self._taxes, self._taken, resource, bodies, current, created)

    def write(self, batch: Batch) -> Sequence[Receipt]:
        resource = RESOURCES[batch.stream]
        receipts = [self._completed(receipt, resource) for receipt in self._writer.write(batch)]
        for receipt in receipts:
            self._taken.note(resource, receipt.observed)
        self._reader.note(resource, receipts)
        self._mailer.note(batch, receipts)
        return receipts

    def _completed(self, receipt: Receipt, resource: Resource) -> Receipt:
        """The receipt with the ids of tracking options, which answers may leave out.

        The records are written: an error here must not say otherwise.
        """
        if resource.document is None or not receipt.observed.get("LineItems"):
            return receipt
        with suppress(SyncError):
            observed = with_option_ids(receipt.observed, lambda: self._reader.reference(TRACKING))
            return replace(receipt, observed=observed)
        return receipt


class XeroActions(Actions):
    """E-mailing an invoice, allocating a credit note."""

    def __init__(self, reader: Reader, allocator: Allocator, mailer: Mailer) -> None:
        self._reader, self._allocator, self._mailer = reader, allocator, mailer

    def act(self, batch: Batch) -> Sequence[Receipt]:
        if batch.verb not in RESOURCES[batch.stream].stream.actions:
            return refuse(batch, f'xero.{batch.stream} has no action "{batch.verb}"', "xero.verb")
        return self._allocator.allocate(batch) if batch.verb == "allocate" else self._mailer.email(batch)

    def prepare(self, stream: str, verb: str, target_ids: Sequence[str]) -> None:
        if verb in RESOURCES[stream].stream.actions and verb in MAILS:
            self._mailer.prepare(target_ids)

    def action_findings(
        self, stream: str, verb: str, requests: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
    ) -> Sequence[Sequence[Finding]]:
        if verb not in MAILS:
            return super().action_findings(stream, verb, requests)
        return self._mailer.findings(verb, requests)

    def allowance(self, stream: str, verb: str) -> Allowance | None:
        del stream
        if verb not in MAILS:
            return None
        organisation = next(iter(self._reader.reference(ORGANISATION)), None)
        values = organisation.values if organisation is not None else {}
        return allowance(values, self._reader.client.settings.emails_a_day)

    def foresee(self, stream: str, verb: str, previews: Sequence[ActionPreview]) -> Sequence[Receipt]:
        if verb == "allocate":
            return foresee(previews)
        return super().foresee(stream, verb, previews)

    def acted(self, stream: str, verb: str, target_id: str, body: Mapping[str, Any]) -> bool | None:
        """Whether a document is marked as sent to its contact, or a credit note allocated to the invoice."""
        resource = RESOURCES[stream]
        if verb not in resource.stream.actions:
            return None
        if verb == "allocate":
            return self._allocator.is_allocated(target_id, body)
        documents = self._reader.client.one(f"{resource.path}/{target_id}").get(resource.path) or [{}]
        return documents[0].get("SentToContact") is True


class XeroBooks(Books):
    def __init__(self, reader: Reader, taxes: Taxes) -> None:
        self._reader, self._taxes = reader, taxes

    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        return money.totals(body, self._taxes.rates()) if RESOURCES[stream].document else {}

    def settle_difference(
        self, stream: str, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        if RESOURCES[stream].document is None:
            return None
        rates, taxes = self._taxes.rates(), self._taxes
        if policy == "adjust_tax":
            return money.adjust_tax(body, totals, rates)
        if policy == "rounding_line":
            return money.rounding_line(body, totals, rates, taxes.rounding_account(), taxes.no_tax())
        return None

    def base_currency(self) -> str:
        organisation = next(iter(self._reader.reference(ORGANISATION)), None)
        return str(organisation.values.get("BaseCurrency") or "") if organisation is not None else ""

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        document = RESOURCES[stream].document
        if document is None or "Total" not in values:
            return None
        return document.standing(values, str(values.get("CurrencyCode") or ""))

    def web_link(self, stream: str, key: str) -> str:
        """The long form, which switches the reader to this organisation (connectors/xero/API.md, 8)."""
        view = RESOURCES[stream].view
        if not view:
            return ""
        try:
            code = next(iter(self._reader.reference(ORGANISATION))).values.get("ShortCode")
        except (SyncError, StopIteration):
            return ""
        if not code:
            return ""
        web_url = self._reader.client.settings.web_url
        login = f"{web_url}/organisationlogin/default.aspx?shortcode={quote(str(code), safe='')}"
        return f"{login}&redirecturl={view}{key}"
