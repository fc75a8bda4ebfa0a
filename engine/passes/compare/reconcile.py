"""Reconcile: what we last sent, what the source says now, what the target says now.

Brings numbers and payments back by the linked mappings, and reports every difference. Edits made at the
target are reported, never copied back and never overwritten.
"""

from __future__ import annotations

from engine.passes.compare.books import compare_books
from engine.passes.compare.readings import Readings
from engine.passes.compare.sources import read_sources, source_readings
from engine.passes.context import RunContext
from engine.passes.write.failed import hold_repeated
from engine.passes.write.recover import finish_begun
from engine.passes.write.write_back import WriteBack


def reconcile(context: RunContext, *, full: bool) -> None:
    """Bring back and compare. `full` reads the whole target book; else what changed since the last time."""
    finish_begun(context)
    bring_back(context, Readings(full, context.now()))


def bring_back(context: RunContext, readings: Readings) -> None:
    """Read the targets, write back, compare the books."""
    write_backs = [WriteBack(context, flow) for flow in context.linked_flows()]
    for write_back in write_backs:
        readings.read(context, write_back)
    bases = list({write_back.base.name: write_back.base for write_back in write_backs}.values())
    read_sources(context, bases, full=readings.full)
    report = context.report.reconcile = compare_books(context, bases)
    report.readings = [*source_readings(context), *readings.report(context)]
    for write_back in write_backs:
        write_back.decide_pending()
        write_back.carry_out()
    hold_repeated(context)
    _move_cursors(context, readings)


def _move_cursors(context: RunContext, readings: Readings) -> None:
    """Everything is done now: a run that ends earlier reads the same records again."""
    for name, reading in readings.by_mapping.items():
        if reading.latest is not None and not reading.partial and not reading.unusable:
            context.ledger.runs.move_cursor(name, reading.latest)
