"""Push: finish earlier batches, read, map, decide, check, guard; then begin, write, settle, write back, act.

`sync plan` is all of it but the writing.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.address import Address
from engine.model.change import Adopt, Create, Held, Part, Skipped, Unchanged, Update
from engine.model.diagnostics import Diagnostics
from engine.model.link import WRITE
from engine.model.payload import Payload, find_refs
from engine.passes.context import RunContext
from engine.passes.documents import save_documents
from engine.passes.flow import Flow
from engine.passes.held import hold, release
from engine.passes.plan.findings import is_sent
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.gather import gather, gather_all
from engine.passes.plan.heirs import save_moves
from engine.passes.plan.plan_totals import add_plan_totals
from engine.passes.plan.preflight import preflight
from engine.passes.plan.rounds import in_full_requests
from engine.passes.plan.unsent import report_unsent, save_outdated
from engine.passes.plan.wishes import LINKED
from engine.passes.refs import resolved
from engine.passes.write.actions import carry_out
from engine.passes.write.adopting import adopted_actions, adopted_links, differing
from engine.passes.write.deliver import Delivery
from engine.passes.write.failed import hold_repeated
from engine.passes.write.foresee import foresee
from engine.passes.write.recover import finish_begun
from engine.passes.write.work import PendingWrite
from engine.passes.write.write_back import is_proven, mark_lost, write_back_pending
from engine.planning.guard import guard


def plan(context: RunContext, *, everything: bool = False) -> list[FlowPlan]:
    """What a push would do now. Reads both sides; writes nothing, not even to the ledger. Raises ConfigError
    for a setting whose value does not exist.

    `everything`: also what later rounds of a run would do, as far as work queues show it.
    """
    _check_choices(context)
    plans = gather_all(context) if everything else gather(context)
    preflight(context, plans)
    report_unsent(context, plans)
    payloads = (change.payload for plan in plans for change in plan.changes if is_sent(change))
    context.report.add_notices(note for payload in payloads for note in payload.notes)
    return plans


def _check_choices(context: RunContext) -> None:
    """Refuse settings whose values the systems do not have. Raises ConfigError with each of them."""
    diagnostics = Diagnostics()
    for choice in context.live_choices:
        for fault in choice.faults(context.reference_rows(choice.stream), context.streams[choice.stream]):
            diagnostics.error("C209", choice.span, fault)
    diagnostics.raise_if_errors()


def push(context: RunContext) -> bool:
    """One round. True if the source may hold more than it showed.

    Raises UnsafePlanError if the plan exceeds the limits and was not approved.
    """
    finish_begun(context)
    plans = in_full_requests(plan(context))
    add_plan_totals(context, plans, _emails(context, plans))
    if not context.approved:
        guard(context.totals, context.limits)
    save_documents(context)
    for flow_plan in plans:
        if not context.stopped:
            _apply(context, flow_plan)
    for flow_plan in plans:
        carry_out(context, flow_plan)
    hold_repeated(context)
    for flow_plan in plans:
        if flow_plan.dismissed is not None:
            flow_plan.dismissed.note_sources()
    return any(flow_plan.queue_full for flow_plan in plans)


def _emails(context: RunContext, plans: Sequence[FlowPlan]) -> int:
    """E-mails to send, if they are limited; what earlier runs have left is counted in the first round."""
    if context.approved or context.limits.emails is None:
        return 0
    return foresee(context, plans, left_over=context.totals.is_empty).mails


def _apply(context: RunContext, plan: FlowPlan) -> None:
    if plan.dismissed is not None:
        plan.dismissed.save()
    mark_lost(context, plan)
    _record(context, plan)
    creates = [change.payload for change in plan.changes if isinstance(change, Create)]
    updates = [(change.payload, change.target_id) for change in plan.changes if isinstance(change, Update)]
    updates += differing(plan)
    if creates or updates:
        context.progress.stage(f"pushing {plan.flow.name}", len(creates) + len(updates))
    creates = _until_written_back(context, plan.flow, creates)
    if context.stopped:
        return
    _send(context, plan.flow, "create", [(payload, None) for payload in creates])
    _send(context, plan.flow, "update", updates)
    write_back_pending(context, plan.flow)


def _until_written_back(context: RunContext, flow: Flow, creates: list[Payload]) -> list[Payload]:
    """Create one record at a time until the source has accepted a write-back. Returns those that are left.

    The config may be wrong about how the source is written to: then one record is at the target, not all.
    """
    if not creates or is_proven(context, context.write_backs(flow)):
        return creates
    write_back_pending(context, flow)  # what an earlier run has left
    failing = context.ledger.failures.all(flow.name, WRITE)
    creates = sorted(creates, key=lambda payload: payload.address in failing)  # what may be the cause, last
    for index, payload in enumerate(creates):
        if context.stopped or is_proven(context, context.write_backs(flow)):
            return creates[index:]
        before = context.written
        _send(context, flow, "create", [(payload, None)])
        write_back_pending(context, flow)
        if context.written > before:  # it exists: written back, or there was nothing to write back
            return creates[index + 1 :]
    return []


def _record(context: RunContext, plan: FlowPlan) -> None:
    """What needs no request: adopt, hold, release, count."""
    counts = context.report.flow(plan.flow.name)
    save_moves(context, plan.flow)
    context.ledger.links.save(adopted_links(context, plan))
    context.ledger.actions.want_none(plan.flow.name, adopted_actions(plan), LINKED)
    hold(context, [change for change in plan.changes if isinstance(change, Held)])
    hold(context, [change.held for change in plan.changes if isinstance(change, Adopt) and change.held])
    in_order: list[Address] = list(plan.to_release)
    for change in plan.changes:
        match change:
            case Adopt(payload, _, held=None):
                counts.note(payload.address, "adopted")
                context.written += 1
                in_order.append(payload.address)
            case Unchanged(payload, _):
                counts.note(payload.address, "unchanged")
                in_order.append(payload.address)
            case Skipped(address, _, _):
                counts.note(address, "skipped")
                in_order.append(address)
    release(context, plan.flow.name, in_order)
    save_outdated(context, plan)
    _add_sources(context, plan)


def _add_sources(context: RunContext, plan: FlowPlan) -> None:
    """Add the source values to links that an earlier version wrote, of records that are as they were sent."""
    missing = context.ledger.links.without_source(plan.flow.name)
    unchanged = (change for change in plan.changes if isinstance(change, Unchanged) and missing)
    context.ledger.links.record_source(
        plan.flow.name,
        [
            (change.payload.address, change.payload.source)
            for change in unchanged
            if change.payload.address.key in missing and not (change.differences or change.emptied)
        ],
    )


def _send(context: RunContext, flow: Flow, verb: str, payloads: Sequence[tuple[Payload, str | None]]) -> None:
    writes = []
    unresolved = []
    for payload, target_id in payloads:
        body = resolved(context, payload)
        open_ref = next(find_refs(body), None)
        if open_ref is not None:
            held = context.report.held.get((open_ref.mapping, open_ref.address))
            why = f", which is held: {held.reason}" if held else ", which was not written"
            unresolved.append(Held.of(payload, "reference", f"needs {open_ref.address}{why}"))
            continue
        actions = tuple(request.verb for request in payload.actions) if verb == "create" else ()
        part = Part(payload.address, body, target_id, payload.title, actions, payload.source)
        writes.append(PendingWrite(part, payload.fingerprint))
        context.sent[flow.name, payload.address] = payload
    hold(context, unresolved)
    Delivery(context, flow, verb).deliver(writes)
    context.sent.clear()
