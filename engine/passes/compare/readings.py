"""Read the targets' books: what changed is recorded in the ledger as it is read, so nothing piles up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from engine.ledger import chunks
from engine.model.drift import GONE, BookReading, Document
from engine.model.record import Elsewhere, Entry, Notice, Record, Unusable
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.write.write_back import WriteBack


@dataclass(slots=True)
class Reading:
    """What was read of the target for one linked mapping."""

    since: datetime | None
    keys: set[str] = field(default_factory=set)
    partial: bool = False  # something was not shown: absence proves nothing, and the cursor must not move
    unusable: list[Unusable] = field(default_factory=list)  # read again until they can be: nor then
    latest: datetime | None = None  # when the newest of them changed
    narrowed: bool = False  # not all were listed: what is linked is asked for by its id
    unlisted: bool = False  # none were listed: what is not linked was not read

    @property
    def is_whole(self) -> bool:
        """Whether what it does not show does not exist."""
        return self.since is None and not self.partial


@dataclass(slots=True)
class Readings:
    """One reading per linked mapping. `full` reads the complete book; else what changed since the last time.

    `began`: what was written after that moment is not missing, whatever the other side's clock says.
    """

    full: bool
    began: datetime
    by_mapping: dict[str, Reading] = field(default_factory=dict)

    def read(self, context: RunContext, write_back: WriteBack) -> None:
        """Read the target, record in the ledger what it shows, and decide what is to be written back."""
        flow = write_back.flow
        since = None if self.full else context.ledger.runs.cursor(flow.name)
        reading = self.by_mapping[flow.name] = Reading(since)
        linked, base = context.linked_targets(write_back.base), write_back.base
        context.progress.stage(f"reading {flow.source}")
        records = _records(context, flow, reading, write_back.sources)
        for chunk in chunks(records):
            ours = [record for record in chunk if record.address.key in write_back.sources]
            write_back.decide(ours)
            # What did not change since is known to the next run from what was observed now.
            observed = [(record.address.key, record.values) for record in ours]
            context.ledger.links.record_observed(base.name, observed)
            _save_strangers(context, base, [record for record in chunk if record.address.key not in linked])
            context.ledger.documents.drop(record.address for record in ours)  # it is not missing any more
        write_back.hold_unusable(reading.unusable)
        if reading.is_whole:
            if not reading.unlisted:
                _forget_unseen(context, base, reading, linked)
            _save_missing(context, base, reading, self.began)

    def report(self, context: RunContext) -> Iterator[BookReading]:
        for name, reading in self.by_mapping.items():
            stream = str(context.flow(name).source)
            yield BookReading(
                stream, len(reading.keys), reading.since, not (reading.partial or reading.unlisted)
            )


def _records(context: RunContext, flow: Flow, reading: Reading, linked: Collection[str]) -> Iterator[Record]:
    yield from _seen(context, flow.read(since=reading.since), reading)
    if reading.narrowed:
        unseen = [key for key in linked if key not in reading.keys]
        yield from _seen(context, flow.read(keys=unseen), reading)


def _seen(context: RunContext, entries: Iterable[Entry], reading: Reading) -> Iterator[Record]:
    for record in entries:
        if isinstance(record, Notice):
            context.report.add_notices([record.message])
            reading.narrowed |= record.kind in ("narrowed", "unlisted")
            reading.unlisted |= record.kind == "unlisted"
            reading.partial |= record.kind not in ("narrowed", "unlisted")
            continue
        if isinstance(record, Elsewhere):
            continue
        reading.keys.add(record.address.key)
        if isinstance(record, Unusable):
            reading.unusable.append(record)
            continue
        if record.changed is not None:
            reading.latest = max(filter(None, (reading.latest, record.changed)))
        context.progress.step()
        yield record


def _save_strangers(context: RunContext, base: Flow, records: list[Record]) -> None:
    """Documents of the target that no source record became, from the cut-off date on."""
    target, known, gone = base.target, [], []
    for record in records:
        standing = target.standing(record.values)
        if standing is None or standing.state in GONE or _too_old(context, base, record):
            gone.append(record.address)
        else:
            known.append(Document(record.address, target.title(record.values), standing))
    context.ledger.documents.save(known)
    context.ledger.documents.drop(gone)


def _too_old(context: RunContext, base: Flow, record: Record) -> bool:
    since, dated = context.limits.first_run_since, record.values.get(base.target.schema.date or "")
    return since is not None and dated is not None and str(dated) < since.isoformat()


def _forget_unseen(context: RunContext, base: Flow, reading: Reading, linked: set[str]) -> None:
    known = context.ledger.documents.unlinked_targets(base.target.ref, base.name)
    gone = [document.address for document in known if document.address.key not in reading.keys]
    context.ledger.documents.drop(address for address in gone if address.key not in linked)


def _save_missing(context: RunContext, base: Flow, reading: Reading, began: datetime) -> None:
    """Linked documents that the target no longer shows: later runs, which read less, know of it too."""

    def missing() -> Iterator[Document]:
        for link in context.ledger.links.all(base.name):
            written_before = link.written_at is None or link.written_at < began
            if link.target.key not in reading.keys and written_before:
                yield Document(link.target, base.target.title(link.last_seen), None, absent=True)

    context.ledger.documents.save(missing())
