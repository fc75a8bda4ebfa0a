"""The source side of the books: read it if this run has not done so, and find what is gone from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from engine.ledger import CHUNK, chunks
from engine.model.drift import BookReading, Document
from engine.model.record import Elsewhere, Notice, Record, Unusable
from engine.passes.context import RunContext, SeenDocuments
from engine.passes.documents import end_reading, note_document, note_unusable, save_documents
from engine.passes.flow import Flow, OpenStream
from engine.passes.held import release

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
    documents = context.ledger.documents
    linked = {key for flow in flows for key in context.ledger.links.fingerprints(flow.name)}
    waiting = {row.address.key for flow in flows for row in context.ledger.held.rows(flow.name)}
    waiting |= {document.address.key for document in documents.unlinked_sources(source.ref, flows[0].name)}
    unseen = _without_absent(context, source, sorted((linked | waiting) - seen.keys))
    if source.schema.work_queue and unseen:
        # A queue leaves out what has been dealt with, and its system may cut off lists without saying so.
        absent = _search(context, source, unseen) if full or len(unseen) <= FEW else None
        seen.complete = absent is not None
        unseen = absent or []
    documents.drop(source.ref.address(key) for key in unseen if key not in linked)
    for flow in flows:
        release(context, flow.name, [source.ref.address(key) for key in unseen])
    for chunk in chunks([key for key in unseen if key in linked]):
        known = documents.get(source.ref, chunk)
        documents.save(
            Document(source.ref.address(key), known[key].title if key in known else "", None, absent=True)
            for key in chunk
        )


def _without_absent(context: RunContext, source: OpenStream, keys: Sequence[str]) -> list[str]:
    """Those that are not known to be gone already."""
    left: list[str] = []
    for chunk in chunks(keys):
        known = context.ledger.documents.get(source.ref, chunk)
        left += [key for key in chunk if not (key in known and known[key].absent)]
    return left


def _search(context: RunContext, source: OpenStream, keys: Sequence[str]) -> list[str] | None:
    """Ask for documents that a reading did not show: the keys of those that certainly do not exist. None if
    nothing is certain.
    """
    answers = list(source.read(keys=keys))
    entries = [answer for answer in answers if not isinstance(answer, Notice)]
    context.ledger.documents.save(
        Document(entry.address, source.title(entry.values), source.standing(entry.values))
        for entry in entries
        if not isinstance(entry, Elsewhere)
    )
    left = sorted(set(keys) - {entry.address.key for entry in entries})
    # One by one, by a filter: what is not in a list may have been cut off.
    name = source.schema.title
    if len(entries) < len(answers) or len(left) > FEW or name not in source.schema.match_fields:
        return [] if not left else None
    titles = {key: document.title for key, document in context.ledger.documents.get(source.ref, left).items()}
    if not all(titles.get(key) for key in left):
        return None
    return [key for key in left if key not in {record.address.key for record in _named(source, titles[key])}]


def _named(source: OpenStream, title: str) -> Sequence[Record]:
    (records,) = source.find([{source.schema.title: title}])
    return records
