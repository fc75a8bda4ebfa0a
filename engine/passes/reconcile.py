"""Reconcile: what we last sent, what the source says now, what the target says now.

Brings numbers and payments back by the linked mappings, and reports every difference. Edits made at the
target are reported, never copied back and never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.mapping import Program
from engine.model.change import Change, Held, Part, Receipt, Unchanged, Update
from engine.model.drift import Book
from engine.model.link import HeldRow
from engine.model.payload import Payload
from engine.model.record import NotTyped, Record, typed
from engine.model.report import Reconciled
from engine.passes.books import compare
from engine.passes.deliver import Parcel, deliver
from engine.passes.desk import Desk
from engine.passes.gather import refused, unsettled
from engine.passes.held import heard, keep, let_go, rows
from engine.passes.readings import Readings
from engine.passes.recover import finish_begun
from engine.planning.decide import Rules, decide_known
from engine.planning.fingerprint import with_fingerprint


def reconcile(desk: Desk, *, full: bool) -> None:
    """Bring back and compare. `full` reads the whole target book; else what changed since the last time."""
    finish_begun(desk)
    readings = Readings(full)
    bring_back(desk, readings)
    move_cursors(desk, readings)


def bring_back(desk: Desk, readings: Readings) -> None:
    """One round: read the targets, compare the books, write back. The report is over all rounds."""
    desk.report.reconcile = desk.report.reconcile or Reconciled()
    compared: dict[str, Reconciled] = {}
    for program in desk.flows(linked=True):
        base = desk.program(program.linked or "")
        fresh = readings.read(desk, program)
        changes, empty = _decided(desk, program, base, fresh)
        reading = readings.by_mapping[program.name]
        compared[base.name] = compare(desk, base, reading.records, reading.whole)
        _remember(desk, base, fresh)
        let_go(desk, program.name, [one.address for one in empty])
        _write_back(desk, program, changes)
    desk.report.reconcile = _summed(compared)


def move_cursors(desk: Desk, readings: Readings) -> None:
    """Only now is all of it done: a run that ends before reads the same once more."""
    for name, reading in readings.by_mapping.items():
        if reading.latest is not None and not reading.partial:
            desk.ledger.runs.move_cursor(name, reading.latest)


def _decided(
    desk: Desk, program: Program, base: Program, fresh: Mapping[str, Record]
) -> tuple[list[Change], list[Record]]:
    """What is to be written back for the records that the base mapping made; those that ask for nothing."""
    sources, known = desk.ledger.links.sources(base.name), desk.ledger.links.fingerprints(program.name)
    owed = {key for key in sources if key not in fresh and not known.get(key, ("",))[0]}
    ours = [record for key, record in fresh.items() if key in sources]
    refusals, begun = rows(desk, program.name), desk.unsettled(program.name)
    agreed = desk.ledger.held.approved(program.name)
    changes: list[Change] = []
    empty: list[Record] = []
    for record in (*ours, *_owed(desk, program, base, owed)):
        mapped = desk.mapper(program)(record)
        if isinstance(mapped, tuple):
            changes.append(refused(program, mapped, ""))
        elif mapped is None or not mapped.body:
            empty.append(record)
        elif record.address in begun:
            changes.append(unsettled(mapped))
        else:
            payload, target_id = with_fingerprint(mapped), sources[record.address.key]
            same = known.get(record.address.key, ("",))[0] == payload.fingerprint
            row, word = refusals.get(record.address), agreed.get(record.address.key, "")
            changes.append(
                Unchanged(payload, target_id)
                if same
                else _changed(desk, program, payload, target_id, row, word)
            )
    return changes, empty


def _changed(
    desk: Desk, program: Program, payload: Payload, target_id: str, row: HeldRow | None, agreed: str
) -> Change:
    link, rules = (
        desk.ledger.links.get(program.name, payload.address),
        Rules(program.on_change, program.create),
    )
    return decide_known(payload, link, target_id, rules, row, agreed)


def _owed(desk: Desk, program: Program, base: Program, owed: set[str]) -> Iterator[Record]:
    """As they were last seen, records that something is owed for from earlier on and that were not read now.

    Owed is what was never written back, or begun and never settled: it was adopted long after it last
    changed, refused and released, or cut short.
    """
    if not owed:
        return
    _, stream = desk.source(program)
    for link in desk.ledger.links.all(base.name):
        if link.target.key in owed and link.seen:
            try:
                yield Record(link.target, typed(link.seen, stream))
            except NotTyped:  # kept by an older version; the next full reading has it anew
                continue


def _write_back(desk: Desk, program: Program, changes: Sequence[Change]) -> None:
    flow = desk.report.flow(program.name)
    fine = [one.payload.address for one in changes if isinstance(one, Unchanged)]
    for address in fine:
        flow.note(address, "unchanged")
    let_go(desk, program.name, fine)
    keep(desk, [one for one in changes if isinstance(one, Held)])
    updates = [one for one in changes if isinstance(one, Update)]
    if not updates:
        return
    _owe(desk, program, updates)
    desk.watch.stage(f"writing {program.name} back to {program.target}", len(updates))

    def settled(parcel: Parcel, receipt: Receipt) -> None:
        desk.watch.step()
        heard(desk, program, "update", parcel.part, receipt)

    deliver(desk, program, "update", [_parcel(one) for one in updates], settled)


def _parcel(update: Update) -> Parcel:
    payload = update.payload
    return Parcel(Part(payload.address, payload.body, update.target_id, payload.title), payload.fingerprint)


def _owe(desk: Desk, program: Program, updates: Sequence[Update]) -> None:
    """Take the fingerprint off links that are about to change: until the receipt is settled, what is to be
    written back is owed, also to runs that do not read the record again."""
    links = (desk.ledger.links.get(program.name, one.payload.address) for one in updates)
    desk.ledger.links.save([replace(link, fingerprint="") for link in links if link is not None])


def _remember(desk: Desk, base: Program, fresh: Mapping[str, Record]) -> None:
    """Keep what was seen, so that the next report knows of documents that did not change since."""
    linked = desk.ledger.links.sources(base.name)
    desk.ledger.links.record_observed(
        base.name, [(key, record.values) for key, record in fresh.items() if key in linked]
    )


def _summed(compared: Mapping[str, Reconciled]) -> Reconciled:
    total = Reconciled()
    books: dict[str, Book] = {}
    for one in compared.values():
        total.rows += one.rows
        total.documents += one.documents
        for book in one.books:
            books[book.currency] = _added(books.get(book.currency), book)
    total.books = [books[currency] for currency in sorted(books)]
    return total


def _added(one: Book | None, other: Book) -> Book:
    if one is None:
        return other
    documents = one.documents + other.documents
    return Book(other.currency, one.source + other.source, one.target + other.target, documents)
