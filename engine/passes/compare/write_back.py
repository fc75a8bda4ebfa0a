"""Write back to the source what its records became, by the linked mappings: numbers, payments.

A record that was just written needs no reading: the target's answer to the write is in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.model.change import Change, Held, Part, Unchanged, Update
from engine.model.payload import Payload
from engine.model.record import NotTyped, Record, typed
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows, hold, release
from engine.passes.plan.deciding import unconfirmed
from engine.passes.plan.gather import refused
from engine.passes.write.deliver import Delivery, PendingWrite
from engine.planning.decide import Rules, decide_known
from engine.planning.fingerprint import with_fingerprint


def write_back_pending(context: RunContext) -> None:
    """Write back what no run has written back yet, as the target's answers in the ledger show it.

    Reads nothing: a work queue makes room for its next page, and the books are compared once, at the end.
    """
    for flow in context.linked_flows():
        write_back = WriteBack(context, flow)
        write_back.decide({})
        write_back.carry_out()


class WriteBack:
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
        linked = [record for key, record in fresh.items() if key in sources]
        rows, approved = held_rows(self._context, name), ledger.held.approved(name)
        begun = self._context.unconfirmed(name)
        for record in (*linked, *self._pending(fresh)):
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
        context.report.add_notices(note for update in updates for note in update.payload.notes)
        self._mark_pending(updates)
        context.progress.stage(f"writing {name} back to {self._flow.target}", len(updates))
        writes = [_pending_write(update.payload, update.target_id) for update in updates]
        Delivery(context, self._flow, "update").deliver(writes)

    def _pending(self, fresh: Mapping[str, Record]) -> Iterator[Record]:
        """Records that were not read now, as they were last seen.

        Their write-back was never made, or begun and never settled: they were just written, or adopted long
        after they last changed, or refused and retried, or a run was cut short.
        """
        for link in self._context.ledger.links.pending(self.base.name, self._flow.name):
            if link.target.key not in fresh and link.last_seen:
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
