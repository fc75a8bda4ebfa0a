"""Write back to the source what its records became, by the linked mappings: numbers, payments.

A record that was just written needs no reading: the target's answer to the write is in the ledger. What the
source refuses is tried again by every run, once. The first write-back of a ledger goes alone: if the source
refuses it, the call is probably set wrong, and the run stops writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.model.address import Address
from engine.model.change import Change, Held, Part, Unchanged, Update
from engine.model.link import Link
from engine.model.payload import Payload
from engine.model.record import Notice, NotTyped, Record, Unusable, typed
from engine.passes.context import RunContext
from engine.passes.dismissed import Dismissed
from engine.passes.flow import Flow
from engine.passes.held import held_rows, hold, release
from engine.passes.plan.deciding import unconfirmed
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.gather import refused
from engine.passes.plan.unusable import held_unusable
from engine.passes.write.deliver import Delivery
from engine.passes.write.work import PendingWrite
from engine.planning.decide import ANSWER, BEGUN, IN_DOUBT, Rules, decide_known
from engine.planning.diff import diff

WRITTEN = ("created", "updated", "adopted")  # by this run
GONE = "gone"  # the source no longer has the record
NOT_TRIED = "no run has done that yet"  # it is made before anything is requested


def write_back_pending(context: RunContext, base: Flow) -> None:
    """Write back what no run has written back yet of a flow's records, as the target's answers in the ledger
    show it.

    A work queue makes room for its next page; the books are compared once, at the end. Nothing is read but
    what an earlier run wrote: it may have been paid, or a payment taken back, since.
    """
    for flow in context.write_backs(base):
        write_back = WriteBack(context, flow)
        write_back.decide_pending()
        if keys := write_back.written_earlier():
            write_back = WriteBack(context, flow)
            write_back.decide(record for record in flow.read(keys=keys) if isinstance(record, Record))
            write_back.decide_pending()
        write_back.carry_out()


def mark_lost(context: RunContext, plan: FlowPlan) -> None:
    """Owe again what the source accepted, and does not show now: its answer was wrong, or it was removed.

    If it shows none at all, it may show them under another name: then only the first is written again.
    What this run has written itself is not repeated in its next round: the same would come of it.
    """
    field = plan.flow.source.schema.external_id
    shown = [change.payload for change in plan.changes if isinstance(change, Unchanged)]
    without = [payload for payload in shown if payload.address not in plan.external_ids] if field else []
    for flow in context.write_backs(plan.flow):
        lost = [link for payload in without if (link := _settled_link(context, flow, payload, field or ""))]
        lost = [link for link in lost if (flow.name, link.address) not in context.tried]
        if not lost or (not plan.external_ids and any(name == flow.name for name, _ in context.tried)):
            continue
        again = lost if plan.external_ids else lost[:1]
        context.ledger.links.save(replace(link, fingerprint="", body={}) for link in again)
        names = ", ".join(str(link.body.get(field or "")) for link in lost[:5]) + (", …" if lost[5:] else "")
        source = plan.flow.source.system_name
        repeated = "written" if len(again) == len(lost) else "the first is written"
        notice = f"{source} does not show {len(lost):,} numbers that it accepted ({names}); {repeated}"
        context.report.add_notices([f"{notice} back again"])


def _settled_link(context: RunContext, flow: Flow, payload: Payload, field: str) -> Link | None:
    """The write-back of a record's number, if it was accepted."""
    base = context.ledger.links.get(payload.mapping, payload.address)
    link = context.ledger.links.get(flow.name, base.target) if base is not None else None
    return link if link is not None and link.fingerprint and link.body.get(field) else None


def is_proven(context: RunContext, flows: Sequence[Flow]) -> bool:
    """Whether the source has ever accepted a write-back of these flows, or of others to the same streams."""
    streams = {flow.target.ref for flow in flows}
    others = [flow for flow in context.linked_flows() if flow.target.ref in streams]
    return not flows or any(context.ledger.links.any_settled(flow.name) for flow in others)


def owed(context: RunContext, base: Flow, addresses: set[Address]) -> dict[Address, str]:
    """Those of the records whose numbers are not written back yet, with the reason."""
    waiting: dict[Address, str] = {}
    for flow in context.write_backs(base):
        rows = held_rows(context, flow.name)
        for link in context.ledger.links.pending(base.name, flow.name):
            if link.address in addresses and _has_something(flow, link):
                row = rows.get(link.target)
                waiting[link.address] = row.reason if row is not None else NOT_TRIED
    return waiting


def _has_something(flow: Flow, link: Link) -> bool:
    """Whether the flow writes anything back for the record as it was last seen."""
    if not link.last_seen:
        return True  # its answer could not be read; the next reading shows it
    try:
        mapped = flow.mapper(Record(link.target, typed(link.last_seen, flow.source.schema)))
    except NotTyped:
        return True
    return bool(mapped.body) if isinstance(mapped, Payload) else mapped is not None


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
        self._dismissed = Dismissed(context, flow)
        rows = held_rows(context, self.base.name).values()
        self._differing = {row.address.key for row in rows if row.code == ANSWER}  # source keys
        self._decided: set[str] = set()
        self._unchanged: list[Address] = []
        self._in_order: list[Address] = []  # nothing is to be written back for them
        self._settled: list[Link] = []  # what they come to now was written back before
        self._held: list[Held] = []
        self._updates: list[Update] = []

    def decide(self, records: Iterable[Record]) -> None:
        """Decide for records of the target that the base flow has linked."""
        for record in records:
            self._decided.add(record.address.key)
            if self.sources.get(record.address.key) in self._differing:
                continue  # its invoice is held, and says so
            if self._dismissed.skipped(record.address, record.values):
                continue
            change = self._decide(record)
            if isinstance(change, Held | Update):
                self._dismissed.keep(record.address, record.values)
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
            if self._dismissed.skipped(unusable.address, unusable.values):
                continue
            if unusable.address.key in self.sources:
                self._dismissed.keep(unusable.address, unusable.values)
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
        if link is not None and _adds_nothing(link, payload):
            self._settled.append(replace(link, fingerprint=payload.fingerprint))
            self._unchanged.append(payload.address)
            return None
        row, approved = self._dismissed.rows(self._rows).get(record.address), self._approved.get(key, "")
        if row is not None and row.code == GONE:
            return Held.of(payload, row.code, row.reason, row.where)
        if row is not None and row.code != IN_DOUBT and not self._was_tried(payload):
            row = None  # refused by an earlier run: tried again
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

    def written_earlier(self) -> list[str]:
        """Keys of the records to be written back that this run has neither written nor adopted."""
        outcomes = self._context.report.flow(self.base.name).outcomes
        sources = {update.payload.address.key: update.target_id for update in self._updates}
        now = {address.key for address, outcome in outcomes.items() if outcome in WRITTEN}
        return sorted(key for key, source in sources.items() if source not in now)

    def carry_out(self) -> None:
        context, name = self._context, self.flow.name
        counts = context.report.flow(name)  # in the report even if there is nothing to write back
        self._dismissed.save()
        for address in self._unchanged:
            counts.note(address, "unchanged")
        release(context, name, [*self._in_order, *self._unchanged])
        hold(context, self._held)
        context.ledger.links.save(self._settled)
        if self._updates and not context.stopped:
            self._write()
        self._dismissed.note_sources()

    def _write(self) -> None:
        context, name = self._context, self.flow.name
        context.report.add_notices(note for update in self._updates for note in update.payload.notes)
        self._mark_pending(self._updates)
        context.progress.stage(f"writing {name} back to {self.flow.target}", len(self._updates))
        writes = [_pending_write(update.payload, update.target_id) for update in self._updates]
        while writes and not is_proven(context, [self.flow]):
            first, *writes = writes
            self._deliver([first])
            if not is_proven(context, [self.flow]) and self._refused([first]):
                self._stop(first.part, len(writes))
                return
        self._deliver(writes)

    def _deliver(self, writes: Sequence[PendingWrite]) -> None:
        if not writes:
            return
        self._context.tried |= {(self.flow.name, write.part.address) for write in writes}
        Delivery(self._context, self.flow, "update").deliver(writes)
        if refused := self._refused(writes):
            self._hold_gone(refused)

    def _refused(self, writes: Sequence[PendingWrite]) -> list[Held]:
        """Those that were not written back, as they are held; without those that the source no longer has."""
        held = (self._context.report.held.get((self.flow.name, write.part.address)) for write in writes)
        return [row for row in held if row is not None and row.code != GONE]

    def _hold_gone(self, refused: Sequence[Held]) -> None:
        """A record that the source no longer has refuses its write-back for good: it is not tried again."""
        keys = {held.address: self.sources[held.address.key] for held in refused if held.code != BEGUN}
        answers = list(self.flow.target.read(keys=sorted(keys.values()))) if keys else []
        if any(isinstance(answer, Notice) for answer in answers):
            return  # absence proves nothing
        present = {answer.address.key for answer in answers if isinstance(answer, Record)}
        gone = [held for held in refused if held.address in keys and keys[held.address] not in present]
        reason = f"{self.flow.target.system_name} no longer has the record; nothing can be written back"
        hold(self._context, [replace(held, code=GONE, reason=reason) for held in gone])

    def _stop(self, part: Part, waiting: int) -> None:
        context, source = self._context, self.flow.target.system_name
        held = context.report.held.get((self.flow.name, part.address))
        reason = held.reason if held is not None else "no reason is known"
        more = f", and {waiting:,} more write-backs wait" if waiting else ""
        context.stopped = (
            f"stopped: {source} did not accept the first write-back, of {part.title or part.address} "
            f"({reason}). No further record is created and nothing is e-mailed{more}: correct how "
            f"{source} is written to, then run again"
        )
        context.report.add_notices([context.stopped])

    def _was_tried(self, payload: Payload) -> bool:
        return (self.flow.name, payload.address) in self._context.tried

    def _mark_pending(self, updates: Sequence[Update]) -> None:
        links = (self._context.ledger.links.get(self.flow.name, update.payload.address) for update in updates)
        pending = [replace(link, fingerprint="") for link in links if link is not None]
        self._context.ledger.links.save(pending)


def _adds_nothing(link: Link, payload: Payload) -> bool:
    """Whether all of it was written back before: a payment that was removed adds nothing."""
    return all(difference.after is None for difference in diff(link.body, payload.body))


def _pending_write(payload: Payload, target_id: str) -> PendingWrite:
    return PendingWrite(Part(payload.address, payload.body, target_id, payload.title), payload.fingerprint)
