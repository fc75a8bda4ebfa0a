"""Actions: verbs such as email, requested once and only once.

That an action is wanted is recorded with the batch that creates the record; that it was requested, before it
is. In between the mapping may have changed, and an e-mail cannot be taken back: so the mapping is applied
again.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.address import Address
from engine.model.change import Held, Part
from engine.model.link import Link
from engine.model.payload import ActionRequest, Payload, find_refs
from engine.model.record import Notice, Record
from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows, hold
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.wishes import why_not
from engine.passes.refs import reference
from engine.passes.write.absence import why_absent
from engine.passes.write.deliver import Delivery
from engine.passes.write.work import PendingWrite
from engine.passes.write.write_back import owed
from engine.planning.decide import ANSWER
from engine.planning.refs import resolve


def carry_out(context: RunContext, plan: FlowPlan) -> None:
    """Request every action that is wanted and was never requested, and report why one is not."""
    flow = plan.flow
    for verb in flow.target.schema.actions:
        states = context.ledger.batches.actions(flow.name, verb)
        wanted = {key for key, state in states.items() if state == "wanted"}
        if not wanted:
            continue
        links = [link for link in context.ledger.links.all(flow.name) if link.address.key in wanted]
        confirmed, unseen = _still_wanted(context, plan, verb, [link.address for link in links])
        gone = [link for link in links if link.address not in confirmed and link.address not in unseen]
        hold(context, [_no_longer_wanted(flow, link) for link in gone], verb)
        for link in links:
            if link.address in unseen:
                title, reason = flow.target.title(link.last_seen), f"{flow.source} did not show the record"
                row = ActionRow(verb, link.address, flow.name, "waiting", "unseen", reason, title)
                context.report.note_not_done(row)
        blocked = _blocked(context, flow, {*confirmed})
        for address, reason in blocked.items():
            title = next(flow.target.title(link.last_seen) for link in links if link.address == address)
            context.report.note_not_done(
                ActionRow(verb, address, flow.name, "waiting", "order", reason, title)
            )
        requests = [
            request
            for link in links
            if link.address in confirmed
            and link.address not in blocked
            and (request := _request(context, flow, link, confirmed[link.address])) is not None
        ]
        context.progress.stage(f"{verb} for {flow.name}", len(requests))
        if requests:
            keys = [request.part.target_id or "" for request in requests]
            flow.target.system.actions.prepare(flow.target.ref.stream, verb, keys)
        # Those that go to one place follow each other: what is made right for one is right for the next.
        requests.sort(key=lambda request: str(request.part.body.get("to", "")))
        delivery = Delivery(context, flow, verb)
        delivery.deliver(requests)
        _report_declined(context, flow, verb, delivery, requests)


def _report_declined(
    context: RunContext, flow: Flow, verb: str, delivery: Delivery, requests: Sequence[PendingWrite]
) -> None:
    """What the target declined: held if others, requested later, were accepted; else a later run tries again,
    with those that were not requested any more.
    """
    target = flow.target.system_name
    lasting = [
        Held(part.address, flow.name, receipt.code, receipt.reason, target, part.title)
        for part, receipt in delivery.lasting()
    ]
    hold(context, lasting, verb)
    if not (passing := delivery.passing()):
        return
    states, settled = context.ledger.batches.actions(flow.name, verb), {held.address for held in lasting}
    receipt = passing[-1][1]
    reason = f"{receipt.reason}; maybe the daily allowance is used up: later runs try again"
    for part in (request.part for request in requests):
        if states.get(part.address.key) == "wanted" and part.address not in settled:
            row = ActionRow(verb, part.address, flow.name, "waiting", receipt.code, reason, part.title)
            context.report.note_not_done(row)


def _blocked(context: RunContext, flow: Flow, addresses: set[Address]) -> dict[Address, str]:
    """Records for which nothing is requested yet: the answer differs, or the number is not written back."""
    blocked = {
        address: f"waits until the number is written back: {reason}"
        for address, reason in owed(context, flow, addresses).items()
    }
    for address, row in held_rows(context, flow.name).items():
        if row.code == ANSWER and address in addresses:
            blocked[address] = f"waits until a person has looked: {row.reason}"
    return blocked


def _request(context: RunContext, flow: Flow, link: Link, request: ActionRequest) -> PendingWrite | None:
    """The request for one action. None if what it goes to is not at the target: it waits, or is skipped if
    that will never be there.
    """
    title = flow.target.title(link.last_seen)
    body = {} if request.to is None else resolve({"to": request.to}, lambda ref: reference(context, ref))
    open_ref = next(find_refs(body), None)
    if open_ref is None:
        return PendingWrite(Part(link.address, body, link.target.key, title))
    absence = why_absent(context, open_ref)
    if absence.waits:
        reason = f"waits for {absence.reason}"
        context.report.note_not_done(
            ActionRow(request.verb, link.address, flow.name, "waiting", "absent", reason, title)
        )
        return None
    standing = flow.target.standing(link.last_seen)
    left = f"; {standing.settlement}" if standing is not None and standing.settlement else ""
    context.ledger.batches.skip_action(flow.name, link.address, request.verb)
    reason = f"{absence.reason}{left}"
    context.report.note_not_done(
        ActionRow(request.verb, link.address, flow.name, "skipped", "absent", reason, title)
    )
    context.report.add_notices([f"{title or link.address}: {request.verb}: {reason}"])
    return None


def _still_wanted(
    context: RunContext, plan: FlowPlan, verb: str, addresses: Sequence[Address]
) -> tuple[dict[Address, ActionRequest], set[Address]]:
    """What the mapping wants of the action as the records are now, and records of which that is not known.

    What was not read is read; what a list that may be cut off does not show is searched for by its title.
    """
    flow = plan.flow
    if verb not in flow.program.actions:
        return {}, set()
    payloads: dict[Address, Payload | None] = {payload.address: payload for payload in plan.payloads()}
    unread = [address.key for address in addresses if address not in payloads]
    answers = list(flow.read(keys=unread)) if unread else []
    partial = any(isinstance(answer, Notice) for answer in answers)
    if partial:
        seen = {answer.address.key for answer in answers if isinstance(answer, Record)}
        answers += _by_title(context, flow, [key for key in unread if key not in seen])
    for answer in answers:
        if isinstance(answer, Record):
            payload = flow.mapper(answer)
            payloads[answer.address] = payload if isinstance(payload, Payload) else None
    unseen = {address for address in addresses if partial and address not in payloads}
    wanted = {
        address: request
        for address in addresses
        if (payload := payloads.get(address)) is not None
        and (request := payload.action(verb)) is not None
        and not why_not(flow, request)
    }
    return wanted, unseen


def _by_title(context: RunContext, flow: Flow, keys: Sequence[str]) -> list[Record]:
    """Records found at the source by the title that the ledger knows of them, such as their number."""
    source = flow.source
    if not keys or source.schema.title not in source.schema.match_fields:
        return []
    documents = context.ledger.documents.get(source.ref, keys)
    rules = [{source.schema.title: document.title} for document in documents.values() if document.title]
    found = [record for records in source.find(rules) for record in records] if rules else []
    return [record for record in found if record.address.key in documents]


def _no_longer_wanted(flow: Flow, link: Link) -> Held:
    reason = "wanted when the record was created, but the mapping no longer wants it; nothing was sent"
    title = flow.target.title(link.last_seen)
    return Held(link.address, flow.name, "not_wanted", reason, flow.program.file, title)
