"""Reconcile: what we last sent, what the source says now, what the target says now.

Brings numbers and payments back by the linked mappings, and reports every difference. Edits made at the
target are reported, never copied back and never overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.model.drift import Book
from engine.model.report import Reconciled
from engine.passes.compare.books import BookComparison
from engine.passes.compare.readings import Readings
from engine.passes.compare.write_back import WriteBack
from engine.passes.context import RunContext
from engine.passes.write.recover import finish_begun


def reconcile(context: RunContext, *, full: bool) -> None:
    """Bring back and compare. `full` reads the whole target book; else what changed since the last time."""
    finish_begun(context)
    readings = Readings(full)
    bring_back(context, readings)
    move_cursors(context, readings)


def bring_back(context: RunContext, readings: Readings) -> None:
    """Read the targets, compare the books, write back."""
    compared: dict[str, Reconciled] = {}
    for flow in context.linked_flows():
        write_back = WriteBack(context, flow)
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
