"""Read the source, map it, and decide for every record. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from engine.model.change import Held
from engine.model.payload import Payload, Refusal
from engine.model.record import Notice, Record
from engine.passes.context import RunContext
from engine.passes.documents import Mapped, end_reading, note_document, start_reading
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.passes.plan.deciding import Decisions
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.planning.fingerprint import with_fingerprint


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
    decided = Decided(context)
    for decisions in reversed(deciding):
        decisions.finish(decided)
        decided.add(decisions.plan)
    return [decisions.plan for decisions in reversed(deciding)]


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
    for record in flow.read(keys=sorted(referenced) if only_referenced else None):
        if isinstance(record, Notice):
            _note(context, plan, record)
        elif record.address.key not in keys:  # pages that overlap show a record twice
            keys.add(record.address.key)
            mapped = _map(plan, record, payloads)
            if compared:
                note_document(context, flow, record.address, record.values, mapped)
            context.progress.step()
    if compared:
        end_reading(context, flow, complete=plan.complete and not only_referenced)
    plan.absent = referenced - keys
    rows = held_rows(context, flow.name)
    if plan.complete and not only_referenced:
        plan.to_release |= {address for address in rows if address.key not in keys}
    context.progress.stage(f"deciding {flow.name}", len(payloads))
    decisions = Decisions(context, plan, rows)
    decisions.begin(payloads)
    return decisions


def _note(context: RunContext, plan: FlowPlan, notice: Notice) -> None:
    plan.complete = False
    if notice.kind == "queue_full":
        plan.queue_full = True  # not reported: rounds work the queue off
    else:
        context.report.add_notices([notice.message])


def _map(plan: FlowPlan, record: Record, payloads: list[Payload]) -> Mapped:
    source = plan.flow.source
    mapped = plan.flow.mapper(record)
    if source.schema.external_id and (external_id := record.values.get(source.schema.external_id)):
        plan.external_ids[record.address] = str(external_id)
    if isinstance(mapped, Payload):
        payloads.append(with_fingerprint(mapped))
    elif mapped is not None:
        plan.changes.append(refused(plan.flow, mapped, source.title(record.values)))
    else:
        plan.to_release.add(record.address)
    return mapped
