"""The source side of the books: read it if this run has not done so, and find what is gone from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from engine.ledger import CHUNK
from engine.model.drift import BookReading, Document
from engine.model.record import Elsewhere, Notice, Unusable
from engine.passes.context import RunContext, SeenDocuments
from engine.passes.documents import end_reading, note_document, note_unusable, save_documents
from engine.passes.flow import Flow, OpenStream

FEW = 50  # linked documents that a run asks for because a reading did not show them


def read_sources(context: RunContext, bases: Sequence[Flow], *, full: bool) -> None:
    """Bring the ledger's documents of the sources up to date, as far as this run reads them."""
    for source in {base.source.ref: base.source for base in bases}.values():
        flows = [base for base in bases if base.source.ref == source.ref]
        if source.ref not in context.seen:
            _read(context, source, flows)
        seen = context.seen[source.ref]
        save_documents(context)
        if seen.complete:
            _settle_unseen(context, source, flows, seen, full=full)


def source_readings(context: RunContext) -> Iterator[BookReading]:
    for ref, seen in context.seen.items():
        yield BookReading(str(ref), len(seen.keys), None, seen.complete)


def _read(context: RunContext, source: OpenStream, flows: Sequence[Flow]) -> None:
    context.progress.stage(f"reading {source}")
    complete = True
    for record in source.read(paths=frozenset(chain.from_iterable(flow.program.paths for flow in flows))):
        if isinstance(record, Notice):
            # That a queue shows only one page is not reported here; what cannot be read at all is.
            context.report.add_notices([record.message] if record.kind != "queue_full" else [])
            complete = False
            continue
        if isinstance(record, Elsewhere):
            continue
        for flow in flows:
            if isinstance(record, Unusable):
                note_unusable(context, flow, record, left_out=flow.leaves_out(record))
            else:
                note_document(context, flow, record.address, record.values, flow.mapper(record))
        if len(context.seen[source.ref].fresh) >= CHUNK:
            save_documents(context)
    for flow in flows:
        end_reading(context, flow, complete=complete)


def _settle_unseen(
    context: RunContext, source: OpenStream, flows: Sequence[Flow], seen: SeenDocuments, *, full: bool
) -> None:
    """What a complete reading does not show does not exist: it leaves the books, unless it was pushed."""
    linked = {key for flow in flows for key in context.ledger.links.fingerprints(flow.name)}
    context.ledger.documents.drop(
        document.address
        for document in context.ledger.documents.unlinked_sources(source.ref, flows[0].name)
        if document.address.key not in seen.keys and document.address.key not in linked
    )
    unseen = sorted(linked - seen.keys)
    if source.schema.work_queue and unseen:
        # A queue leaves out what has been dealt with: these are asked for by their keys.
        if not full and len(unseen) > FEW:
            return
        found, certain = _read_keys(context, source, unseen)
        unseen = [key for key in unseen if key not in found] if certain else []
    for start in range(0, len(unseen), CHUNK):
        chunk = unseen[start : start + CHUNK]
        titles = {key: one.title for key, one in context.ledger.documents.get(source.ref, chunk).items()}
        context.ledger.documents.save(
            Document(source.ref.address(key), titles.get(key, ""), None, absent=True) for key in chunk
        )


def _read_keys(context: RunContext, source: OpenStream, keys: Sequence[str]) -> tuple[set[str], bool]:
    """The documents with these keys that exist, and whether the others certainly do not."""
    answers = list(source.read(keys=keys))
    records = [answer for answer in answers if not isinstance(answer, Notice | Elsewhere)]
    context.ledger.documents.save(
        Document(record.address, source.title(record.values), source.standing(record.values))
        for record in records
    )
    shown = {answer.address.key for answer in answers if not isinstance(answer, Notice)}
    return shown, not any(isinstance(answer, Notice) for answer in answers)
