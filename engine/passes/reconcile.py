"""Reconcile: what we last sent, what the source says now, what the target says now.

Brings numbers and payments back by the linked mappings, and reports every difference. Edits made at the
target are reported, never copied back and never overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.mapping import Program
from engine.model.change import Change, Part, Receipt, Unchanged, Update
from engine.model.payload import Payload, Refusal
from engine.model.record import Notice, Record
from engine.model.report import Reconciled
from engine.passes.books import compare
from engine.passes.deliver import Parcel, deliver
from engine.passes.desk import Desk
from engine.passes.gather import refused
from engine.passes.push import keep
from engine.planning.decide import Rules, decide_known
from engine.planning.fingerprint import with_fingerprint


@dataclass(slots=True)
class Reading:
    """What was read of the target for one linked mapping."""

    full: bool
    records: dict[str, Record] = field(default_factory=dict)  # target key -> record
    latest: datetime | None = None  # when the newest of them changed


def reconcile(desk: Desk, *, full: bool) -> None:
    """Bring back and compare. `full` reads the whole target book; else what changed since the last time."""
    desk.report.reconcile = desk.report.reconcile or Reconciled()
    compared: dict[str, Reconciled] = {}
    for program in desk.flows(linked=True):
        base = desk.program(program.linked or "")
        reading = _read(desk, program, full)
        changes = _decided(desk, program, base, reading)
        compared[base.name] = compare(desk, base, reading.records, full=reading.full)
        _remember(desk, base, reading)
        _bring_back(desk, program, changes)
        if reading.latest is not None:
            desk.ledger.move_cursor(program.name, reading.latest)
    desk.report.reconcile = _summed(compared)


def _read(desk: Desk, program: Program, full: bool) -> Reading:
    since = None if full else desk.ledger.cursor(program.name)
    reading = Reading(full=since is None)
    desk.watch.stage(f"reading {program.source}")
    for item in desk.read(program, since=since):
        if isinstance(item, Notice):
            desk.report.say([item.message])
            continue
        reading.records[item.address.key] = item
        if item.changed is not None:
            reading.latest = max(filter(None, (reading.latest, item.changed)))
        desk.watch.step()
    return reading


def _decided(desk: Desk, program: Program, base: Program, reading: Reading) -> list[tuple[Payload, Change]]:
    """What is to be written back, for the records that the base mapping made."""
    linked = desk.ledger.linked_sources(base.name)
    known = desk.ledger.fingerprints(program.name)
    rules = Rules(program.on_change, program.create)
    decided: list[tuple[Payload, Change]] = []
    for key, record in reading.records.items():
        if key not in linked:
            continue
        mapped = desk.mapper(program)(record)
        if isinstance(mapped, tuple):
            _hold(desk, program, mapped)
        elif mapped is not None and mapped.body:
            payload = with_fingerprint(mapped)
            fingerprint, _ = known.get(key, ("", ""))
            if fingerprint == payload.fingerprint:
                change: Change = Unchanged(payload, linked[key])
            else:
                link = desk.ledger.link(program.name, record.address)
                change = decide_known(payload, link, linked[key], rules)
            decided.append((payload, change))
    return decided


def _hold(desk: Desk, program: Program, refusals: tuple[Refusal, ...]) -> None:
    keep(desk, refused(program, refusals, ""))


def _bring_back(desk: Desk, program: Program, decided: list[tuple[Payload, Change]]) -> None:
    flow = desk.report.flow(program.name)
    parcels = []
    for payload, change in decided:
        if isinstance(change, Update):
            part = Part(payload.address, payload.body, change.target_id, payload.title)
            parcels.append(Parcel(part, payload.fingerprint))
        elif isinstance(change, Unchanged):
            flow.note(payload.address, "unchanged")
        else:
            keep(desk, change)  # type: ignore[arg-type]  # decide_known gives no other kind

    def settled(parcel: Parcel, receipt: Receipt) -> None:
        desk.watch.step()
        if receipt.outcome == "done":
            flow.note(parcel.part.address, "updated")
        elif receipt.outcome == "refused":
            desk.report.refuse(program.name, desk.target_name(program), parcel.part, receipt)

    if parcels:
        desk.watch.stage(f"writing {program.name} back to {program.target}", len(parcels))
    deliver(desk, program, "update", parcels, settled)


def _remember(desk: Desk, base: Program, reading: Reading) -> None:
    """Keep what was seen, so that the next report knows of documents that did not change since."""
    linked = desk.ledger.linked_sources(base.name)
    seen: list[tuple[str, Mapping[str, Any]]] = [
        (key, record.values) for key, record in reading.records.items() if key in linked
    ]
    desk.ledger.saw(base.name, seen)


def _summed(compared: Mapping[str, Reconciled]) -> Reconciled:
    total = Reconciled()
    for one in compared.values():
        total.rows += one.rows
        total.books += one.books
        total.documents += one.documents
    return total
