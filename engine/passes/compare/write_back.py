"""Write back to the source what its records became, by the linked mappings: numbers, payments.

A record that was just written needs no reading: the target's answer to the write is in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.model.address import Address
from engine.model.change import Change, Held, Part, Unchanged, Update
from engine.model.payload import Payload
from engine.model.record import NotTyped, Record, Unusable, typed
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows, hold, release
from engine.passes.plan.deciding import unconfirmed
from engine.passes.plan.gather import refused
from engine.passes.plan.unusable import held_unusable
from engine.passes.write.deliver import Delivery
from engine.passes.write.work import PendingWrite
from engine.planning.decide import Rules, decide_known


def write_back_pending(context: RunContext) -> None:
    """Write back what no run has written back yet, as the target's answers in the ledger show it.

    Reads nothing: a work queue makes room for its next page, and the books are compared once, at the end.
    """
    for flow in context.linked_flows():
        write_back = WriteBack(context, flow)
        write_back.decide_pending()
        write_back.carry_out()


class WriteBack:
    """One round of one linked flow: what is written back for the records that its base flow made.

    A write-back is pending until its receipt is settled: until then the link has no fingerprint, so that runs
    that do not read the record again still know of it.
    """

    def __init__(self, context: RunContext, flow: Flow) -> None:
        self._context, self.flow = context, flow
        self.base = context.flow(flow.program.linked or "")
        self._rules = Rules(flow.program.on_change, flow.program.create, update=flow.update_rules)
        ledger, name = context.ledger, flow.name
        self.sources = ledger.links.sources(self.base.name)  # target key -> source key
        self._known = ledger.links.fingerprints(name)
        self._rows, self._approved = held_rows(context, name), ledger.held.approved(name)
        self._begun = context.unconfirmed(name)
        self._decided: set[str] = set()
        self._unchanged: list[Address] = []
        self._in_order: list[Address] = []  # nothing is to be written back for them
        self._held: list[Held] = []
        self._updates: list[Update] = []

    def decide(self, records: Iterable[Record]) -> None:
        """Decide for records of the target that the base flow has linked."""
        for record in records:
            self._decided.add(record.address.key)
            change = self._decide(record)
            if isinstance(change, Held):
                self._held.append(change)
            elif isinstance(change, Update):
                self._updates.append(change)
            elif isinstance(change, Unchanged):
                self._unchanged.append(change.payload.address)

    def hold_unusable(self, records: Iterable[Unusable]) -> None:
        """Hold what cannot be read of the documents that this config made; others are only reported."""
        for unusable in records:
            self._decided.add(unusable.address.key)
            if unusable.address.key in self.sources:
                self._held.append(held_unusable(unusable, self.flow))
            else:
                self._context.report.add_notices([f"{unusable.address}: {unusable.reason}"])

    def _decide(self, record: Record) -> Change | None:
        key = record.address.key
        mapped = self.flow.mapper(record)
        if isinstance(mapped, tuple):
            return refused(self.flow, mapped, "")
        if mapped is None or not mapped.body:
            self._in_order.append(record.address)
            return None
        if record.address in self._begun:
            return unconfirmed(mapped)
        payload = self.flow.with_fingerprint(mapped)
        if self._known.get(key, ("",))[0] == payload.fingerprint:
            self._unchanged.append(payload.address)
            return None
        link = self._context.ledger.links.get(self.flow.name, payload.address)
        row, approved = self._rows.get(record.address), self._approved.get(key, "")
        return decide_known(payload, link, self.sources[key], self._rules, row, approved)

    def decide_pending(self) -> None:
        """Decide for records that were not read now, as they were last seen.

        Their write-back was never made, or begun and never settled: they were just written, or adopted long
        after they last changed, or refused and retried, or a run was cut short.
        """
        for link in self._context.ledger.links.pending(self.base.name, self.flow.name):
            if link.target.key not in self._decided and link.last_seen:
                try:
                    record = Record(link.target, typed(link.last_seen, self.flow.source.schema))
                except NotTyped:  # saved by an older version; the next full reading replaces it
                    continue
                self.decide([record])

    def carry_out(self) -> None:
        context, name = self._context, self.flow.name
        counts = context.report.flow(name)  # in the report even if there is nothing to write back
        for address in self._unchanged:
            counts.note(address, "unchanged")
        release(context, name, [*self._in_order, *self._unchanged])
        hold(context, self._held)
        if not self._updates:
            return
        context.report.add_notices(note for update in self._updates for note in update.payload.notes)
        self._mark_pending(self._updates)
        context.progress.stage(f"writing {name} back to {self.flow.target}", len(self._updates))
        writes = [_pending_write(update.payload, update.target_id) for update in self._updates]
        Delivery(context, self.flow, "update").deliver(writes)

    def _mark_pending(self, updates: Sequence[Update]) -> None:
        links = (self._context.ledger.links.get(self.flow.name, update.payload.address) for update in updates)
        pending = [replace(link, fingerprint="") for link in links if link is not None]
        self._context.ledger.links.save(pending)


def _pending_write(payload: Payload, target_id: str) -> PendingWrite:
    return PendingWrite(Part(payload.address, payload.body, target_id, payload.title), payload.fingerprint)
