"""Compare both books, document by document, over the ledger's links. Reads; writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.model.amounts import amount
from engine.model.change import Difference
from engine.model.drift import DRIFT, NEWS, Book, Row, Standing
from engine.model.link import Link
from engine.model.payload import Payload
from engine.model.record import Notice, Record
from engine.model.report import Reconciled
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.planning import control_totals
from engine.planning.diff import drift

GONE = ("voided", "deleted")


@dataclass(frozen=True, slots=True)
class _SourceDocument:
    """What the source says of a document now."""

    payload: Payload | None  # None if its mapping skips or refuses it by now
    standing: Standing | None
    exists: bool = True


class BookComparison:
    """The books of one flow: what was sent, what the source says now, what the target says now."""

    def __init__(self, context: RunContext, flow: Flow) -> None:
        self._context, self._flow, self._target = context, flow, flow.target
        self._books: dict[str, Book] = {}

    def compare(self, records: Mapping[str, Record], complete_since: datetime | None) -> Reconciled:
        """The report. `records` is what was read of the target: everything that existed at
        `complete_since` and what changed since, or without it only what changed since an earlier reading.
        """
        documents, complete = self._source_documents()
        gone = _SourceDocument(None, None, exists=False) if complete else None
        reconciled = Reconciled()
        for link in self._context.ledger.links.all(self._flow.name):
            record = records.get(link.target.key)
            document = documents.get(link.address.key, gone)
            reconciled.documents += 1
            missing = record is None and _should_exist(link, complete_since)
            values = record.values if record is not None else {} if missing else link.last_seen
            if missing:
                reconciled.rows.append(self._row("missing", link, "no longer there"))
            else:
                reconciled.rows += self._rows(link, values, document)
            self._add_to_books(values, document)
        reconciled.rows += self._unknown(records)
        order = {kind: index for index, kind in enumerate((*DRIFT, *NEWS))}
        reconciled.rows.sort(key=lambda row: (order[row.kind], row.title))
        reconciled.books = [self._books[currency] for currency in sorted(self._books)]
        return reconciled

    def _source_documents(self) -> tuple[dict[str, _SourceDocument], bool]:
        """What the source has, and whether that is certainly all of it."""
        source, flow = self._flow.source, self._flow
        self._context.progress.stage(f"reading {source}")
        documents: dict[str, _SourceDocument] = {}
        complete = not source.schema.work_queue  # a queue leaves out what has been dealt with
        for record in flow.read():
            if isinstance(record, Notice):
                # That a queue shows only one page is not reported here; what cannot be read at all is.
                self._context.report.add_notices([record.message] if record.kind != "queue_full" else [])
                complete = False
                continue
            mapped = flow.mapper(record)
            payload = mapped if isinstance(mapped, Payload) else None
            documents[record.address.key] = _SourceDocument(payload, source.standing(record.values))
        return documents, complete

    def _rows(self, link: Link, values: Mapping[str, Any], document: _SourceDocument | None) -> Iterator[Row]:
        standing = self._target.standing(values)
        if standing is None:
            return
        if standing.state != "open":
            yield self._row(standing.state, link, "" if standing.state in GONE else standing.settlement)
        if standing.state in GONE:
            return
        if document is not None and not document.exists:
            yield self._row("unknown", link, f"{link.address.system} no longer has {link.address}")
        before = document.standing if document else None
        if before is not None and before.state == "paid" and standing.state in ("open", "part_paid"):
            yield self._row("unpaid", link, f"paid in {link.address.system}, not in {link.target.system}")
        if edited := drift(link.body, values, self._target.schema):
            yield self._row("edited", link, "", edited)
        if document is not None and document.payload is not None:
            yield from self._cents(link, document.payload, values)

    def _cents(self, link: Link, payload: Payload, values: Mapping[str, Any]) -> Iterator[Row]:
        computed = {
            name: Decimal(value)
            for name in payload.totals
            if isinstance(value := values.get(name), Decimal | int)
        }
        differing = control_totals.differences(payload, computed)
        within = control_totals.within(differing, payload.tolerance)
        accepted = payload.on_difference == "accept" and within
        if not accepted and not control_totals.settled(payload, computed):
            pairs = tuple(Difference(name, ours, theirs) for name, (ours, theirs) in differing.items())
            yield self._row("cents", link, "", pairs)

    def _add_to_books(self, values: Mapping[str, Any], document: _SourceDocument | None) -> None:
        """Add a document to both books' totals."""
        theirs = self._target.standing(values)
        ours = document.standing if document else None
        known = theirs or ours
        if known is None:
            return
        target = theirs.total if theirs is not None and theirs.state not in GONE else Decimal(0)
        # A page that was cut off does not show the document: its absence there proves nothing.
        unseen = Decimal(0) if document is not None and not document.exists else target
        source = ours.total if ours is not None else unseen
        book = self._books.get(known.currency, Book(known.currency, Decimal(0), Decimal(0), 0))
        self._books[known.currency] = book + Book(known.currency, source, target, 1)

    def _unknown(self, records: Mapping[str, Record]) -> Iterator[Row]:
        """Documents at the target that have no link, from the cut-off date on."""
        target, linked = self._target, self._context.linked_targets(self._flow)
        since = self._context.limits.first_run_since
        for key, record in records.items():
            standing = target.standing(record.values)
            dated = record.values.get(target.schema.date or "")
            old = since is not None and dated is not None and str(dated) < since.isoformat()
            if key in linked or standing is None or standing.state in GONE or old:
                continue
            title = target.title(record.values) or key
            note = f"{amount(standing.total)} {standing.currency}"
            yield Row("unknown", title, None, record.address, note, link=target.web_link(key))

    def _row(self, kind: str, link: Link, note: str, differences: tuple[Difference, ...] = ()) -> Row:
        target = self._context.stream(link.target.stream_ref)
        title = target.title(link.last_seen) or str(link.address)
        web_link = target.web_link(link.target.key)
        return Row(kind, title, link.address, link.target, note, differences, web_link)


def _should_exist(link: Link, complete_since: datetime | None) -> bool:
    """Whether a complete reading shows the record. What this run itself has written since is not missing,
    whatever the other side's clock says.
    """
    return complete_since is not None and (link.written_at is None or link.written_at < complete_since)
