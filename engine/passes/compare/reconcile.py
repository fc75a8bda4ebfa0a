"""Reconcile: what we last sent, what the source says now, what the target says now.

Brings numbers and payments back by the linked mappings, and reports every difference. Edits made at the
target are reported, never copied back and never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.model.change import Change, Held, Part, Unchanged, Update
from engine.model.drift import Book
from engine.model.payload import Payload
from engine.model.record import NotTyped, Record, typed
from engine.model.report import Reconciled
from engine.passes.compare.books import BookComparison
from engine.passes.compare.readings import Readings
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows, hold, release
from engine.passes.plan.gather import refused, unconfirmed
from engine.passes.write.deliver import Delivery, PendingWrite
from engine.passes.write.recover import finish_begun
from engine.planning.decide import Rules, decide_known
from engine.planning.fingerprint import with_fingerprint


def reconcile(context: RunContext, *, full: bool) -> None:
    """Bring back and compare. `full` reads the whole target book; else what changed since the last time."""
    finish_begun(context)
    readings = Readings(full)
    bring_back(context, readings)
    move_cursors(context, readings)


def bring_back(context: RunContext, readings: Readings) -> None:
    """One round: read the targets, compare the books, write back. The report is over all rounds."""
    context.report.reconcile = context.report.reconcile or Reconciled()
    compared: dict[str, Reconciled] = {}
    for flow in context.linked_flows():
        write_back = _WriteBack(context, flow)
        base, fresh = write_back.base, readings.read(context, flow)
        write_back.decide(fresh)
        reading = readings.by_mapping[flow.name]
        compared[base.name] = BookComparison(context, base).compare(reading.records, reading.complete_since)
        # The next report knows documents that did not change since from what was observed now.
        linked = context.ledger.links.sources(base.name)
        observed = [(key, record.values) for key, record in fresh.items() if key in linked]
        context.ledger.links.record_observed(base.name, observed)
        write_back.carry_out()
    context.report.reconcile = _summed(compared)


def move_cursors(context: RunContext, readings: Readings) -> None:
    """Everything is done now: a run that ends earlier reads the same records again."""
    for name, reading in readings.by_mapping.items():
        if reading.latest is not None and not reading.partial:
            context.ledger.runs.move_cursor(name, reading.latest)


class _WriteBack:
    """One round of one linked flow: what is written back for the records that its base flow made.

    A write-back is pending until its receipt is settled: until then the link has no fingerprint, so that runs
    that do not read the record again still know of it.
    """

    def __init__(self, context: RunContext, flow: Flow) -> None:
        self._context, self._flow = context, flow
        self.base = context.flow(flow.program.linked or "")
        self._rules = Rules(flow.program.on_change, flow.program.create)
        self._changes: list[Change] = []
        self._in_order: list[Record] = []  # nothing is to be written back for them

    def decide(self, fresh: Mapping[str, Record]) -> None:
        """Decide for the records read now, and for those with a write-back pending from earlier on."""
        ledger, name = self._context.ledger, self._flow.name
        sources, known = ledger.links.sources(self.base.name), ledger.links.fingerprints(name)
        pending = {key for key in sources if key not in fresh and not known.get(key, ("",))[0]}
        linked = [record for key, record in fresh.items() if key in sources]
        rows, approved = held_rows(self._context, name), ledger.held.approved(name)
        begun = self._context.unconfirmed(name)
        for record in (*linked, *self._last_seen(pending)):
            key = record.address.key
            mapped = self._flow.mapper(record)
            if isinstance(mapped, tuple):
                self._changes.append(refused(self._flow, mapped, ""))
            elif mapped is None or not mapped.body:
                self._in_order.append(record)
            elif record.address in begun:
                self._changes.append(unconfirmed(mapped))
            else:
                payload = with_fingerprint(mapped)
                if known.get(key, ("",))[0] == payload.fingerprint:
                    self._changes.append(Unchanged(payload, sources[key]))
                    continue
                link, row = ledger.links.get(name, payload.address), rows.get(record.address)
                self._changes.append(
                    decide_known(payload, link, sources[key], self._rules, row, approved.get(key, ""))
                )

    def carry_out(self) -> None:
        context, name = self._context, self._flow.name
        counts = context.report.flow(name)  # in the report even if there is nothing to write back
        release(context, name, [record.address for record in self._in_order])
        unchanged = [change.payload.address for change in self._changes if isinstance(change, Unchanged)]
        for address in unchanged:
            counts.note(address, "unchanged")
        release(context, name, unchanged)
        hold(context, [change for change in self._changes if isinstance(change, Held)])
        updates = [change for change in self._changes if isinstance(change, Update)]
        if not updates:
            return
        self._mark_pending(updates)
        context.progress.stage(f"writing {name} back to {self._flow.target}", len(updates))
        writes = [_pending_write(update.payload, update.target_id) for update in updates]
        Delivery(context, self._flow, "update").deliver(writes)

    def _last_seen(self, keys: set[str]) -> Iterator[Record]:
        """Records that were not read now, as they were last seen.

        Their write-back was never made, or begun and never settled: they were adopted long after they last
        changed, refused and retried, or a run was cut short.
        """
        if not keys:
            return
        for link in self._context.ledger.links.all(self.base.name):
            if link.target.key in keys and link.last_seen:
                try:
                    yield Record(link.target, typed(link.last_seen, self._flow.source.schema))
                except NotTyped:  # saved by an older version; the next full reading replaces it
                    continue

    def _mark_pending(self, updates: Sequence[Update]) -> None:
        links = (
            self._context.ledger.links.get(self._flow.name, update.payload.address) for update in updates
        )
        pending = [replace(link, fingerprint="") for link in links if link is not None]
        self._context.ledger.links.save(pending)


def _pending_write(payload: Payload, target_id: str) -> PendingWrite:
    return PendingWrite(Part(payload.address, payload.body, target_id, payload.title), payload.fingerprint)


def _summed(compared: Mapping[str, Reconciled]) -> Reconciled:
    total = Reconciled()
    books: dict[str, Book] = {}
    for reconciled in compared.values():
        total.rows += reconciled.rows
        total.documents += reconciled.documents
        for book in reconciled.books:
            books[book.currency] = book + books[book.currency] if book.currency in books else book
    total.books = [books[currency] for currency in sorted(books)]
    return total
