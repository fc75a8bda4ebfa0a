"""Read the source, map it, and decide for every record. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from engine.model.address import Address
from engine.model.change import Held, Skipped
from engine.model.link import HeldRow
from engine.model.payload import Payload, Refusal
from engine.model.record import Elsewhere, Entry, Notice, Record, Unusable
from engine.passes.context import RunContext
from engine.passes.dismissed import Dismissed
from engine.passes.documents import (
    Mapped,
    end_reading,
    note_dismissed,
    note_document,
    note_unusable,
    start_reading,
)
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.passes.plan.deciding import Decisions
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.heirs import follow_heirs
from engine.passes.plan.notes import add_notes
from engine.passes.plan.unusable import decide_unusable
from engine.planning.fingerprint import source_values


def gather(context: RunContext) -> list[FlowPlan]:
    """A plan for every flow that pushes, in the order in which they are to be carried out.

    Reading goes in the opposite order: a flow that refers to others is read before them, so that a mapping
    whose records are only wanted if something refers to them is read for just those. Whether something at
    the target is the record of a payload is decided after what the payload refers to.
    """
    start_reading(context)
    referenced: dict[str, set[str]] = defaultdict(set)
    deciding: list[Decisions] = []
    for flow in reversed(context.push_flows()):
        decisions = _read(context, flow, referenced[flow.name])
        for payload in (*decisions.plan.payloads(), *decisions.pending):
            for ref in (*payload.refs(), *payload.action_refs()):
                referenced[ref.mapping].add(ref.address.key)
        deciding.append(decisions)
    follow_heirs(context, deciding)
    decided = Decided(context)
    for decisions in reversed(deciding):
        decisions.finish(decided)
        decided.add(decisions.plan)
    plans = [decisions.plan for decisions in reversed(deciding)]
    _hold_once(plans)
    _skip_elsewhere(context, plans)
    for decisions in reversed(deciding):
        add_notes(context, decisions, decided)
    return plans


def _hold_once(plans: Sequence[FlowPlan]) -> None:
    """An unusable record that may belong to several mappings waits once, in the first of them, and not at
    all if a person has dismissed it there.
    """
    seen: set[Address] = set()
    for plan in plans:
        unusable = {unusable.address for unusable in plan.unusable}
        if again := unusable & seen:
            plan.to_release |= again
            plan.changes = [c for c in plan.changes if not (isinstance(c, Held) and c.address in again)]
        seen |= {c.address for c in plan.changes if isinstance(c, Held) and c.address in unusable}
        seen |= plan.dismissed.left_alone if plan.dismissed else set()


def _skip_elsewhere(context: RunContext, plans: Sequence[FlowPlan]) -> None:
    """Records that other configs push are counted once, however many mappings read their stream."""
    seen: set[Address] = set()
    for plan in plans:
        new = {address: owner for address, owner in plan.elsewhere.items() if address not in seen}
        seen.update(new)
        context.report.elsewhere.update(new)
        name = plan.flow.name
        plan.changes += [Skipped(address, name, f"belongs to {owner}") for address, owner in new.items()]


def gather_all(context: RunContext) -> list[FlowPlan]:
    """As `gather`, over the complete work queues, as far as their systems show them at once."""
    shown = -1
    while True:
        plans = gather(context)
        full = [plan for plan in plans if plan.queue_full]
        before, shown = shown, sum(plan.shown for plan in full)
        widened = [plan.flow.source.widen() for plan in full]
        if not any(widened) or shown == before:
            return plans


def refused(flow: Flow, refusals: Sequence[Refusal], title: str) -> Held:
    """A record that its mapping refused: one entry, with every reason."""
    first = refusals[0]
    reasons = "; ".join(dict.fromkeys(refusal.reason for refusal in refusals))
    return Held(first.address, flow.name, first.code, reasons, first.where, title)


def _read(context: RunContext, flow: Flow, referenced: set[str]) -> Decisions:
    """Read and map one flow, and decide as far as that needs nothing of the others."""
    only_referenced = flow.program.keys == "referenced"
    plan = FlowPlan(flow)
    if only_referenced and not referenced:
        return Decisions(context, plan, {})
    context.progress.stage(f"reading {flow.source}")
    payloads: list[Payload] = []
    keys: set[str] = set()
    compared = context.is_reconciled(flow)
    plan.dismissed = dismissed = Dismissed(context, flow)
    unlinked = context.ledger.links.unlinked(flow.name)
    entries = flow.read(keys=sorted(referenced) if only_referenced else None)
    for entry in entries if only_referenced else chain(entries, _unlinked(flow, unlinked, keys)):
        if isinstance(entry, Notice):
            _note(context, plan, entry)
        elif entry.address.key not in keys:  # pages that overlap show a record twice
            keys.add(entry.address.key)
            if isinstance(entry, Elsewhere):
                _add_elsewhere(plan, entry)
            elif skipped := dismissed.skipped(entry.address, entry.values):
                plan.changes.append(skipped)
                if compared:
                    note_dismissed(context, flow, entry)
            elif isinstance(entry, Unusable):
                plan.unusable.append(entry)
                dismissed.keep(entry.address, entry.values)
            else:
                dismissed.keep(entry.address, entry.values)
                mapped = _map(plan, entry, payloads)
                if compared:
                    note_document(context, flow, entry.address, entry.values, mapped)
            context.progress.step()
    rows = dismissed.rows(held_rows(context, flow.name))
    _decide_unusable(context, plan, rows, compared=compared)
    if compared:
        end_reading(context, flow, complete=plan.complete and not only_referenced)
    plan.absent, plan.shown = referenced - keys, len(keys)
    # What a queue does not show is asked for before the books are compared.
    asked_for = compared and flow.source.schema.work_queue
    if plan.complete and not only_referenced and not asked_for:
        plan.to_release |= {address for address in rows if address.key not in keys}
    context.progress.stage(f"deciding {flow.name}", len(payloads))
    decisions = Decisions(context, plan, rows)
    decisions.begin(payloads)
    return decisions


def _add_elsewhere(plan: FlowPlan, entry: Elsewhere) -> None:
    """Only what the mapping would push is counted: a draft is not pushed by any config."""
    plan.to_release.add(entry.address)  # held while its owner was not known
    if not plan.flow.leaves_out(entry):
        plan.elsewhere[entry.address] = entry.owner


def _unlinked(flow: Flow, unlinked: Collection[str], read: Collection[str]) -> Iterator[Entry]:
    """Records whose link a person has undone: a work queue does not show what was pushed before."""
    if missing := sorted(set(unlinked) - set(read)):
        yield from flow.read(keys=missing)


def _decide_unusable(
    context: RunContext, plan: FlowPlan, rows: Mapping[Address, HeldRow], *, compared: bool
) -> None:
    changes, left_out = decide_unusable(context, plan.flow, plan.unusable, rows)
    plan.changes += changes
    plan.to_release |= {*left_out}
    if compared:
        skipped = {change.address: change.reason for change in changes if isinstance(change, Skipped)}
        for unusable in plan.unusable:
            address = unusable.address
            why = skipped.get(address, "")
            note_unusable(context, plan.flow, unusable, left_out=address in left_out, why=why)


def _note(context: RunContext, plan: FlowPlan, notice: Notice) -> None:
    plan.complete = False
    if notice.kind == "queue_full":
        plan.queue_full = True  # not reported: rounds work the queue off
    else:
        context.report.add_notices([notice.message])


def _map(plan: FlowPlan, record: Record, payloads: list[Payload]) -> Mapped:
    source = plan.flow.source
    mapped = plan.flow.mapper(record)
    if record.remarks:
        plan.remarks[record.address] = record.remarks
    if source.schema.external_id and (external_id := record.values.get(source.schema.external_id)):
        plan.external_ids[record.address] = str(external_id)
    if isinstance(mapped, Payload):
        source_hashes = source_values(record.values, plan.flow.program.sent)
        payloads.append(replace(plan.flow.with_fingerprint(mapped), source=source_hashes))
    elif mapped is not None:
        plan.changes.append(refused(plan.flow, mapped, source.title(record.values)))
    else:
        plan.to_release.add(record.address)
    return mapped
